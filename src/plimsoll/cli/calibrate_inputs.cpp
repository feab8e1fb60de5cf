#include "plimsoll/cli/calibrate_inputs.hpp"

#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/series/events.hpp"

#include <cmath>
#include <map>

namespace plimsoll::cli {

namespace {

using namespace calibrate;

using Inputs = CalibrateInputs;

/// What the bars say that were over by the time asked for: nothing later is looked at, not for units either.
series::Beside beside(const Inputs& in) { return {in.prices->as_of(in.as_of).bars(), in.prices->step()}; }

void keep_defects(Inputs& in, const std::string& file, const series::Defects& defects) {
    for (const series::Defect& defect : defects.all()) {
        in.defects.push_back(defect);
        in.defects.back().what = file.substr(file.rfind('/') + 1) + ": " + defect.what;
    }
}

std::optional<Error> read_prices(const CalibrateOptions& o, Inputs& in, const Console& console) {
    auto file = o.trades ? read_trades_file(o.bars, console) : read_bars_file(o.bars, o.column, console);
    if (!file) return file.error();
    keep_defects(in, o.bars, file->found.defects);
    in.found = std::move(file->found);
    in.files.push_back(o.bars);
    in.prices.emplace(std::move(file->bars), file->step);
    in.as_of = in.found.last + in.prices->step();
    if (o.as_of.empty()) return std::nullopt;
    const auto time = read_time("--as-of", o.as_of);
    if (!time) return time.error();
    in.as_of = *time;
    return std::nullopt;
}

/// Trades and mark prices of the same market, which only have to agree with the bars.
std::optional<Error> read_beside(const CalibrateOptions& o, Inputs& in, const Console& console) {
    const series::Beside bars = beside(in);
    const auto compared = [&](const std::string& file, const Result<series::EventsFound>& found) -> std::optional<Error> {
        if (!found) return found.error();
        say_defects(file, found->defects, console);
        keep_defects(in, file, found->defects);
        in.files.push_back(file);
        return std::nullopt;
    };
    if (!o.trades_beside.empty())
        if (auto error = compared(o.trades_beside, series::read_trades(o.trades_beside, [](const series::Trade&) {}, &bars))) return error;
    if (!o.marks.empty()) return compared(o.marks, series::read_marks(o.marks, [](const series::MarkPrice&) {}, &bars));
    return std::nullopt;
}

/// A longer record for the volatility floor; "bars": the bars themselves.
std::optional<Error> read_record(const CalibrateOptions& o, Inputs& in, const Console& console) {
    if (o.floor.empty()) return std::nullopt;
    in.record_name = o.floor == "bars" ? o.bars : o.floor;
    in.record_name = in.record_name.substr(in.record_name.rfind('/') + 1);
    if (o.floor == "bars") return std::nullopt;
    auto file = read_bars_file(o.floor, o.column, console);
    if (!file) return file.error();
    keep_defects(in, o.floor, file->found.defects);
    in.files.push_back(o.floor);
    in.record.emplace(std::move(file->bars), file->step);
    const series::Beside bars = beside(in);
    const Past known = in.record->as_of(in.as_of);
    if (known.empty()) return Error{o.floor, "it has no bar from before the time asked for", "give an older record"};
    const auto times = bars.price_times(static_cast<double>(known.last().ts), known.last().close);
    if (times && (*times > series::unit_factor || *times * series::unit_factor < 1))
        return Error{o.floor, "its last price is " + series::shown(*times) + " times that of the bars",
                     "give a record of the same market in the same unit"};
    return std::nullopt;
}

std::optional<Error> read_followed(const CalibrateOptions& o, Inputs& in, const Console& console) {
    if (o.feed.empty() || o.feed_events.empty() || !o.depth.empty())
        return Error{"--l2", "a followed book is a snapshot and its changes, and stands alone",
                     "give --l2 and --l2-events, without --depth"};
    const series::Beside bars = beside(in);
    const auto found = series::read_feed(
        o.feed, o.feed_events, {5, 60, static_cast<double>(in.as_of), &bars}, [&](const series::BookLook& look) { in.followed.look(look); },
        [](const series::Trade&) {});
    if (!found) return found.error();
    say_defects(o.feed_events, found->defects, console);
    keep_defects(in, o.feed_events, found->defects);
    if (in.followed.history().looks() == 0)
        return Error{o.feed_events, "no level of it stood for long enough before the time asked for",
                     "give more of the feed, from before --as-of"};
    in.book = in.followed.book();
    in.files.push_back(o.feed);
    in.files.push_back(o.feed_events);
    return std::nullopt;
}

/// A book that may be later than what is asked about would let today's depth into yesterday's margin.
std::optional<Error> read_single_book(const CalibrateOptions& o, Inputs& in, const Console& console) {
    auto book = series::read_book(o.book);
    if (!book) return book.error();
    if (!o.book_time.empty()) {
        const auto time = read_time("--book-time", o.book_time);
        if (!time) return time.error();
        if (book->t && std::floor(*book->t) != static_cast<double>(*time))
            return Error{"--book-time", o.book + " says itself that it was taken at " + time_text(static_cast<std::int64_t>(*book->t)),
                         "leave --book-time out"};
        book->t = static_cast<double>(*time);
    }
    if (!book->t && !o.as_of.empty())
        return Error{o.book, "it does not say when it was taken, so it may be later than --as-of",
                     "give --book-time \"2025-10-10 21:00\", or a column t of seconds"};
    if (book->t && *book->t >= static_cast<double>(in.as_of))
        return Error{o.book,
                     "it was taken at " + time_text(static_cast<std::int64_t>(*book->t)) + ", and nothing from " + time_text(in.as_of) +
                         " on is looked at",
                     "give a book from before, or a later --as-of"};
    series::Defects defects;
    // One that does not say when it was taken is as of now.
    const double taken = book->t.value_or(static_cast<double>(in.as_of) - 1);
    if (const auto same = series::book_beside(o.book, *book, taken, beside(in), defects); !same) return same.error();
    say_defects(o.book, defects, console);
    keep_defects(in, o.book, defects);
    in.book = std::move(*book);
    in.files.push_back(o.book);
    return std::nullopt;
}

std::optional<Error> read_liquidity(const CalibrateOptions& o, Inputs& in, const Console& console) {
    if (!o.depth.empty()) {
        const series::Beside bars = beside(in);
        const auto found = series::read_depth(o.depth, [&](const series::DepthLook& look) { in.depth.add(look); }, in.as_of, &bars);
        if (!found) return found.error();
        say_defects(o.depth, found->defects, console);
        keep_defects(in, o.depth, found->defects);
        in.files.push_back(o.depth);
    }
    if (!o.feed.empty() || !o.feed_events.empty()) {
        if (auto error = read_followed(o, in, console)) return error;
    }
    return o.book.empty() ? std::nullopt : read_single_book(o, in, console);
}

/// Longs and shorts pay in turn, so the size of a rate is what counts; one payment may fall due before the position is closed.
std::optional<Error> read_costs(const CalibrateOptions& o, Inputs& in, const Console& console) {
    if (!o.funding.empty()) {
        std::vector<double> rates;
        const auto found = series::read_funding(
            o.funding, [&](const series::FundingRate& one) { rates.push_back(std::abs(one.rate)); }, static_cast<double>(in.as_of));
        if (!found) return found.error();
        say_defects(o.funding, found->defects, console);
        keep_defects(in, o.funding, found->defects);
        in.payments = rates.size();
        in.funding = quantile(std::move(rates), in.appetite.coverage);
        in.files.push_back(o.funding);
    }
    if (o.liquidations.empty()) return std::nullopt;
    std::map<std::int64_t, double> by_hour;
    const series::Beside bars = beside(in);
    const auto found = series::read_liquidations(
        o.liquidations,
        [&](const series::LiquidationEvent& one) { by_hour[static_cast<std::int64_t>(one.ts) / 3'600] += one.price * one.size; },
        static_cast<double>(in.as_of), &bars);
    if (!found) return found.error();
    say_defects(o.liquidations, found->defects, console);
    keep_defects(in, o.liquidations, found->defects);
    in.files.push_back(o.liquidations);
    for (const auto& [hour, sold] : by_hour) in.liquidated = std::max(in.liquidated, sold);
    in.usual_hour = in.prices->as_of(in.as_of).daily_turnover(in.prices->step(), 180) / 24;
    return std::nullopt;
}

/// "usual", or what else takes part beside it: "shortfall", "garch", both.
std::optional<Error> read_estimators(const CalibrateOptions& o, Inputs& in) {
    for (const std::string& name : o.estimators) {
        if (name == "shortfall") in.estimators.shortfall = true;
        else if (name == "garch") in.estimators.garch = true;
        else if (name != "usual") return Error{"--estimator", "'" + name + "' is none", "give usual, shortfall or garch"};
    }
    return std::nullopt;
}

}  // namespace

CurveInputs CalibrateInputs::curve() const {
    CurveInputs inputs;
    inputs.depth = looks().looks() > 0 ? &looks() : nullptr;
    inputs.book = book ? &*book : nullptr;
    inputs.funding = funding;
    inputs.estimators = estimators;
    return inputs;
}

std::optional<Error> read_calibrate_inputs(const CalibrateOptions& o, CalibrateInputs& in, const Console& console) {
    in.appetite = *find_appetite(o.appetite);
    if (o.fund_loss >= 0) in.appetite.fund_loss = o.fund_loss;
    if (!o.book_time.empty() && o.book.empty()) return Error{"--book-time", "there is no book", "give it with --book"};
    if (auto error = read_estimators(o, in)) return error;
    if (auto error = read_prices(o, in, console)) return error;
    if (auto error = read_beside(o, in, console)) return error;
    if (auto error = read_record(o, in, console)) return error;
    if (auto error = read_liquidity(o, in, console)) return error;
    return read_costs(o, in, console);
}

}  // namespace plimsoll::cli
