#include "plimsoll/series/units.hpp"

#include "plimsoll/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace plimsoll::series {

namespace {

constexpr double day_s = 86'400;

/// What a factor between two figures of one thing may come from; empty: nothing that is known.
std::string may_be(double times) {
    constexpr std::pair<double, const char*> known[] = {
        {1e3, "a thousand: a symbol of a thousand such as 1000PEPE, or its opposite"},
        {1e6, "a million: a symbol of a million, or its opposite"},
        {100, "a hundred: cents, per cents or a size of a hundredth"},
        {1e4, "ten thousand: hundredths of a per cent"},
        {1e8, "a hundred million: satoshi"},
    };
    const double larger = std::max(times, 1 / times);
    for (const auto& [factor, words] : known)
        if (larger > factor / 1.5 && larger < factor * 1.5) return std::string("about ") + words;
    return "contracts, or the quote currency where the base is meant, or the other way round";
}

std::string roughly(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

}  // namespace

Beside::Beside(std::span<const Bar> bars, std::int64_t step) : bars_(bars), step_(step) {
    PLIM_ASSERT(step > 0);
    double sum = 0;
    for (const Bar& bar : bars) sum += bar.volume * bar.close;
    if (!bars.empty()) daily_turnover_ = sum / static_cast<double>(bars.size()) * day_s / static_cast<double>(step);
}

const Bar* Beside::latest(double t) const {
    const auto after = std::partition_point(bars_.begin(), bars_.end(), [&](const Bar& bar) { return static_cast<double>(bar.ts) <= t; });
    return after == bars_.begin() ? nullptr : &*(after - 1);
}

const Bar* Beside::at(double t) const {
    const Bar* bar = latest(t);
    return bar != nullptr && t < static_cast<double>(bar->ts + step_) ? bar : nullptr;
}

std::optional<double> Beside::price_times(double t, double price) const {
    const Bar* bar = latest(t);
    if (bar == nullptr || t >= static_cast<double>(bar->ts + step_) + day_s) return std::nullopt;
    return price > bar->high ? price / bar->high : price < bar->low ? price / bar->low : 1;
}

std::optional<double> Beside::close_at(double t) const {
    const Bar* bar = latest(t);
    if (bar == nullptr || t >= static_cast<double>(bar->ts + step_) + day_s) return std::nullopt;
    return bar->close;
}

void Agreement::look(Defects& defects, std::uint64_t row, double times) {
    // Figures of a file may be so far apart that their ratio is no number.
    times = std::isnan(times) ? 1 : std::clamp(times, 1e-300, 1e300);
    ++looked_;
    if (times <= factor_ && times * factor_ >= 1) return;
    if (off_++ == 0) first_row_ = row;
    log_sum_ += std::log(times);
    defects.add("wrong unit", row, column_, "kept", [&] { return what_ + " is " + shown(times) + " times what " + beside_ + " says"; });
}

Result<void> Agreement::verdict(const std::string& path) const {
    if (2 * off_ <= looked_) return {};
    const double times = std::exp(log_sum_ / static_cast<double>(off_));
    return fail(Error{path + ":" + std::to_string(first_row_) + ", column " + column_,
                      what_ + " is some " + roughly(times) + " times what " + beside_ + " says, in " + std::to_string(off_) + " of " +
                          std::to_string(looked_) + " cases",
                      "give both in one unit; it may be " + may_be(times)});
}

TradesBeside::TradesBeside(const Beside& bars)
    : bars_(bars), prices_("price", "the price", "the bar of its time"), sizes_("qty", "what was traded in a bar's time", "the bar") {}

void TradesBeside::add(Defects& defects, std::uint64_t row, double t, double price, double size) {
    if (const auto times = bars_.price_times(t, price)) prices_.look(defects, row, *times);
    const Bar* bar = bars_.at(t);
    if (bar != bar_) {
        // Only a bar that lies wholly between trades is compared.
        if (whole_ && bar_ != nullptr && bar_->volume > 0) sizes_.look(defects, row_, traded_ / bar_->volume);
        whole_ = row_ != 0;
        bar_ = bar;
        row_ = row;
        traded_ = 0;
    }
    if (row_ == 0) row_ = row;
    traded_ += size;
}

Result<void> book_beside(const std::string& path, const Book& book, double t, const Beside& bars, Defects& defects) {
    constexpr double days_most = 10;  // of turnover on one side: books hold a tenth of a day's as a rule
    const auto times = bars.price_times(t, (book.bids.front().price + book.asks.front().price) / 2);
    if (!times) return {};
    Agreement mids("price", "the mid of the book", "the bar of its time");
    mids.look(defects, book.bid_row, *times);
    if (const auto same = mids.verdict(path); !same) return same;
    for (const bool is_bid : {true, false}) {
        double sizes = 0, notional = 0;
        for (const Level& level : is_bid ? book.bids : book.asks) sizes += level.size, notional += level.size * level.price;
        const double most = days_most * bars.daily_turnover();
        if (most > 0 && notional > most && sizes <= most)
            defects.add("wrong unit", is_bid ? book.bid_row : book.ask_row, "qty", "kept", [&] {
                return "sizes times prices are " + shown(notional) + " on one side, and " + shown(bars.daily_turnover()) +
                       " is traded in a day: sizes may be in the quote currency or in contracts, and the base is meant";
            });
    }
    return {};
}

Result<void> TradesBeside::verdict(const std::string& path) const {
    if (auto prices = prices_.verdict(path); !prices) return prices;
    return sizes_.verdict(path);
}

}  // namespace plimsoll::series
