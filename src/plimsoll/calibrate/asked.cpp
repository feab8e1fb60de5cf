#include "plimsoll/calibrate/asked.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/risk/requirement.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::calibrate {

namespace {

bool looks_at_size(const Schedule& schedule) {
    for (const LevelRule* level : {&schedule.initial, &schedule.maintenance, &schedule.closeout})
        for (const Term& term : level->terms)
            if (term.axis.subject == Subject::own_size) return true;
    return false;
}

double unit_of(int digits) { return std::pow(10.0, digits); }

std::int64_t held(double raw) { return static_cast<std::int64_t>(std::clamp(raw, 0.0, static_cast<double>(amount_max.raw()))); }

std::string figure(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

}  // namespace

Result<AskedSchedule> AskedSchedule::make(ParameterSet set, MarketId market, const Surroundings& around) {
    const std::string name = set.name + " " + set.market(market).name;
    const bool looks_at_price =
        looks_at_size(set.schedules[set.market(market).schedule.index]) || set.market(market).instrument.kind == ContractKind::inverse;
    auto context = RiskContext::make(std::move(set));
    if (!context) {
        const Finding& first = context.error().front();
        return fail(Error{name + ": " + first.where, first.message, first.cure});
    }
    AskedSchedule asked(std::move(*context), market, around);
    asked.looks_at_price_ = looks_at_price;
    if (!looks_at_price) return asked;
    if (!(around.price > 0))
        return fail(Error{name, "its schedule looks at sizes, or its contract is inverse: a notional alone does not say what it asks",
                          "give the price (--price)"});
    const Instrument& instrument = asked.context_.market(market).params->instrument;
    const double told = static_cast<double>(asked.mark_of(1, 0).raw()) / unit_of(instrument.price_digits);
    if (std::abs(told / around.price - 1) > 1e-3)
        return fail(Error{name, "a price of " + figure(around.price) + " does not fit the market's digits or its price_max",
                          "compare with the market of the same contract, or give a price of it"});
    return asked;
}

/// Where sizes do not matter worth is all that is asked about, and the finest mark loses least of it to whole sizes.
Price AskedSchedule::mark_of(double times, double most) const {
    const Instrument& instrument = context_.market(market_).params->instrument;
    const auto price_most = static_cast<double>(instrument.price_max.raw());
    if (looks_at_price_)
        return Price::from_raw(std::llround(std::clamp(around_.price * times * unit_of(instrument.price_digits), 1.0, price_most)));
    constexpr double sizes_most = 1e17;
    const double sizes = most * unit_of(notional_digits(instrument)) / static_cast<double>(instrument.multiplier.raw);
    const double mark = std::pow(10.0, std::max(0.0, std::ceil(std::log10(std::max(1.0, sizes / sizes_most)))));
    return Price::from_raw(std::llround(std::min(mark, price_most)));
}

Size AskedSchedule::size_of(double notional, Price mark) const {
    const Instrument& instrument = context_.market(market_).params->instrument;
    const auto multiplier = static_cast<double>(instrument.multiplier.raw);
    const double each_raw = static_cast<double>(mark.raw()) * multiplier;
    if (!looks_at_price_)
        return Size::from_raw(
            held(std::round(std::min(notional * unit_of(notional_digits(instrument)), static_cast<double>(notional_max)) / each_raw)));
    const double price = static_cast<double>(mark.raw()) / unit_of(instrument.price_digits);
    const double each = instrument.kind == ContractKind::inverse ? 1 : price;
    // A size that makes up the notional to the last digit may come out a hair below it.
    return Size::from_raw(
        held(std::floor(notional / each / multiplier * unit_of(instrument.multiplier.digits + instrument.size_digits) * (1 + 1e-12))));
}

double AskedSchedule::rate(const Stake& stake, Level level) const {
    PLIM_ASSERT(stake.notional > 0 && stake.times > 0);
    const Instrument& instrument = context_.market(market_).params->instrument;
    const Price mark = mark_of(stake.times, stake.times * (stake.notional + stake.beside + around_.open_interest));
    // Sizes stay what they were while the price moves: worth is times the old one only where nothing looks at the price.
    const Price before = looks_at_price_ ? mark_of(1, 0) : mark;
    const double scale = looks_at_price_ ? 1 : stake.times;
    const Size size = std::max(Size::from_raw(1), size_of(stake.notional * scale, before));
    const Size others = size_of(around_.open_interest * scale, before), beside = size_of(stake.beside * scale, before);
    const bool inverse = instrument.kind == ContractKind::inverse;
    const double money = unit_of(instrument.settle_digits) / (inverse ? around_.price * stake.times : 1);
    const MarketState state{
        mark,
        Size::from_raw(held(static_cast<double>(others.raw()) + static_cast<double>(stake.is_short ? 0 : beside.raw()))),
        Size::from_raw(held(static_cast<double>(others.raw()) + static_cast<double>(stake.is_short ? beside.raw() : 0))),
        Amount::from_raw(held(around_.depth * money)),
        Amount::from_raw(held(around_.daily_volume * money)),
        {},
        {},
        hundred_percent};
    const MarketView view = context_.at_state(market_, state);
    Position position;
    position.market = market_;
    position.size = stake.is_short ? -size : size;
    const AccountView account{{}, {&position, 1}, {}, {}, {}};
    const FilledExposure filled = exposure_of(view, nullptr, Size{}, position.size);
    const Wide margin = requirement_exact(*view.schedule, level, filled.exposure, filled.figures, terms_of(view, account, 0));
    return static_cast<double>(margin) / static_cast<double>(filled.exposure.notional) / static_cast<double>(rate_one);
}

}  // namespace plimsoll::calibrate
