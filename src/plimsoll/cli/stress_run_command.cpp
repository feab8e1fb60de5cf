#include "plimsoll/base/hash.hpp"
#include "plimsoll/calibrate/asked.hpp"
#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/cli/depth_input.hpp"
#include "plimsoll/cli/incident_files.hpp"
#include "plimsoll/cli/set_file.hpp"
#include "plimsoll/cli/stress_paths.hpp"
#include "plimsoll/plot/chart.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/plot/terminal.hpp"
#include "plimsoll/stress/crash_report.hpp"
#include "plimsoll/text/hex.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace plimsoll::cli {

namespace {

using namespace stress;

/// Everything about a run but the schedule.
struct Asked {
    Scene scene;
    StressPaths paths;
    std::vector<std::string> assumptions;
    std::string identity;
};

Span minutes(const std::vector<double>& numbers, std::size_t at) {
    return {static_cast<std::int64_t>(numbers[at] * 60'000), static_cast<std::int64_t>(numbers[at + 1] * 60'000)};
}

/// Who stood in an incident is one more owner of the crowd, unless whales are asked for.
void take_whale(const IncidentScene& incident, CrowdShape& crowd) {
    crowd.whales = 1;
    crowd.whale_capital = incident.capital;
    crowd.whale_leverage = incident.position / incident.capital;
    crowd.whales_short = incident.is_short;
}

Result<void> read_crowd(const StressOptions& o, const IncidentScene* incident, Asked& asked) {
    CrowdShape& crowd = asked.scene.crowd;
    const auto leverage = read_numbers("--leverage", o.leverage, 2, 2, "LEAST:MOST");
    if (!leverage) return fail(leverage.error());
    if ((*leverage)[0] <= 0 || (*leverage)[1] < (*leverage)[0])
        return fail(Error{"--leverage", "'" + o.leverage + "' does not grow from above 0", "write 2:50"});
    const auto stops = read_numbers("--stops", o.stops, 2, 2, "SHARE:LOSS");
    if (!stops) return fail(stops.error());
    crowd.owners = o.owners;
    crowd.capital_least = o.capital;
    crowd.capital_most = 1e5 * o.capital;
    crowd.leverage_least = (*leverage)[0];
    crowd.leverage_most = (*leverage)[1];
    crowd.long_share = o.long_share;
    crowd.stop_share = std::clamp((*stops)[0], 0.0, 1.0);
    crowd.stop_loss = std::clamp((*stops)[1], 0.0, 1.0);
    crowd.accounts_each = o.accounts_each;
    if (!o.whales.empty()) {
        const auto whales = read_numbers("--whales", o.whales, 3, 3, "N:CAPITAL:LEVERAGE");
        if (!whales) return fail(whales.error());
        if ((*whales)[0] < 0 || (*whales)[0] > 1'000 || (*whales)[1] <= 0 || (*whales)[2] <= 0)
            return fail(Error{"--whales", "'" + o.whales + "' is out of range", "at most 1000 whales, with capital and leverage above 0"});
        crowd.whales = static_cast<std::uint32_t>((*whales)[0]);
        crowd.whale_capital = (*whales)[1];
        crowd.whale_leverage = (*whales)[2];
    }
    if (o.whales.empty() && incident != nullptr && incident->position > 0) take_whale(*incident, crowd);
    asked.assumptions.push_back(
        std::to_string(crowd.owners) + " owners with capital from " + human(o.capital) + " on by a Pareto law, who want leverage of " +
        o.leverage + "; " + percent(o.long_share) + " of them go long, " + percent(crowd.stop_share) + " leave when they have lost " +
        percent(crowd.stop_loss) + " of their capital" +
        (crowd.whales > 0 ? "; " + std::to_string(crowd.whales) + " whales with " + human(crowd.whale_capital) : std::string()));
    return {};
}

Result<void> read_sources(const StressOptions& o, Asked& asked, const Console& console) {
    auto own = read_sides(o.depth, console);
    if (!own) return fail(own.error());
    const auto half_life = static_cast<std::int64_t>(o.recovery_s * 1000);
    asked.scene.sources = {{"own book", own->bids, own->asks, 0, 0, half_life}};
    asked.assumptions.push_back("the own book has " + own->words + "; half of what is taken is there again after " +
                                plot::duration(o.recovery_s) + "; a move of " + percent(o.leaves_at) + " within 15 minutes leaves " +
                                percent(o.depth_left) + " of all depth");
    for (const std::string& text : o.elsewhere) {
        const auto other = read_numbers("--elsewhere", text, 2, 2, "NOTIONAL@SECONDS");
        if (!other) return fail(other.error());
        if ((*other)[0] <= 0 || (*other)[1] < 0) return fail(Error{"--elsewhere", "'" + text + "' is out of range", "write 2000000@5"});
        const double most = (*other)[0] * 100 * std::log(1'000);
        asked.scene.sources.push_back({"elsewhere", Profile::even(BookSide::bids, (*other)[0], most),
                                       Profile::even(BookSide::asks, (*other)[0], most), 0.0005,
                                       static_cast<std::int64_t>((*other)[1] * 1000), half_life});
        asked.assumptions.push_back(human((*other)[0]) + " for each per cent elsewhere, reached after " + plot::duration((*other)[1]) +
                                    ", at a fee of 0.05 %");
    }
    for (const std::string& text : o.pools) {
        const auto pool = read_pool(text);
        if (!pool) return fail(pool.error());
        asked.scene.sources.push_back({"pool", pool->sides.bids, pool->sides.asks, pool->fee, 0, half_life});
        asked.assumptions.push_back(pool->sides.words);
    }
    return {};
}

Result<void> read_feed(const StressOptions& o, Asked& asked) {
    Feed& feed = asked.scene.feed;
    feed.own_weight = o.own_weight;
    if (o.own_weight > 0) asked.assumptions.push_back("the own book makes " + percent(o.own_weight) + " of the mark");
    if (!o.frozen.empty()) {
        const auto span = read_numbers("--frozen", o.frozen, 2, 2, "FROM:TO in minutes");
        if (!span) return fail(span.error());
        feed.frozen = minutes(*span, 0);
        asked.assumptions.push_back("the feed tells nothing in the minutes " + o.frozen);
    }
    if (!o.lie.empty()) {
        const auto lie = read_numbers("--lie", o.lie, 3, 3, "TIMES:FROM:TO with minutes");
        if (!lie) return fail(lie.error());
        if (!((*lie)[0] > 0)) return fail(Error{"--lie", "a price of 0 or less is not told", "write 0.7:10:20"});
        feed.lie = (*lie)[0];
        feed.lies = minutes(*lie, 1);
        feed.index_lies = o.index_lies;
        asked.assumptions.push_back("the feed tells " + plot::fixed(feed.lie, 3) + " times the price for a while" +
                                    (o.index_lies ? ", and so do the sources of the index" : ""));
    }
    return {};
}

/// Everything that an outcome hangs on but the set, to the last digit: words for people are rounded.
std::string identity_of(const StressOptions& o, const Asked& asked) {
    std::string all;
    const auto add = [&](double value) {
        char digits[40];
        std::snprintf(digits, sizeof digits, "%.17g|", value);
        all += digits;
    };
    for (const double value : {o.daily_volatility, o.jump_chance, o.jump_least, asked.paths.price, o.depth_left, o.leaves_at, o.recovery_s,
                               o.capital, o.long_share, o.fund, o.makers, o.own_weight, o.confirm_s, o.reach, o.daily_volume})
        add(value);
    for (const std::uint64_t value : {o.seed, std::uint64_t{o.owners}, std::uint64_t{o.accounts_each}, std::uint64_t{o.fills_most},
                                      std::uint64_t{o.grouped}, std::uint64_t{o.index_lies}, std::uint64_t{o.resample}})
        all += std::to_string(value) + "|";
    for (const std::string* text : {&o.leverage, &o.stops, &o.whales, &o.frozen, &o.lie}) all += *text + "|";
    for (const Source& source : asked.scene.sources) {
        add(static_cast<double>(source.delay_ms));
        all += source.bids.fingerprint() + source.asks.fingerprint() + "|";
    }
    // What the bars say stands in the paths.
    for (const PathPoint& point : asked.paths.path(0)) {
        add(point.price);
        if (asked.paths.pledge) add(point.pledged);
    }
    if (asked.paths.pledge) {
        all += asked.paths.pledged;
        add(asked.paths.pledge->share);
        add(asked.paths.pledge->price);
        add(o.pledge_beta);
    }
    for (const StressPaths::Also& also : asked.paths.also) all += also.market + "|";
    for (const Beside& beside : asked.scene.beside) add(beside.price);
    if (!asked.paths.also.empty())
        for (const PathPoint& point : asked.paths.path(0))
            for (const double multiple : point.beside) add(multiple);
    add(o.also_weight);
    add(o.same_side);
    add(asked.scene.crowd.whale_capital);
    add(asked.scene.crowd.whales_short ? 1 : 0);
    const Hash128 hash = hash_bytes(reinterpret_cast<const std::uint8_t*>(all.data()), all.size());
    return text::hex(hash.high, hash.low);
}

/// The market and those beside it, as a set has them.
Result<std::vector<MarketId>> markets_of(const Listed& listed, const StressPaths& paths) {
    std::vector<MarketId> markets{listed.market};
    for (const StressPaths::Also& also : paths.also) {
        const auto id = listed.set.market_id(also.market);
        if (!id)
            return fail(Error{"--also", "the set " + listed.set.name + " has no market '" + also.market + "'", "name one of its markets"});
        markets.push_back(*id);
    }
    return markets;
}

/// A price that a market cannot have would be told as its largest, without a word.
Result<void> check_prices(const Asked& asked, const Listed& listed) {
    const auto markets = markets_of(listed, asked.paths);
    if (!markets) return fail(markets.error());
    const Path path = asked.paths.path(0);
    for (std::size_t i = 0; i < markets->size(); ++i) {
        const Instrument& instrument = listed.set.market((*markets)[i]).instrument;
        const double most = static_cast<double>(instrument.price_max.raw()) / std::pow(10.0, instrument.price_digits);
        for (const PathPoint& point : path) {
            const double price = i == 0 ? point.price : asked.paths.also[i - 1].price * point.beside[i - 1];
            if (price > most)
                return fail(Error{"path", "it comes to a price of " + human(price) + ", and the market's largest is " + human(most),
                                  "let it begin lower (--price)"});
        }
    }
    return {};
}

Result<Asked> read_asked(const StressOptions& o, const IncidentScene* incident, const Listed& listed, const Console& console) {
    Asked asked;
    asked.scene.seed = o.seed;
    asked.scene.owners_grouped = o.grouped;
    asked.scene.fund = o.fund;
    asked.scene.makers = o.makers;
    asked.scene.confirm_ms = static_cast<std::int64_t>(o.confirm_s * 1000);
    asked.scene.fills_most = o.fills_most;
    asked.scene.reach = -std::log1p(-o.reach);
    asked.scene.daily_volume = o.daily_volume;
    if (const auto read = read_crowd(o, incident, asked); !read) return fail(read.error());
    if (const auto read = read_sources(o, asked, console); !read) return fail(read.error());
    if (const auto read = read_feed(o, asked); !read) return fail(read.error());
    auto paths = read_stress_paths(o, incident, console);
    if (!paths) return fail(paths.error());
    asked.paths = std::move(*paths);
    asked.scene.pledge = asked.paths.pledge;
    asked.scene.same_side = o.same_side;
    for (const StressPaths::Also& also : asked.paths.also)
        asked.scene.beside.push_back({also.price, o.also_weight, asked.scene.sources, o.daily_volume});
    asked.assumptions.insert(asked.assumptions.end(), asked.paths.assumptions.begin(), asked.paths.assumptions.end());
    if (const auto checked = check_prices(asked, listed); !checked) return fail(checked.error());
    asked.assumptions.push_back(o.makers > 0 ? "who takes the other side has " + human(o.makers) +
                                                   " beyond the margin of what they hold at the start, over all of them; the engine "
                                                   "refuses what that does not carry, and liquidates "
                                                   "them as everybody"
                                             : "who takes the other side, at the opening and of a liquidation, has means without end");
    asked.assumptions.push_back("liquidations sell down to " + percent(o.reach) +
                                " below the reference and never below what leaves their account nothing; "
                                "what finds nobody goes to the engine's waterfall");
    if (o.confirm_s > 0)
        asked.assumptions.push_back("an order of a liquidation is filled " + plot::duration(o.confirm_s) +
                                    " after it was placed at the earliest");
    if (o.fills_most > 0) asked.assumptions.push_back("at most " + std::to_string(o.fills_most) + " of them are filled in one interval");
    asked.identity = identity_of(o, asked);
    return asked;
}

constexpr double small = 1'000;  // notional of a position without size

struct Listing {
    std::string name;
    std::string how;
    ParameterSet alone;
};

Result<Listing> listing_of(const Listed& listed, const StressPaths& paths) {
    const std::string& pledged = paths.pledged;
    const auto markets = markets_of(listed, paths);
    if (!markets) return fail(markets.error());
    std::optional<AssetId> asset;
    if (!pledged.empty() && !(asset = listed.set.asset_id(pledged)))
        return fail(Error{"--collateral", "the set " + listed.set.name + " has no asset '" + pledged + "'", "name one of its assets"});
    auto alone = markets_alone(listed.set, *markets, asset);
    if (!alone) return fail(alone.error());
    return Listing{listed.set.name, "the set's schedule for " + listed.set.market(listed.market).name, std::move(*alone)};
}

class Runner {
public:
    Runner(const StressOptions& o, const Asked& asked, CrashStory& story, const Console& console)
        : o_(o), asked_(asked), story_(story), console_(console) {}

    Result<Opened> run(const Listing& listing) {
        Scene scene = asked_.scene;
        scene.set = listing.alone;
        auto crash = Crash::make(std::move(scene), asked_.paths.price);
        if (!crash) return fail(crash.error());
        Variant variant{listing.name, listing.how, crash->opened(), {}, {}, static_cast<std::uint32_t>(crash->accounts())};
        Ensemble ensemble;
        ensemble.paths = asked_.paths.several ? o_.paths : 1;
        ensemble.path = asked_.paths.path;
        ensemble.threads = o_.threads;
        Progress progress(console_, "plimsoll: " + listing.name + ": paths");
        ensemble.progress = [&](std::uint64_t done) { progress.at(done, ensemble.paths); };
        if (!o_.kept.empty()) ensemble.kept = o_.kept + "." + std::to_string(story_.variants.size());
        ensemble.asked = text::hex(digest_of(canonical_bytes(listing.alone))) + "|" + asked_.identity;
        auto outcomes = run_all(*crash, ensemble);
        if (!outcomes) return fail(outcomes.error());
        variant.outcomes = std::move(*outcomes);
        // The same path for all: the one that was worst for the first.
        if (story_.variants.empty())
            for (std::size_t i = 0; i < variant.outcomes.size(); ++i)
                if (variant.outcomes[i].shortfall > variant.outcomes[worst_].shortfall) worst_ = i;
        crash->run(asked_.paths.path(worst_), &variant.moments);
        story_.variants.push_back(std::move(variant));
        return story_.variants.back().opened;
    }

private:
    const StressOptions& o_;
    const Asked& asked_;
    CrashStory& story_;
    const Console& console_;
    std::size_t worst_ = 0;
};

Result<void> run_variants(const StressOptions& o, const Listed& listed, const calibrate::Surroundings& around, const StressPaths& paths,
                          Runner& runner) {
    const auto first = listing_of(listed, paths);
    if (!first) return fail(first.error());
    const auto opened = runner.run(*first);
    if (!opened) return fail(opened.error());
    if (!o.no_flat) {
        const auto flat = [&](const char* name, const std::string& how, double initial, double maintenance) -> Result<void> {
            const auto done = runner.run(
                {name,
                 how + ": " + plot::percent(initial, 3) + " of every size, " + plot::percent(maintenance, 3) + " for maintenance, no caps",
                 with_flat_rate(first->alone, initial, maintenance)});
            if (!done) return fail(done.error());
            return {};
        };
        const auto asked = calibrate::AskedSchedule::make(listed.set, listed.market, around);
        if (!asked) return fail(asked.error());
        const double base = asked->rate(small, Level::initial), low = asked->rate(small, Level::maintenance);
        if (const auto done = flat("flat, its first rate", "what the set asks of a small position", base, low); !done) return done;
        if (const auto done = flat("flat, its mean rate", "what the set asks of this crowd on average", opened->margin / opened->notional,
                                   opened->maintenance / opened->notional);
            !done)
            return done;
    }
    for (const std::string& text : o.compare) {
        const std::size_t equals = text.rfind('=');
        const auto other = read_listed(text.substr(0, equals), equals == std::string::npos ? o.market : text.substr(equals + 1));
        if (!other) return fail(other.error().front());
        const auto listing = listing_of(*other, paths);
        if (!listing) return fail(listing.error());
        if (const auto done = runner.run(*listing); !done) return fail(done.error());
    }
    return {};
}

void print_story(const CrashStory& story, const Console& console) {
    console.print("Stress of " + console.bold(story.market) + ": " + story.paths_from + "\n\n");
    std::vector<bool> right{false};
    std::vector<std::string> head{""};
    std::vector<Summary> summaries;
    for (const Variant& variant : story.variants) {
        right.push_back(true);
        head.push_back(variant.name);
        summaries.push_back(summary_of(variant.outcomes));
    }
    Table table(right);
    table.row(head);
    table.rule();
    for (const CrashFigure& figure : crash_figures(story)) {
        std::vector<std::string> cells{figure.name};
        for (std::size_t i = 0; i < story.variants.size(); ++i) cells.push_back(figure.of(story.variants[i], summaries[i]));
        table.row(cells);
    }
    if (story.fund_days > 0) {
        std::vector<std::string> cells{"a fund for " + std::to_string(story.fund_days) + " such days"};
        for (const Variant& variant : story.variants)
            cells.push_back(human(fund_for(variant.outcomes, story.fund_days, story.fund_ruin, story.seed)));
        table.row(cells);
    }
    console.print(table.text());
    for (const Variant& variant : story.variants)
        console.print(wrap(variant.name + ": " + variant.how, static_cast<std::size_t>(console.width), 2));
    console.print("Assumed:\n");
    for (const std::string& assumption : story.assumptions) console.print(wrap(assumption, static_cast<std::size_t>(console.width), 2));
}

/// What a schedule is asked about beside a position, at a price.
calibrate::Surroundings around_of(const StressOptions& o, const std::vector<Source>& sources, double price) {
    const Sources at_rest(sources);
    const double within = std::log(1.01);
    return {price, 0, std::min(at_rest.within(BookSide::bids, within, 0), at_rest.within(BookSide::asks, within, 0)), o.daily_volume};
}

/// The incident that is asked for as a scene, and its depth where none was given. Absent: none is asked for.
Result<std::optional<IncidentScene>, Exit> read_incident_scene(StressOptions& o, const Listed& listed, const Console& console) {
    if (o.incident.empty()) return std::optional<IncidentScene>();
    IncidentOptions which;
    which.names = {o.incident};
    which.folder = o.incidents;
    const auto loaded = load_incidents(which, console);
    if (!loaded) return fail(loaded.error());
    if (loaded->incidents.size() != 1) {
        console.complain("name one incident: this fits " + std::to_string(loaded->incidents.size()) + " (see `plimsoll incident list`)");
        return fail(Exit::usage);
    }
    // Of a small position depth decides nothing but where there is none.
    constexpr double deep = 1e12;
    const auto asked = calibrate::AskedSchedule::make(listed.set, listed.market, {o.price > 0 ? o.price : 100, 0, deep, o.daily_volume});
    if (!asked) return fail(refused(console, asked.error()));
    auto scene = scene_of(loaded->incidents.front(), loaded->reference, asked->rate(small, Level::initial));
    if (!scene) return fail(refused(console, scene.error()));
    o.incident = loaded->incidents.front().id;
    const bool no_depth = !(o.depth.per_percent > 0) && o.depth.bands.empty() && o.depth.book.empty();
    if (no_depth && scene->depth_per_percent > 0) o.depth.per_percent = scene->depth_per_percent;
    return std::optional(std::move(*scene));
}

CrashStory story_of(const StressOptions& o, const Listed& listed, const Asked& asked) {
    CrashStory story;
    story.market = o.market;
    story.settle = listed.set.asset(listed.set.market(listed.market).settle).name;
    story.paths_from = asked.paths.from;
    story.assumptions = asked.assumptions;
    story.seed = o.seed;
    story.pledged = asked.paths.pledge.has_value();
    story.fund_days = o.fund_days;
    story.fund_ruin = o.ruin;
    return story;
}

}  // namespace

Exit stress_run_command(StressOptions o, const Console& console) {
    const auto listed = read_listed(o.params, o.market);
    if (!listed) return refused(console, listed.error());
    const auto incident = read_incident_scene(o, *listed, console);
    if (!incident) return incident.error();
    const auto asked = read_asked(o, *incident ? &**incident : nullptr, *listed, console);
    if (!asked) return refused(console, asked.error());
    CrashStory story = story_of(o, *listed, *asked);
    Runner runner(o, *asked, story, console);
    const auto around = around_of(o, asked->scene.sources, asked->paths.price);
    if (const auto done = run_variants(o, *listed, around, asked->paths, runner); !done) return refused(console, done.error());
    if (console.json) console.print(crash_json(story));
    else print_story(story, console);
    if (o.report.empty()) return Exit::ok;
    const auto written = write_file(o.report, crash_html(story));
    if (!written) return refused(console, written.error());
    console.say("report: " + *written);
    return Exit::ok;
}

}  // namespace plimsoll::cli
