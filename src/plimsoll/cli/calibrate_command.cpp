#include "plimsoll/cli/calibrate_command.hpp"

#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/cli/series_file.hpp"
#include "plimsoll/cli/set_file.hpp"
#include "plimsoll/text/json.hpp"

#include <cstdio>

namespace plimsoll::cli {

namespace {

using namespace calibrate;

constexpr std::int64_t day_s = 86'400;

/// Everything that was read.
struct Inputs {
    std::optional<Prices> prices;
    series::BarsFound found;
    DepthHistory depth;
    std::optional<series::Book> book;
    std::vector<series::Defect> defects;
    std::vector<std::string> files;
    std::int64_t as_of = 0;
    Appetite appetite{};

    CurveInputs curve() const {
        CurveInputs inputs;
        inputs.depth = depth.looks() > 0 ? &depth : nullptr;
        inputs.book = book ? &*book : nullptr;
        return inputs;
    }
};

void keep_defects(Inputs& in, const std::string& file, const series::Defects& defects) {
    for (const series::Defect& defect : defects.all()) {
        in.defects.push_back(defect);
        in.defects.back().what = file.substr(file.rfind('/') + 1) + ": " + defect.what;
    }
}

std::optional<Error> read_prices(const CalibrateOptions& o, Inputs& in, const Console& console) {
    auto file = read_bars_file(o.bars, o.column, console);
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

std::optional<Error> read_liquidity(const CalibrateOptions& o, Inputs& in, const Console& console) {
    if (!o.depth.empty()) {
        const auto found = series::read_depth(o.depth, [&](const series::DepthLook& look) {
            if (look.ts < in.as_of) in.depth.add(look);
        });
        if (!found) return found.error();
        say_defects(o.depth, found->defects, console);
        keep_defects(in, o.depth, found->defects);
        if (in.depth.looks() == 0) return Error{o.depth, "every look lies after the time asked for", "give depth from before --as-of"};
        in.files.push_back(o.depth);
    }
    if (o.book.empty()) return std::nullopt;
    auto book = series::read_book(o.book);
    if (!book) return book.error();
    in.book = std::move(*book);
    in.files.push_back(o.book);
    return std::nullopt;
}

std::optional<Error> read_inputs(const CalibrateOptions& o, Inputs& in, const Console& console) {
    in.appetite = *find_appetite(o.appetite);
    if (auto error = read_prices(o, in, console)) return error;
    return read_liquidity(o, in, console);
}

/// FILE, or FILE=MARKET.
Result<Other> read_other(const std::string& text, const std::string& market) {
    const std::size_t equals = text.rfind('=');
    const std::string file = text.substr(0, equals);
    const std::string name = equals == std::string::npos ? market : text.substr(equals + 1);
    auto read = read_listed(file, name);
    if (!read) return fail(read.error().front());
    std::string shown = read->set.name + " " + name;
    return Other{std::move(shown), std::move(read->set), read->market};
}

constexpr double smallest = 1'000;  // notional at which a backtest looks

/// By prices alone: depth and a book were seen once, and the days before that must not know them.
std::vector<Window> run_backtest(const CalibrateOptions& o, const Inputs& in, const Console& console) {
    Progress progress(console, "plimsoll: judging days");
    const CurveInputs inputs;
    const std::int64_t to = std::min(in.as_of, in.found.last + in.prices->step()) / day_s * day_s;
    return roll(
        *in.prices, to - static_cast<std::int64_t>(o.days) * day_s, to, in.appetite, inputs,
        [&](const Measured& measured) { return MarginCurve(measured, in.appetite, inputs).initial(smallest); },
        [&](std::size_t done, std::size_t of) { progress.at(done, of); });
}

Result<std::vector<std::string>> write_all(const CalibrateOptions& o, const Evidence& evidence) {
    std::vector<std::string> written;
    const std::pair<std::string, std::string> files[] = {
        {"set.toml", evidence.proposal.toml}, {"calibration.json", report_json(evidence)}, {"report.html", report_html(evidence)}};
    for (const auto& [name, content] : files) {
        const auto done = write_file(o.out + "/" + name, content);
        if (!done) return fail(done.error());
        written.push_back(*done);
    }
    return written;
}

void print_proposal(const Proposal& p, const Console& console) {
    console.print(console.bold("Proposed for " + p.names.market) + ", appetite " + std::string(p.appetite.name) + ", as of " +
                  time_text(p.measured.as_of) + " UTC\n\n");
    Table table({true, true, true, true});
    table.row({"initial from", "rate", "maintenance from", "rate"});
    table.rule();
    const auto cells = [](const TierTable& tiers, std::size_t i) {
        if (i >= tiers.tiers.size()) return std::pair<std::string, std::string>();
        return std::pair(human(tiers.tiers[i].from), percent(static_cast<double>(tiers.tiers[i].rate) * rate_unit));
    };
    for (std::size_t i = 0; i < std::max(p.initial.tiers.size(), p.maintenance.tiers.size()); ++i) {
        const auto [from, rate] = cells(p.initial, i);
        const auto [low_from, low_rate] = cells(p.maintenance, i);
        table.row({from, rate, low_from, low_rate});
    }
    console.print(table.text(2));
    console.print("\nLargest position " + human(p.cap) + ", open interest " + human(p.open_interest_cap) + " a side, from " +
                  (p.from_depth ? "depth" : "turnover alone: give --depth for figures a forced seller can use") + ".\n");
    console.print("Worst under the curve: " + percent(p.worst_under) + ". Each tier charges the units in it.\n");
}

void print_verdict(const Verdict& v, const Appetite& appetite, const Console& console) {
    console.print("\nBacktest: " + std::to_string(v.windows) + " windows, " + std::to_string(v.exceptions) +
                  " exceptions; accepted at 5 %: " + std::to_string(v.band.least) + " to " + std::to_string(v.band.most) +
                  " at a coverage of " + percent(appetite.coverage) + " a side; " + std::string(to_string(v.light)) + ".\n");
    char text[256];
    std::snprintf(text, sizeof text, "Kupiec %.3f (p %.3f), independence %.3f (p %.3f), joint %.3f (p %.3f).\n", v.coverage.statistic,
                  v.coverage.p_value, v.independence.statistic, v.independence.p_value, v.both.statistic, v.both.p_value);
    console.print(text);
    console.print("Shortfall: mean " + percent(v.shortfall_mean) + ", most " + percent(v.shortfall_most) + ". Mean margin " +
                  percent(v.margin_mean) + ".\n");
    for (std::size_t i = 0; i < std::min<std::size_t>(5, v.worst.size()); ++i)
        console.print("  " + time_text(v.worst[i].ts) + "  margin " + percent(v.worst[i].margin) + ", loss " + percent(v.worst[i].loss()) +
                      "\n");
}

}  // namespace

Exit calibrate_command(const CalibrateOptions& o, const Console& console) {
    Inputs in;
    if (const auto error = read_inputs(o, in, console)) return refused(console, *error);
    const ProposalAsked asked{
        {o.market, o.settle}, o.tiers, "calibrated from " + in.files.front().substr(in.files.front().rfind('/') + 1), 1};
    const auto proposal = propose(*in.prices, in.as_of, in.appetite, in.curve(), asked);
    if (!proposal) return refused(console, proposal.error());
    Evidence evidence{*proposal,
                      {},
                      run_backtest(o, in, console),
                      {},
                      stress_days(*in.prices, in.appetite, 10),
                      {},
                      in.files,
                      in.defects,
                      in.found.bars,
                      in.found.missing,
                      in.depth.looks()};
    evidence.verdict = judge(evidence.backtest, 2 * (1 - in.appetite.coverage));
    for (const Appetite& appetite : appetites())
        if (auto other = propose(*in.prices, in.as_of, appetite, in.curve(), asked)) evidence.profiles.push_back(std::move(*other));
        else console.say("plimsoll: " + std::string(appetite.name) + ": " + to_string(other.error()));
    for (const std::string& text : o.compare) {
        auto other = read_other(text, o.market);
        if (!other) return refused(console, other.error());
        evidence.others.push_back(std::move(*other));
    }
    if (console.json) console.print(report_json(evidence));
    else {
        print_proposal(*proposal, console);
        print_verdict(evidence.verdict, in.appetite, console);
    }
    if (o.out.empty() || o.dry_run) return Exit::ok;
    const auto written = write_all(o, evidence);
    if (!written) {
        console.complain(written.error());
        return Exit::io;
    }
    for (const std::string& file : *written) console.say("plimsoll: wrote " + file);
    return Exit::ok;
}

Exit backtest_command(const CalibrateOptions& o, const Console& console) {
    Inputs in;
    if (const auto error = read_inputs(o, in, console)) return refused(console, *error);
    const auto windows = run_backtest(o, in, console);
    if (windows.empty())
        return refused(console, Error{display_name(o.bars), "no day has a past long enough to be judged",
                                      "give more bars, or an appetite of less coverage"});
    const Verdict verdict = judge(windows, 2 * (1 - in.appetite.coverage));
    if (console.json) {
        text::JsonWriter json;
        json.begin_object()
            .key("windows")
            .number(std::to_string(verdict.windows))
            .key("exceptions")
            .number(std::to_string(verdict.exceptions));
        json.key("accepted_least")
            .number(std::to_string(verdict.band.least))
            .key("accepted_most")
            .number(std::to_string(verdict.band.most));
        json.key("light").string(to_string(verdict.light)).key("coverage_p").string(std::to_string(verdict.coverage.p_value));
        console.print(json.end_object().take() + "\n");
    } else {
        print_verdict(verdict, in.appetite, console);
    }
    return verdict.exceptions > verdict.band.most ? Exit::no : Exit::ok;
}

}  // namespace plimsoll::cli
