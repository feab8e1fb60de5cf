#include "plimsoll/cli/calibrate_command.hpp"

#include "plimsoll/calibrate/classes.hpp"
#include "plimsoll/calibrate/followed.hpp"
#include "plimsoll/calibrate/haircut.hpp"
#include "plimsoll/calibrate/pace.hpp"
#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/cli/series_file.hpp"
#include "plimsoll/cli/set_file.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/series/events.hpp"
#include "plimsoll/text/json.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <map>

namespace plimsoll::cli {

namespace {

using namespace calibrate;

constexpr std::int64_t day_s = 86'400;

/// Everything that was read.
struct Inputs {
    std::optional<Prices> prices;
    series::BarsFound found;
    DepthHistory depth;
    FollowedDepth followed;
    std::optional<series::Book> book;
    double funding = 0;
    std::string liquidations;  // what they came to, in words
    std::vector<series::Defect> defects;
    std::vector<std::string> files;
    std::int64_t as_of = 0;
    Appetite appetite{};

    const DepthHistory& looks() const { return followed.history().looks() > 0 ? followed.history() : depth; }
    CurveInputs curve() const {
        CurveInputs inputs;
        inputs.depth = looks().looks() > 0 ? &looks() : nullptr;
        inputs.book = book ? &*book : nullptr;
        inputs.funding = funding;
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

std::optional<Error> read_followed(const CalibrateOptions& o, Inputs& in, const Console& console) {
    if (o.feed.empty() || o.feed_events.empty() || !o.depth.empty())
        return Error{"--l2", "a followed book is a snapshot and its changes, and stands alone",
                     "give --l2 and --l2-events, without --depth"};
    const auto found = series::read_feed(
        o.feed, o.feed_events, {},
        [&](const series::BookLook& look) {
            if (look.t < static_cast<double>(in.as_of)) in.followed.look(look);
        },
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
std::optional<Error> read_single_book(const CalibrateOptions& o, Inputs& in) {
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
    in.book = std::move(*book);
    in.files.push_back(o.book);
    return std::nullopt;
}

std::optional<Error> read_liquidity(const CalibrateOptions& o, Inputs& in, const Console& console) {
    if (!o.depth.empty()) {
        const auto found = series::read_depth(o.depth, [&](const series::DepthLook& look) { in.depth.add(look); }, in.as_of);
        if (!found) return found.error();
        say_defects(o.depth, found->defects, console);
        keep_defects(in, o.depth, found->defects);
        in.files.push_back(o.depth);
    }
    if (!o.feed.empty() || !o.feed_events.empty()) {
        if (auto error = read_followed(o, in, console)) return error;
    }
    return o.book.empty() ? std::nullopt : read_single_book(o, in);
}

/// Longs and shorts pay in turn, so the size of a rate is what counts; one payment may fall due before the position is closed.
std::optional<Error> read_costs(const CalibrateOptions& o, Inputs& in, const Console& console) {
    if (!o.funding.empty()) {
        std::vector<double> rates;
        const auto found = series::read_funding(o.funding, [&](const series::FundingRate& one) {
            if (one.ts < static_cast<double>(in.as_of)) rates.push_back(std::abs(one.rate));
        });
        if (!found) return found.error();
        say_defects(o.funding, found->defects, console);
        keep_defects(in, o.funding, found->defects);
        if (rates.empty()) return Error{o.funding, "every payment lies after the time asked for", "give funding from before --as-of"};
        in.funding = quantile(std::move(rates), in.appetite.coverage);
        in.files.push_back(o.funding);
    }
    if (o.liquidations.empty()) return std::nullopt;
    std::map<std::int64_t, double> by_hour;
    const auto found = series::read_liquidations(o.liquidations, [&](const series::LiquidationEvent& one) {
        if (one.ts < static_cast<double>(in.as_of)) by_hour[static_cast<std::int64_t>(one.ts) / 3'600] += one.price * one.size;
    });
    if (!found) return found.error();
    say_defects(o.liquidations, found->defects, console);
    keep_defects(in, o.liquidations, found->defects);
    in.files.push_back(o.liquidations);
    double most = 0;
    for (const auto& [hour, sold] : by_hour) most = std::max(most, sold);
    const double usual = in.prices->as_of(in.as_of).daily_turnover(in.prices->step(), 180) / 24;
    if (usual > 0)
        in.liquidations = "The worst hour of liquidations sold " + human(most) + ", " + percent(most / usual) +
                          " of a usual hour's turnover; the appetite lets a liquidation take " + percent(in.appetite.volume_share) +
                          " of it";
    return std::nullopt;
}

std::optional<Error> read_inputs(const CalibrateOptions& o, Inputs& in, const Console& console) {
    in.appetite = *find_appetite(o.appetite);
    if (o.fund_loss >= 0) in.appetite.fund_loss = o.fund_loss;
    if (!o.book_time.empty() && o.book.empty()) return Error{"--book-time", "there is no book", "give it with --book"};
    if (auto error = read_prices(o, in, console)) return error;
    if (auto error = read_liquidity(o, in, console)) return error;
    return read_costs(o, in, console);
}

/// FILE, or FILE=MARKET.
Result<Other> read_other(const std::string& text, const std::string& market, const Surroundings& around) {
    const std::size_t equals = text.rfind('=');
    const std::string file = text.substr(0, equals);
    const std::string name = equals == std::string::npos ? market : text.substr(equals + 1);
    auto read = read_listed(file, name);
    if (!read) return fail(read.error().front());
    std::string shown = read->set.name + " " + name;
    auto asked = AskedSchedule::make(std::move(read->set), read->market, around);
    if (!asked) return fail(asked.error());
    return Other{std::move(shown), std::move(*asked)};
}

/// What is known of the market that other schedules may look at.
Surroundings surroundings_of(const CalibrateOptions& o, const Inputs& in, const Measured& measured) {
    constexpr double near = 0.01;
    Surroundings around;
    around.price = in.prices->as_of(in.as_of).last().close;
    around.open_interest = o.others;
    around.daily_volume = measured.daily_turnover;
    if (in.looks().looks() > 0) {
        around.depth = in.looks().at(in.appetite.depth_quantile).within(near);
    } else if (in.book) {
        const series::DepthLook look = series::bands_of({0, *in.book}, series::mid_of(*in.book), std::array{near});
        around.depth = std::min(look.bids.front().notional, look.asks.front().notional);
    }
    return around;
}

constexpr double smallest = 1'000;  // notional at which a backtest looks

/// By prices alone: depth and a book were seen once, and the days before that must not know them.
Result<std::vector<Window>> run_backtest(const CalibrateOptions& o, const Inputs& in, const Console& console) {
    Progress progress(console, "plimsoll: judging days");
    CurveInputs inputs;
    inputs.funding = in.funding;
    const std::int64_t to = std::min(in.as_of, in.found.last + in.prices->step()) / day_s * day_s;
    // A buffer that is drawn down stands on the margin without one.
    Appetite appetite = in.appetite;
    if (o.draw_down) appetite.buffer = 0;
    constexpr std::size_t usual_days = 60;
    DrawnBuffer buffer(in.appetite.buffer, usual_days);
    std::optional<SpeedBump> bump;
    if (o.speed_bump > 0) bump.emplace(o.speed_bump);
    const auto margin_of = [&](const Measured& measured) {
        const MarginCurve curve(measured, appetite, inputs);
        double margin = curve.initial(smallest);
        if (o.draw_down) margin = buffer.next(margin);
        // Never below what a maintenance margin has to cover now.
        return bump ? bump->next(margin, curve.maintenance(smallest) / 0.8) : margin;
    };
    return roll_kept(
        o.kept, *in.prices, to - static_cast<std::int64_t>(o.days) * day_s, to, in.appetite, inputs, margin_of,
        [&](std::size_t done, std::size_t of) { progress.at(done, of); }, o.threads);
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

AssetFacts facts_of(const CalibrateOptions& o, const Inputs& in, const Measured& measured) {
    AssetFacts facts;
    const Past past = in.prices->as_of(in.as_of);
    const auto days = past.returns(in.prices->bars_in(day_s), 730);
    if (days.size() >= 100) facts.daily_loss = historical(days, in.appetite.coverage).worst();
    facts.daily_turnover = measured.daily_turnover;
    facts.listed_days = static_cast<double>(in.as_of - in.found.first) / static_cast<double>(day_s);
    if (in.looks().looks() > 0) {
        const DepthCurve poor = in.looks().at(0.1);
        facts.depth = poor.within(0.01);
        facts.slippage = in.looks().at(0.01).cost(100'000).value_or(1);
    }
    if (o.venues > 0) facts.venues = o.venues;
    if (o.oracle >= 0) facts.oracle = o.oracle;
    return facts;
}

std::string class_words(const CalibrateOptions& o, const Inputs& in, const Measured& measured) {
    const Classed classed = classify(facts_of(o, in, measured));
    return std::string(to_string(classed.asset_class)) + ", decided by " + std::string(classed.decided_by);
}

/// No rule of a set looks at a class, so it is carried where a set says what it comes from.
Result<ProposalAsked> asked_of(const CalibrateOptions& o, const Inputs& in, const Measured& measured) {
    ProposalAsked asked{{o.market, o.settle}, o.tiers, {}, 1};
    asked.source =
        "calibrated from " + in.files.front().substr(in.files.front().rfind('/') + 1) + "; class " + class_words(o, in, measured);
    if (o.collateral.empty() != (o.held <= 0))
        return fail(
            Error{"--collateral", "what it counts for hangs on how much of it the venue holds", "give --collateral and --held together"});
    if (!o.collateral.empty()) asked.collateral = {o.collateral, {o.held, HaircutAsked{}.tiers, o.concentration}};
    return asked;
}

/// What stands beside the tiers, a sentence each.
std::vector<std::string> notes_of(const CalibrateOptions& o, const Inputs& in, const Proposal& proposal) {
    const Measured& measured = proposal.measured;
    std::vector<std::string> notes{"Class " + class_words(o, in, measured) + "."};
    if (proposal.haircut) {
        const VenueWeight line = venue_weight(*proposal.haircut);
        notes.push_back(o.collateral + " counts " + percent(line.weight) + " as collateral; beyond " + human(line.scale_start) +
                        " on the whole venue all of it together counts no more.");
    }
    if (in.funding > 0) notes.push_back("A funding payment may cost " + percent(in.funding) + "; it is in the margin.");
    if (!in.liquidations.empty()) notes.push_back(in.liquidations + ".");
    if (in.followed.history().looks() > 0)
        notes.push_back(percent(in.followed.for_show()) + " of the depth within a per cent did not stand, and is not counted.");
    return notes;
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
    console.print("The margin moves: peak to trough " + plot::fixed(v.peak_to_trough, 2) + ", largest rise in 1, 5, 20 days " +
                  percent(v.rise_1) + ", " + percent(v.rise_5) + ", " + percent(v.rise_20) + ".\n");
    for (std::size_t i = 0; i < std::min<std::size_t>(5, v.worst.size()); ++i)
        console.print("  " + time_text(v.worst[i].ts) + "  margin " + percent(v.worst[i].margin) + ", loss " + percent(v.worst[i].loss()) +
                      "\n");
}

}  // namespace

Exit calibrate_command(const CalibrateOptions& o, const Console& console) {
    Inputs in;
    if (const auto error = read_inputs(o, in, console)) return refused(console, *error);
    const auto measured = measure(*in.prices, in.as_of, in.appetite, in.curve());
    if (!measured) return refused(console, measured.error());
    const auto asked = asked_of(o, in, *measured);
    if (!asked) return refused(console, asked.error());
    const auto proposal = propose(*in.prices, in.as_of, in.appetite, in.curve(), *asked);
    if (!proposal) return refused(console, proposal.error());
    auto windows = run_backtest(o, in, console);
    if (!windows) return refused(console, windows.error());
    Evidence evidence{*proposal,
                      {},
                      std::move(*windows),
                      {},
                      stress_days(*in.prices, in.appetite, 10),
                      {},
                      in.files,
                      in.defects,
                      in.found.bars,
                      in.found.missing,
                      in.looks().looks(),
                      notes_of(o, in, *proposal)};
    evidence.verdict = judge(evidence.backtest, 2 * (1 - in.appetite.coverage));
    for (const Appetite& appetite : appetites())
        if (auto other = propose(*in.prices, in.as_of, appetite, in.curve(), *asked)) evidence.profiles.push_back(std::move(*other));
        else console.say("plimsoll: " + std::string(appetite.name) + ": " + to_string(other.error()));
    for (const std::string& text : o.compare) {
        auto other = read_other(text, o.market, surroundings_of(o, in, proposal->measured));
        if (!other) return refused(console, other.error());
        evidence.others.push_back(std::move(*other));
    }
    if (console.json) console.print(report_json(evidence));
    else {
        print_proposal(*proposal, console);
        for (const std::string& note : evidence.notes) console.print(wrap(note, static_cast<std::size_t>(console.width), 0));
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
    if (!windows) return refused(console, windows.error());
    if (windows->empty())
        return refused(console, Error{display_name(o.bars), "no day has a past long enough to be judged",
                                      "give more bars, or an appetite of less coverage"});
    const Verdict verdict = judge(*windows, 2 * (1 - in.appetite.coverage));
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

namespace {

void print_haircut(const Haircut& haircut, const HaircutOptions& o, const Console& console) {
    if (console.json) {
        text::JsonWriter json;
        json.begin_object()
            .key("move")
            .number(plot::fixed(haircut.move, 9))
            .key("joint")
            .number(plot::fixed(haircut.joint, 9))
            .key("tiers")
            .begin_array();
        for (const HaircutTier& tier : haircut.tiers)
            json.begin_object()
                .key("from")
                .number(plot::fixed(tier.from, 0))
                .key("weight")
                .number(plot::fixed(tier.weight, 2))
                .end_object();
        console.print(json.end_array().key("toml").string(to_toml(haircut)).end_object().take() + "\n");
        return;
    }
    console.print("It may fall by " + console.bold(percent(haircut.move)) + " before it is sold" +
                  (haircut.joint > 0 ? ", and by " + percent(haircut.joint) + " more when what it stands for loses" : "") + ".\n\n");
    Table table({true, true, true});
    table.row({"held on the venue from", "a further unit counts", "all of it then"});
    table.rule();
    for (std::size_t i = 0; i < haircut.tiers.size(); ++i) {
        const double to = i + 1 < haircut.tiers.size() ? haircut.tiers[i + 1].from : o.held;
        table.row({human(haircut.tiers[i].from), percent(haircut.tiers[i].weight), percent(weight_of(haircut, to))});
    }
    console.print(table.text(2));
    if (!haircut.depth_known) console.print("\nNo depth was given: what it costs to sell it is known by turnover alone.\n");
    if (o.concentration >= HaircutAsked{}.concentration_most)
        console.print("\nToo much of its supply is in few hands: it counts for nothing.\n");
    console.print("\nFor the asset in a parameter set:\n  " + to_toml(haircut));
}

}  // namespace

Exit haircut_command(const HaircutOptions& o, const Console& console) {
    Inputs in;
    if (const auto error = read_inputs(o.from, in, console)) return refused(console, *error);
    std::optional<Prices> beside;
    if (!o.beside.empty()) {
        auto file = read_bars_file(o.beside, {}, console);
        if (!file) return refused(console, file.error());
        beside.emplace(std::move(file->bars), file->step);
    }
    const HaircutAsked asked{o.held, o.tiers, o.concentration};
    const auto result = haircut(*in.prices, in.as_of, in.appetite, in.curve(), asked, beside ? &*beside : nullptr);
    if (!result) return refused(console, result.error());
    print_haircut(*result, o, console);
    return Exit::ok;
}

}  // namespace plimsoll::cli
