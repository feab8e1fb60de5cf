#include "plimsoll/cli/calibrate_command.hpp"

#include "plimsoll/calibrate/classes.hpp"
#include "plimsoll/calibrate/haircut.hpp"
#include "plimsoll/calibrate/pace.hpp"
#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/cli/calibrate_fund.hpp"
#include "plimsoll/cli/calibrate_inputs.hpp"
#include "plimsoll/cli/set_file.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/text/json.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace plimsoll::cli {

namespace {

using namespace calibrate;

using Inputs = CalibrateInputs;

constexpr std::int64_t day_s = 86'400;

/// How many units a symbol stands for: 1000 of 1000PEPEUSDT, 1 of PEPEUSDT and of 1INCHUSDT.
double units_of_symbol(const std::string& name) {
    const std::string digits = name.substr(0, name.find_first_not_of("0123456789"));
    return digits.size() >= 4 && digits.front() == '1' && digits.find_first_not_of('0', 1) == std::string::npos
               ? std::pow(10.0, digits.size() - 1)
               : 1;
}

/// Says it when two names of one market stand for other units: a schedule that looks at sizes is then asked about others than are meant.
void say_other_units(const std::string& name, const std::string& market, const Console& console) {
    const double there = units_of_symbol(name), here = units_of_symbol(market);
    if (there != here)
        console.say("plimsoll: Warning: " + name + " counts " + plot::fixed(there, 0) + " units in one and " + market + " counts " +
                    plot::fixed(here, 0) + ": sizes and prices of the two differ by as much; give bars of the same symbol");
}

/// FILE, or FILE=MARKET.
Result<Other> read_other(const std::string& text, const std::string& market, const Surroundings& around, const Console& console) {
    const std::size_t equals = text.rfind('=');
    const std::string file = text.substr(0, equals);
    const std::string name = equals == std::string::npos ? market : text.substr(equals + 1);
    say_other_units(name, market, console);
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

/// How the margins of a backtest are paced, after their name.
std::string pace_words(const CalibrateOptions& o) {
    std::string words;
    if (o.draw_down) words += ", the buffer drawn down before it rises";
    if (o.speed_bump > 0) words += ", rising by at most " + percent(o.speed_bump) + " a day";
    if (!o.floor.empty()) words += ", never below ten years' volatility as it was known";
    return words;
}

/// The margins of a backtest, a morning after the other: from prices alone, and from what the margins before were.
class PacedMargins {
public:
    PacedMargins(const CalibrateOptions& o, const Inputs& in) : o_(o), in_(in), buffer_(in.appetite.buffer, usual_days) {
        inputs_.funding = in.funding;
        // A buffer that is drawn down stands on the margin without one.
        bare_ = in.appetite;
        bare_.buffer = 0;
        if (o.speed_bump > 0) bump_.emplace(o.speed_bump);
    }

    /// Errors  kept for fault(): a record too short for a floor on that day.
    double next(Measured measured) {
        double floor = 0;
        if (!o_.floor.empty()) {
            const auto found = volatility_floor(in_.floor_record(), measured.as_of, in_.appetite, measured.exponent);
            if (!found) fault_ = fault_ ? fault_ : found.error();
            else {
                raise_to_floor(measured, in_.appetite, found->quantile);
                Measured alone = measured;
                set_volatility(alone, in_.appetite, found->quantile);
                floor = MarginCurve(alone, bare_, inputs_).initial(o_.notional);
            }
        }
        const MarginCurve curve(measured, o_.draw_down ? bare_ : in_.appetite, inputs_);
        double margin = curve.initial(o_.notional);
        if (o_.draw_down) margin = buffer_.next(margin);
        // Never below what a maintenance margin has to cover now.
        return bump_ ? bump_->next(margin, std::max(curve.maintenance(o_.notional) / 0.8, floor)) : margin;
    }
    const std::optional<Error>& fault() const { return fault_; }

private:
    static constexpr std::size_t usual_days = 60;

    const CalibrateOptions& o_;
    const Inputs& in_;
    CurveInputs inputs_;
    Appetite bare_{};
    DrawnBuffer buffer_;
    std::optional<SpeedBump> bump_;
    std::optional<Error> fault_;
};

/// By prices alone: depth and a book were seen once, and the days before that must not know them.
Result<std::vector<Window>> run_backtest(const CalibrateOptions& o, const Inputs& in, const Console& console) {
    Progress progress(console, "plimsoll: judging days");
    CurveInputs inputs;
    inputs.funding = in.funding;
    inputs.estimators = in.estimators;
    const std::int64_t to = std::min(in.as_of, in.found.last + in.prices->step()) / day_s * day_s;
    PacedMargins margins(o, in);
    auto windows = roll_kept(
        o.kept, *in.prices, to - static_cast<std::int64_t>(o.days) * day_s, to, in.appetite, inputs,
        [&](const Measured& measured) { return margins.next(measured); }, [&](std::size_t done, std::size_t of) { progress.at(done, of); },
        o.threads);
    if (windows && margins.fault()) return fail(*margins.fault());
    return windows;
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

/// What stands beside the tiers, a sentence each, with what it comes from.
std::vector<Note> notes_of(const CalibrateOptions& o, const Inputs& in, const Proposal& p) {
    const Measured& measured = p.measured;
    std::vector<Note> notes{{"Class " + class_words(o, in, measured) + ".",
                             "the worst class of all measures that are known: loss of a day, depth within 1 %, slippage of 100,000, "
                             "turnover, days listed, venues (--venues), oracle (--oracle)"}};
    if (p.haircut) {
        const VenueWeight line = venue_weight(*p.haircut);
        notes.push_back({o.collateral + " counts " + percent(line.weight) + " as collateral; beyond " + human(line.scale_start) +
                             " on the whole venue all of it together counts no more.",
                         "as under As collateral, of " + human(o.held) + " held (--held)"});
    }
    if (in.funding > 0)
        notes.push_back(
            {"A funding payment may cost " + percent(in.funding) + "; it is in the margin.",
             "the " + percent(in.appetite.coverage) + " quantile of |rate| over " + std::to_string(in.payments) + " payments (--funding)"});
    if (!o.liquidations.empty() && in.usual_hour > 0)
        notes.push_back(
            {"The worst hour of liquidations sold " + human(in.liquidated) + ", " + percent(in.liquidated / in.usual_hour) +
                 " of a usual hour's turnover; the appetite lets a liquidation take " + percent(in.appetite.volume_share) + " of it.",
             "the largest sum of price times size in one hour (--liquidations), over a twenty-fourth of the turnover of a day, " +
                 human(24 * in.usual_hour)});
    if (in.followed.history().looks() > 0)
        notes.push_back(
            {percent(in.followed.for_show()) + " of the depth within a per cent did not stand, and is not counted.",
             "mean over " + std::to_string(in.followed.history().looks()) +
                 " looks of one less what stood through twelve looks, a fifth of its side at most a level, over what was shown (--l2)"});
    return notes;
}

/// The volatility floor and how many years it is from.
Note floor_note(const Inputs& in, const VolatilityFloor& floor, const Measured& measured) {
    const bool short_of_ten = floor.years < floor_years - 0.01;
    return {"Volatility floor: " + percent(floor.quantile) + " from " + (short_of_ten ? "only " : "") + plot::fixed(floor.years, 1) +
                " years of " + in.record_name + (short_of_ten ? ", where ten are asked for" : "") + "; it " +
                (floor.quantile >= measured.volatility ? "binds." : "does not bind."),
            "historical simulation over the record of the ten years before (--floor), as under Volatility"};
}

/// What the live set did to the proposal, and the warning that belongs to a speed bump.
std::vector<Note> pace_notes(const Proposal& p) {
    std::vector<Note> notes;
    if (!p.pace) return notes;
    if (p.pace_asked->draw_down)
        notes.push_back({percent(p.pace->drawn) + " of the buffer is used beside " + p.pace_asked->name +
                             "; tell the next calibration --drawn " + plot::fixed(p.pace->drawn, 3) + ".",
                         "as under Pace"});
    if (p.pace->held > 0)
        notes.push_back({"Warning: the speed bump holds the initial margin up to " + percent(p.pace->held) +
                             " below what is computed, most at " + human(p.pace->held_at) + ", and lets it catch up in " +
                             plot::fixed(p.pace->days_held, 1) +
                             " days; until then it covers less than the appetite says. Maintenance is not held back.",
                         "as under Pace"});
    return notes;
}

void print_verdict(const Verdict& v, const Appetite& appetite, const std::string& settle, const Console& console) {
    console.print("\nBacktest: " + std::to_string(v.windows) + " windows, " + std::to_string(v.exceptions) +
                  " exceptions; accepted at 5 %: " + std::to_string(v.band.least) + " to " + std::to_string(v.band.most) +
                  " at a coverage of " + percent(appetite.coverage) + " a side; " + std::string(to_string(v.light)) + ".\n");
    char text[256];
    std::snprintf(text, sizeof text, "Kupiec %.3f (p %.3f), independence %.3f (p %.3f), joint %.3f (p %.3f).\n", v.coverage.statistic,
                  v.coverage.p_value, v.independence.statistic, v.independence.p_value, v.both.statistic, v.both.p_value);
    console.print(text);
    const auto amount = [&](double share) { return percent(share) + " (" + human(v.in_currency(share)) + " " + settle + ")"; };
    console.print("Shortfall of a position of " + human(v.notional) + " " + settle + ": mean " + amount(v.shortfall_mean) + ", most " +
                  amount(v.shortfall_most) + ", worst quarter " + amount(v.shortfall_es) + ". Mean margin " + amount(v.margin_mean) +
                  ".\n");
    console.print("The margin moves: peak to trough " + plot::fixed(v.peak_to_trough, 2) + ", largest rise in 1, 5, 20 days " +
                  percent(v.rise_1) + ", " + percent(v.rise_5) + ", " + percent(v.rise_20) + ".\n");
    for (std::size_t i = 0; i < std::min<std::size_t>(5, v.worst.size()); ++i)
        console.print("  " + time_text(v.worst[i].ts) + "  margin " + percent(v.worst[i].margin) + ", loss " + percent(v.worst[i].loss()) +
                      "\n");
}

}  // namespace

namespace {

/// The live set as the reference of the pace. Errors  options of it without it; those of its file.
Result<std::optional<PaceAsked>> read_pace(const CalibrateOptions& o, const Surroundings& around, const Console& console) {
    if (o.live.empty()) {
        if (o.drawn > 0 || o.live_days != 1)
            return fail(Error{"--live", "the state of a buffer and days belong to a set that is live", "name it with --live"});
        return std::optional<PaceAsked>{};
    }
    if (!o.draw_down && o.speed_bump <= 0)
        return fail(Error{"--live", "nothing is paced by it", "give --draw-down, --speed-bump or both, or draw it beside with --compare"});
    auto live = read_other(o.live, o.market, around, console);
    if (!live) return fail(live.error());
    return std::optional(PaceAsked{live->name, std::make_shared<const AskedSchedule>(std::move(live->asked)), o.draw_down, o.drawn,
                                   o.speed_bump, o.live_days});
}

/// Everything beside the proposal itself. Errors  those of the backtest, of the fund and of the sets to compare with.
Result<Evidence> evidence_of(const CalibrateOptions& o, const Inputs& in, const Proposal& p, const ProposalAsked& asked,
                             const CurveInputs& inputs, const Console& console) {
    auto windows = run_backtest(o, in, console);
    if (!windows) return fail(windows.error());
    Evidence evidence{p,
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
                      notes_of(o, in, p)};
    evidence.backtest_how = pace_words(o);
    evidence.estimators = in.estimators;
    evidence.verdict = judge(evidence.backtest, 2 * (1 - in.appetite.coverage), o.notional);
    for (const Appetite& appetite : appetites())
        if (auto other = propose(*in.prices, in.as_of, appetite, inputs, asked)) evidence.profiles.push_back(std::move(*other));
        else console.say("plimsoll: " + std::string(appetite.name) + ": " + to_string(other.error()));
    for (const std::string& text : o.compare) {
        auto other = read_other(text, o.market, surroundings_of(o, in, p.measured), console);
        if (!other) return fail(other.error());
        evidence.others.push_back(std::move(*other));
    }
    if (o.fund_days == 0) return evidence;
    auto fund = fund_of(o, in, p, console);
    if (!fund) return fail(fund.error());
    evidence.notes.push_back(
        {"A fund for " + std::to_string(fund->drawn_days) + " days like the worst on record: " + human(fund->bootstrap) + " " + o.settle +
             " at " + percent(fund->ruin) + " ruin; Cover-1 " + human(fund->cover_1) + ", Cover-2 " + human(fund->cover_2) + ".",
         "as under How large a fund"});
    evidence.fund = std::move(*fund);
    return evidence;
}

}  // namespace

Exit calibrate_command(const CalibrateOptions& o, const Console& console) {
    Inputs in;
    if (const auto error = read_calibrate_inputs(o, in, console)) return refused(console, *error);
    CurveInputs inputs = in.curve();
    auto measured = measure(*in.prices, in.as_of, in.appetite, inputs);
    if (!measured) return refused(console, measured.error());
    std::optional<VolatilityFloor> floor;
    if (!o.floor.empty()) {
        const auto found = volatility_floor(in.floor_record(), in.as_of, in.appetite, measured->exponent);
        if (!found) return refused(console, found.error());
        floor = *found;
        inputs.volatility_floor = found->quantile;
    }
    auto asked = asked_of(o, in, *measured);
    if (!asked) return refused(console, asked.error());
    auto pace = read_pace(o, surroundings_of(o, in, *measured), console);
    if (!pace) return refused(console, pace.error());
    asked->pace = std::move(*pace);
    const auto proposal = propose(*in.prices, in.as_of, in.appetite, inputs, *asked);
    if (!proposal) return refused(console, proposal.error());
    auto evidence = evidence_of(o, in, *proposal, *asked, inputs, console);
    if (!evidence) return refused(console, evidence.error());
    if (floor) evidence->notes.push_back(floor_note(in, *floor, *measured));
    for (Note& note : pace_notes(*proposal)) {
        if (note.sentence.starts_with("Warning")) console.say("plimsoll: " + note.sentence);
        evidence->notes.push_back(std::move(note));
    }
    evidence->floor = floor;
    evidence->floor_from = in.record_name;
    if (console.json) console.print(report_json(*evidence));
    else {
        print_proposal(*proposal, console);
        for (const Note& note : evidence->notes) console.print(wrap(note.sentence, static_cast<std::size_t>(console.width), 0));
        print_verdict(evidence->verdict, in.appetite, o.settle, console);
    }
    if (o.out.empty() || o.dry_run) return Exit::ok;
    const auto written = write_all(o, *evidence);
    if (!written) {
        console.complain(written.error());
        return Exit::io;
    }
    for (const std::string& file : *written) console.say("plimsoll: wrote " + file);
    return Exit::ok;
}

Exit backtest_command(const CalibrateOptions& o, const Console& console) {
    Inputs in;
    if (const auto error = read_calibrate_inputs(o, in, console)) return refused(console, *error);
    const auto windows = run_backtest(o, in, console);
    if (!windows) return refused(console, windows.error());
    if (windows->empty())
        return refused(console, Error{display_name(o.bars), "no day has a past long enough to be judged",
                                      "give more bars, or an appetite of less coverage"});
    const Verdict verdict = judge(*windows, 2 * (1 - in.appetite.coverage), o.notional);
    if (console.json) {
        text::JsonWriter json;
        json.begin_object();
        write_verdict(json, verdict, o.settle);
        console.print(json.end_object().take() + "\n");
    } else {
        print_verdict(verdict, in.appetite, o.settle, console);
    }
    if (!o.report.empty()) {
        const std::string name = o.bars.substr(o.bars.rfind('/') + 1);
        const auto written = write_file(o.report, backtest_html("Backtest of " + name, {*windows, verdict, o.settle, pace_words(o)}));
        if (!written) return refused(console, written.error());
        console.say("plimsoll: wrote " + *written);
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
    if (const auto error = read_calibrate_inputs(o.from, in, console)) return refused(console, *error);
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
