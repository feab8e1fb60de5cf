#include "plimsoll/cli/app.hpp"

#include "plimsoll/cli/calibrate_command.hpp"
#include "plimsoll/cli/conformance_command.hpp"
#include "plimsoll/cli/incident_command.hpp"
#include "plimsoll/cli/journal_command.hpp"
#include "plimsoll/cli/keys_command.hpp"
#include "plimsoll/cli/question_command.hpp"
#include "plimsoll/cli/schedule_command.hpp"
#include "plimsoll/cli/sizing_command.hpp"
#include "plimsoll/cli/stress_flags.hpp"
#include "plimsoll/cli/tiers_command.hpp"
#include "plimsoll/cli/usage.hpp"
#include "plimsoll/formats/tiers.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>

namespace plimsoll::cli {

namespace {

/// The options every command takes, and the command that was chosen.
struct Choice {
    bool json = false;
    bool quiet = false;
    std::string color = "auto";
    std::function<Exit(const Console&)> command;
};

/// A verb with its example in --help.
CLI::App* verb(CLI::App& noun, const std::string& name, const std::string& what, const std::string& example) {
    CLI::App* app = noun.add_subcommand(name, what);
    app->footer("Example:\n  " + example);
    return app;
}

/// A noun: one of its verbs must follow.
CLI::App* noun(CLI::App& app, const std::string& name, const std::string& what, const std::string& example) {
    CLI::App* made = verb(app, name, what, example);
    made->require_subcommand(1);
    return made;
}

void add_incident(CLI::App& app, Choice& choice) {
    CLI::App* incident = noun(app, "incident", "public disasters, replayed against three ways of charging", "plimsoll incident run --all");
    static IncidentOptions options;
    CLI::App* list = verb(*incident, "list", "name the incidents", "plimsoll incident list");
    CLI::App* run = verb(*incident, "run", "replay incidents and compute their reference checks", "plimsoll incident run yfi --verbose");
    CLI::App* commands = verb(*incident, "commands", "what one run sends to the engine, as JSON lines for a service of your own",
                              "plimsoll incident commands mango --control 'controls off'");
    commands->add_option("name", options.names, "id, part of an id, or file of one incident")->required()->type_name("NAME|FILE");
    commands->add_option("--control", options.control, "'controls off', 'all together', or one control")
        ->type_name("NAME")
        ->capture_default_str();
    commands->callback([&choice] { choice.command = [](const Console& c) { return incident_commands(options, c); }; });
    for (CLI::App* each : {list, run, commands})
        each->add_option("--incidents", options.folder, "folder with the incident files and reference/")->type_name("DIR");
    run->add_option("name", options.names, "ids, parts of ids, or files of the schema plimsoll-incident/1 (- reads standard input)")
        ->type_name("NAME|FILE");
    run->add_flag("--all", options.all, "every incident of the folder");
    run->add_option("--report", options.report, "write a self-contained HTML report")->type_name("FILE");
    run->add_flag("-v,--verbose", options.verbose, "every check, every assumption");
    list->callback([&choice] { choice.command = [](const Console& c) { return incident_list(options, c); }; });
    run->callback([&choice] { choice.command = [](const Console& c) { return incident_run(options, c); }; });
}

void add_schedule(CLI::App& app, Choice& choice) {
    CLI::App* schedule = noun(app, "schedule", "margin schedules: judged, explained, drawn, compared",
                              "plimsoll schedule explain params/venues/binance.toml --name BTCUSDT --notional 75000");
    static ScheduleOptions o;
    CLI::App* check =
        verb(*schedule, "check", "every finding of the schedules in TOML files", "plimsoll schedule check params/venues/binance.toml");
    CLI::App* explain = verb(*schedule, "explain", "how much margin, and why",
                             "plimsoll schedule explain params/venues/binance.toml --name BTCUSDT --notional 75000");
    CLI::App* plot = verb(*schedule, "plot", "draw initial, maintenance and the rate of the next unit",
                          "plimsoll schedule plot params/venues/binance.toml --name BTCUSDT --svg btc.svg");
    CLI::App* compare = verb(*schedule, "diff", "what changed between two sets, and which way each market moves",
                             "plimsoll schedule diff params/venues/binance.toml new.toml");
    compare->add_option("files", o.files, "the old one and the new one: two parameter sets, or two files of schedules alone")
        ->required()
        ->expected(2)
        ->type_name("FILE");
    compare->callback([&choice] { choice.command = [](const Console& c) { return schedule_diff(o, c); }; });
    check->add_option("file", o.files, "parameter sets, or files of schedules alone (- reads standard input)")
        ->required()
        ->type_name("FILE");
    for (CLI::App* one : {explain, plot})
        one->add_option("file", o.files, "a parameter set, or a file of schedules alone (- reads standard input)")
            ->required()
            ->expected(1)
            ->type_name("FILE");
    for (CLI::App* each : {check, explain, plot})
        each->add_option("--name", o.name, "schedule or market; not needed when there is one only")->type_name("NAME");
    for (CLI::App* one : {explain, plot}) {
        one->add_option("--open-interest", o.open_interest, "notional of each side of the market, after the trade")->type_name("NOTIONAL");
        one->add_option("--depth", o.depth, "measured depth, as the schedule's axis means it")->type_name("AMOUNT");
        one->add_flag("--short", o.is_short, "a short position");
    }
    explain->add_option("--notional", o.notional, "of the position")->type_name("NOTIONAL");
    explain->add_option("--size", o.size, "of the position, for axes in size, or together with --price")->type_name("SIZE");
    explain->add_option("--price", o.price, "of one unit, in a market")->type_name("PRICE");
    explain->add_option("--level", o.level, "initial, maintenance or closeout")
        ->check(CLI::IsMember({"initial", "maintenance", "closeout"}))
        ->type_name("LEVEL");
    plot->add_option("--svg", o.svg, "write an SVG instead of drawing in the terminal (- for standard output)")->type_name("FILE");
    plot->add_option("--max", o.most, "largest notional drawn")->type_name("NOTIONAL");
    check->callback([&choice] { choice.command = [](const Console& c) { return schedule_check(o, c); }; });
    explain->callback([&choice] { choice.command = [](const Console& c) { return schedule_explain(o, c); }; });
    plot->callback([&choice] { choice.command = [](const Console& c) { return schedule_plot(o, c); }; });
}

QuestionOptions question_options;

/// What `margin` and every `solve` verb share.
void add_question(CLI::App* app, Choice& choice, const std::string& ask) {
    QuestionOptions& o = question_options;
    app->add_option("-p,--params", o.params, "parameter set (TOML)")->required()->type_name("FILE");
    CLI::Option* question =
        app->add_option("--question", o.question, "a file with one question as JSON (- reads standard input); replaces the flags below")
            ->type_name("FILE");
    CLI::Option* batch =
        app->add_option("--batch", o.batch,
                        "a file of questions, one JSON object a line (- reads standard input); answers come out line by line")
            ->type_name("FILE");
    app->add_flag("--echo", o.echo, "with --batch: parse and print each question, answer none")->group("");
    question->excludes(batch);
    const auto flag = [&](const std::string& name, std::string& text, const std::string& what, const std::string& type) {
        app->add_option(name, text, what)->type_name(type)->excludes(question)->excludes(batch);
    };
    flag("--market", o.market, "market of the position or order", "NAME");
    flag("--mark", o.mark, "its mark price; the entry or limit price when not given", "PRICE");
    flag("--size", o.size, "position held, negative for a short", "SIZE");
    flag("--entry", o.entry, "price at which it was opened", "PRICE");
    flag("--leverage", o.leverage, "leverage chosen", "TIMES");
    app->add_option("--balance", o.balances, "collateral; may be repeated")->type_name("NAME=AMOUNT")->excludes(question)->excludes(batch);
    app->add_option("--price", o.prices, "of a collateral that is not the numeraire; may be repeated")
        ->type_name("NAME=PRICE")
        ->excludes(question)
        ->excludes(batch);
    flag("--account", o.account, "name of the account, for overrides of the set", "NAME");
    flag("--open-interest", o.open_interest, "of each side, in the market's size unit", "SIZE");
    flag("--depth", o.depth, "measured depth in the settle asset", "AMOUNT");
    app->callback([&choice, ask] {
        question_options.ask = ask;
        choice.command = [](const Console& c) { return ask_question(question_options, c); };
    });
}

void add_questions(CLI::App& app, Choice& choice) {
    QuestionOptions& o = question_options;
    CLI::App* margin = verb(app, "margin", "what an account requires at each level, and its health",
                            "plimsoll margin -p params/venues/binance.toml --market BTCUSDT --size 2 --entry 50000 --balance USDT=10000");
    add_question(margin, choice, "margin");
    margin->add_flag("--explain", o.explain, "with the steps of each requirement");
    CLI::App* solve =
        noun(app, "solve", "inverse questions, exact: the value passes and the next one fails",
             "plimsoll solve max-size -p params/venues/binance.toml --market BTCUSDT --side buy --limit 50000 --balance USDT=10000");
    CLI::App* size =
        verb(*solve, "max-size", "the largest order that is admitted",
             "plimsoll solve max-size -p params/venues/binance.toml --market BTCUSDT --side buy --limit 50000 --balance USDT=10000");
    add_question(size, choice, "max-size");
    size->add_option("--side", o.side, "buy or sell")->check(CLI::IsMember({"buy", "sell"}));
    size->add_option("--limit", o.limit, "limit price; the mark when not given")->type_name("PRICE");
    CLI::App* price =
        verb(*solve, "liquidation-price", "where liquidation starts, everything else held",
             "plimsoll solve liquidation-price -p params/venues/binance.toml --market BTCUSDT --size 2 --entry 50000 --balance USDT=10000");
    add_question(price, choice, "liquidation-price");
    CLI::App* out = verb(*solve, "max-withdrawal", "the most that may leave",
                         "plimsoll solve max-withdrawal -p params/venues/binance.toml --market BTCUSDT --size 1 --entry 50000 --balance "
                         "USDT=10000 --asset USDT");
    add_question(out, choice, "max-withdrawal");
    CLI::App* in =
        verb(*solve, "deposit-needed", "the least deposit that heals",
             "plimsoll solve deposit-needed -p params/venues/binance.toml --market BTCUSDT --size 2 --entry 50000 --balance USDT=100");
    add_question(in, choice, "deposit-needed");
    for (CLI::App* each : {out, in}) each->add_option("--asset", o.asset, "which asset; the numeraire when not given")->type_name("NAME");
    in->add_option("--purpose", o.purpose, "open, withdraw, maintenance or closeout")
        ->check(CLI::IsMember({"open", "withdraw", "maintenance", "closeout"}));
}

void add_tiers(CLI::App& app, Choice& choice) {
    static TiersOptions o;
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const std::string_view name : formats::format_names()) all.emplace_back(name);
        return all;
    }();
    CLI::App* in = verb(app, "import", "leverage tiers of a venue or tool to schedules (TOML), or to another format",
                        "plimsoll import --format binance leverageBracket.json > schedules.toml");
    CLI::App* out =
        verb(app, "export", "schedules (TOML) to a tier format", "plimsoll export --format ccxt schedules.toml --currency USDT");
    for (CLI::App* each : {in, out}) {
        each->add_option("file", o.file, "- reads standard input")->required()->type_name("FILE");
        each->add_option("-f,--format", o.format, "format of the tiers")->required()->check(CLI::IsMember(names))->type_name("FORMAT");
        each->add_option("--symbol", o.symbol, "only this one; or the name of a table that has none")->type_name("NAME");
        each->add_option("-o,--out", o.out, "write here instead of standard output")->type_name("FILE");
        each->add_flag("--dry-run", o.dry_run, "findings only, write nothing");
    }
    in->add_option("--to", o.to, "another tier format instead of TOML")->check(CLI::IsMember(names))->type_name("FORMAT");
    in->add_option("--maintenance", o.maintenance, "how maintenance rates apply: by-source, marginal or whole")
        ->check(CLI::IsMember({"by-source", "marginal", "whole"}));
    out->add_option("--currency", o.currency, "settle currency, for formats that name it")->type_name("NAME");
    in->callback([&choice] { choice.command = [](const Console& c) { return import_command(o, c); }; });
    out->callback([&choice] { choice.command = [](const Console& c) { return export_command(o, c); }; });
}

void add_conformance(CLI::App& app, Choice& choice) {
    CLI::App* conformance = noun(app, "conformance", "figures of venues against our own schedules and account rules",
                                 "plimsoll conformance run tests/conformance/vectors");
    static ConformanceOptions o;
    CLI::App* run =
        verb(*conformance, "run", "one line for each vector: expected, got, difference", "plimsoll conformance run my-vectors.json");
    run->add_option("path", o.paths, "files of vectors, or folders of them")->required()->type_name("DIR|FILE");
    run->add_option("--data", o.data, "folder of tables that vectors refer to")->type_name("DIR");
    run->add_flag("--off", o.off_only, "only vectors that are off or malformed");
    run->add_flag("--markdown", o.markdown, "the page docs/conformance.md instead");
    run->callback([&choice] { choice.command = [](const Console& c) { return conformance_run(o, c); }; });
}

void add_journal(CLI::App& app, Choice& choice) {
    CLI::App* journal =
        noun(app, "journal", "what a venue wrote down: verified, decided anew, printed, cut", "plimsoll journal verify data");
    static JournalOptions o;
    CLI::App* verify = verb(*journal, "verify", "look at every byte; damage is named with file and offset", "plimsoll journal verify data");
    CLI::App* replay = verb(*journal, "replay", "decide every command anew and hold its hash to the one that was written",
                            "plimsoll journal replay data --to 1000");
    CLI::App* dump = verb(*journal, "dump", "the commands as JSON, one a line", "plimsoll journal dump data --from 2 --to 20 --events");
    CLI::App* truncate =
        verb(*journal, "truncate", "give up a record and all after it; what goes is kept beside the journal in *.cut files",
             "plimsoll journal truncate data --at 1000 --dry-run");
    for (CLI::App* each : {verify, replay, dump, truncate})
        each->add_option("folder", o.folder, "the journal's folder")->required()->type_name("DIR");
    for (CLI::App* each : {replay, dump}) each->add_option("--to", o.to, "the last record")->type_name("RECORD");
    dump->add_option("--from", o.from, "the first record")->type_name("RECORD");
    dump->add_flag("--events", o.events, "the events of each command after it");
    truncate->add_option("--at", o.at, "the first record that is given up")->required()->type_name("RECORD");
    truncate->add_flag("--dry-run", o.dry_run, "only say what would be done");
    verify->callback([&choice] { choice.command = [](const Console& c) { return journal_verify(o, c); }; });
    replay->callback([&choice] { choice.command = [](const Console& c) { return journal_replay(o, c); }; });
    dump->callback([&choice] { choice.command = [](const Console& c) { return journal_dump(o, c); }; });
    truncate->callback([&choice] { choice.command = [](const Console& c) { return journal_truncate(o, c); }; });
}

void add_keys(CLI::App& app, Choice& choice) {
    CLI::App* keys = noun(app, "keys", "who may ask a service, and what", "plimsoll keys list --file keys.toml");
    static KeysOptions o;
    CLI::App* make = verb(*keys, "new", "add a key; what its holder signs with is printed once",
                          "plimsoll keys new ops --scopes read,operate --file keys.toml");
    CLI::App* list = verb(*keys, "list", "ids, scopes and states; no secrets", "plimsoll keys list --file keys.toml");
    CLI::App* revoke = verb(*keys, "revoke", "a key opens nothing any more", "plimsoll keys revoke ops --file keys.toml");
    CLI::App* sign = verb(*keys, "sign", "the headers of a request signed now, as curl -H @- takes them",
                          "plimsoll keys sign ops --secret-file ops.secret --target /v1/venue");
    for (CLI::App* each : {make, list, revoke})
        each->add_option("--file", o.file, "the keys of the service")->required()->type_name("FILE");
    for (CLI::App* each : {make, revoke, sign}) each->add_option("id", o.id, "of the key")->required()->type_name("ID");
    for (CLI::App* each : {make, revoke}) each->add_flag("--dry-run", o.dry_run, "only say what would be done");
    make->add_option("--scopes", o.scopes, "read, trade, operate, admin: what it may do")
        ->required()
        ->delimiter(',')
        ->check(CLI::IsMember({"read", "trade", "operate", "admin"}))
        ->type_name("SCOPE");
    make->add_option("--scheme", o.scheme, "hmac-sha256 or ed25519, of which the service knows the public half only")
        ->check(CLI::IsMember({"hmac-sha256", "ed25519"}))
        ->type_name("SCHEME")
        ->capture_default_str();
    make->add_option("--days", o.days, "until it expires")->check(CLI::Range(1, 36'500))->type_name("N");
    sign->add_option("--secret-file", o.secret_file, "what plimsoll keys new printed")->required()->type_name("FILE");
    sign->add_option("--method", o.method, "of the request")->type_name("METHOD")->capture_default_str();
    sign->add_option("--target", o.target, "path and query")->required()->type_name("TARGET");
    sign->add_option("--body", o.body, "the body, - for standard input")->type_name("FILE");
    make->callback([&choice] { choice.command = [](const Console& c) { return keys_new(o, c); }; });
    list->callback([&choice] { choice.command = [](const Console& c) { return keys_list(o, c); }; });
    revoke->callback([&choice] { choice.command = [](const Console& c) { return keys_revoke(o, c); }; });
    sign->callback([&choice] { choice.command = [](const Console& c) { return keys_sign(o, c); }; });
}

void add_calibrate(CLI::App& app, Choice& choice) {
    static CalibrateOptions o;
    CLI::App* propose = verb(app, "calibrate", "a margin schedule from prices and depth, with its evidence; it is only proposed",
                             "plimsoll calibrate BTCUSDT.csv.gz --market BTCUSDT --depth depth.csv.gz --appetite balanced --out proposal");
    CLI::App* test = verb(app, "backtest", "whether margins made from these prices would have held; ends with 1 when too often not",
                          "plimsoll backtest BTCUSDT.csv.gz --appetite balanced --days 365");
    for (CLI::App* each : {propose, test}) {
        each->add_option("bars", o.bars, "bars as CSV (ts, open, high, low, close, volume), plain, gzip or zstd")
            ->required()
            ->type_name("FILE");
        each->add_option("--column", o.column, "of a file with several markets: the value of its column `market`")->type_name("NAME");
        each->add_option("--depth", o.depth, "bands of a book over time as CSV (ts, pct, notional)")->type_name("FILE");
        each->add_option("--book", o.book, "a snapshot of a book as CSV (side, price, qty, and t if there is one)")->type_name("FILE");
        each->add_option("--book-time", o.book_time, "when the book was taken; needed with --as-of where it does not say itself")
            ->type_name("TIME");
        each->add_option("--appetite", o.appetite, "conservative, balanced or aggressive")
            ->check(CLI::IsMember({"conservative", "balanced", "aggressive"}))
            ->type_name("NAME")
            ->capture_default_str();
        each->add_option("--as-of", o.as_of,
                         "nothing later is looked at; 2025-10-10, \"2025-10-10 21:00\" (UTC) or seconds; the last bar when left out")
            ->type_name("TIME");
        each->add_option("--fund-loss", o.fund_loss,
                         "largest loss that the fund may take on one position, quote currency; the appetite's when left out")
            ->check(CLI::Range(0.0, 1e15))
            ->type_name("AMOUNT");
        each->add_flag("--trades", o.trades, "the file holds trades (ts, price, qty), of which bars are made");
        each->add_option("--l2", o.feed,
                         "snapshot of a book that is followed (t, side, price, qty), with --l2-events; only what stands is counted")
            ->type_name("FILE");
        each->add_option("--l2-events", o.feed_events, "its changes and trades, from the same feed")->type_name("FILE");
        each->add_option("--funding", o.funding, "funding payments (ts, rate)")->type_name("FILE");
        each->add_option("--liquidations", o.liquidations,
                         "liquidations (ts, side, price, qty), to set beside the appetite's share of turnover")
            ->type_name("FILE");
        each->add_option("--speed-bump", o.speed_bump,
                         "most that a margin grows in a day, such as 0.1; of the backtest, and with --live of the proposal")
            ->check(CLI::Range(0.0001, 100.0))
            ->type_name("SHARE");
        each->add_flag("--draw-down", o.draw_down,
                       "the buffer is used up when margins rise, and filled again; of the backtest, and with --live of the proposal");
        each->add_option(
                "--floor", o.floor,
                "no margin is below that of ten years' volatility, from a longer file of bars, or `bars` for what the bars themselves hold")
            ->type_name("FILE");
        each->add_option("--estimator", o.estimators,
                         "what takes part in the curve beside the usual ones: shortfall, garch; may be repeated")
            ->check(CLI::IsMember({"usual", "shortfall", "garch"}))
            ->type_name("NAME");
        each->add_option("--trades-beside", o.trades_beside,
                         "trades of the same market (ts, price, qty): prices and volume of the bars have to agree with them")
            ->type_name("FILE");
        each->add_option("--marks", o.marks, "mark prices of the same market (ts, close), which have to agree with the bars")
            ->type_name("FILE");
        each->add_option("--notional", o.notional, "of the position of the backtest; its shortfalls in currency are of it")
            ->check(CLI::Range(1.0, 1e14))
            ->type_name("AMOUNT")
            ->capture_default_str();
        each->add_option("--settle", o.settle, "the asset it settles in, unit of its amounts")->type_name("NAME")->capture_default_str();
        each->add_option("--threads", o.threads, "0: as many as there are cores")
            ->check(CLI::Range(0u, 1'024u))
            ->type_name("N")
            ->capture_default_str();
        each->add_option("--keep", o.kept, "add each day of the backtest to FILE and go on from there when asked again")->type_name("FILE");
        each->add_option("--days", o.days, "of the backtest")->check(CLI::Range(1, 36'500))->type_name("N")->capture_default_str();
    }
    propose->add_option("--market", o.market, "its name in the set")->type_name("NAME")->capture_default_str();
    propose->add_option("--venues", o.venues, "that trade it, for its class")->check(CLI::Range(1.0, 1'000.0))->type_name("N");
    propose->add_option("--oracle", o.oracle, "for its class: 0 none, 1 one source, 2 several, 3 several with depth behind each")
        ->check(CLI::Range(0.0, 3.0))
        ->type_name("N");
    propose->add_option("--tiers", o.tiers, "at most")->check(CLI::Range(1, 64))->type_name("N")->capture_default_str();
    propose->add_option("--compare", o.compare, "a parameter set to draw beside it; may be repeated")->type_name("FILE[=MARKET]");
    propose->add_option("--collateral", o.collateral, "name of the market's coin, which the set then takes as collateral; with --held")
        ->type_name("NAME");
    propose->add_option("--held", o.held, "value of it on the venue, at most")->check(CLI::Range(1.0, 1e14))->type_name("AMOUNT");
    propose->add_option("--concentration", o.concentration, "share of its supply in few hands; from a half on it counts for nothing")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("SHARE");
    propose->add_option("--others", o.others, "open interest that others hold, each side; for schedules to compare with that look at it")
        ->check(CLI::Range(0.0, 1e12))
        ->type_name("NOTIONAL");
    propose->add_option("--live", o.live, "the parameter set that is in force, by which --draw-down and --speed-bump pace the proposal")
        ->type_name("FILE[=MARKET]");
    propose->add_option("--live-days", o.live_days, "since it is in force")
        ->check(CLI::Range(0.01, 36'500.0))
        ->type_name("DAYS")
        ->capture_default_str();
    propose->add_option("--drawn", o.drawn, "share of its buffer that was used when it was made, as that calibration said")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("SHARE");
    propose->add_option("--fund-days", o.fund_days, "a fund is proposed for so many days like the worst on record; 0: none is")
        ->check(CLI::Range(0, 36'500))
        ->type_name("N")
        ->capture_default_str();
    propose->add_option("--fund-ruin", o.ruin, "share of draws in which it may not suffice")
        ->check(CLI::Range(0.0001, 0.5))
        ->type_name("SHARE")
        ->capture_default_str();
    propose->add_option("-o,--out", o.out, "folder for set.toml, calibration.json and report.html")->type_name("DIR");
    propose->add_flag("--dry-run", o.dry_run, "write nothing");
    propose->callback([&choice] { choice.command = [](const Console& c) { return calibrate_command(o, c); }; });
    test->add_option("--report", o.report, "a page of it")->type_name("FILE");
    test->callback([&choice] { choice.command = [](const Console& c) { return backtest_command(o, c); }; });
}

void add_haircut(CLI::App& app, Choice& choice) {
    static HaircutOptions o;
    CLI::App* haircut = verb(app, "haircut", "what a collateral is worth when it has to be sold, by how much of it the venue holds",
                             "plimsoll haircut SOLUSDT.csv.gz --held 50000000 --beside BTCUSDT.csv.gz");
    haircut->add_option("bars", o.from.bars, "bars of the collateral as CSV (ts, open, high, low, close, volume)")
        ->required()
        ->type_name("FILE");
    haircut->add_option("--held", o.held, "value of it on the venue, at most")
        ->required()
        ->check(CLI::Range(1.0, 1e14))
        ->type_name("AMOUNT");
    haircut->add_option("--beside", o.beside, "bars of what it is collateral for: the two may fall together")->type_name("FILE");
    haircut->add_option("--depth", o.from.depth, "bands of its book over time as CSV (ts, pct, notional)")->type_name("FILE");
    haircut->add_option("--book", o.from.book, "a snapshot of its book as CSV (side, price, qty, and t if there is one)")
        ->type_name("FILE");
    haircut->add_option("--book-time", o.from.book_time, "when the book was taken; needed with --as-of where it does not say itself")
        ->type_name("TIME");
    haircut->add_option("--concentration", o.concentration, "share of its supply in few hands; from a half on it counts for nothing")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("SHARE");
    haircut->add_option("--appetite", o.from.appetite, "conservative, balanced or aggressive")
        ->check(CLI::IsMember({"conservative", "balanced", "aggressive"}))
        ->type_name("NAME")
        ->capture_default_str();
    haircut->add_option("--as-of", o.from.as_of, "nothing later is looked at")->type_name("TIME");
    haircut->add_option("--tiers", o.tiers, "at most")->check(CLI::Range(1, 64))->type_name("N")->capture_default_str();
    haircut->callback([&choice] { choice.command = [](const Console& c) { return haircut_command(o, c); }; });
}

void add_sizing(CLI::App& app, Choice& choice) {
    static SizeOptions o;
    CLI::App* size = verb(app, "size", "how large a position, by volatility, by a stop or by Kelly, within what the schedule lets pass",
                          "plimsoll size -p params/venues/binance.toml --market BTCUSDT --equity 10000 --price 60000 --daily-volatility "
                          "0.025 --target 0.2 --risk "
                          "0.01 --stop 0.05");
    size->add_option("-p,--params", o.params, "parameter set (TOML)")->required()->type_name("FILE");
    size->add_option("--market", o.market, "where")->required()->type_name("NAME");
    size->add_option("--side", o.side, "buy or sell")->check(CLI::IsMember({"buy", "sell"}))->capture_default_str();
    size->add_option("--equity", o.equity, "of the account, in the numeraire")->required()->type_name("AMOUNT");
    size->add_option("--price", o.price, "at which it would be opened")->required()->type_name("PRICE");
    const auto share = [&](const char* name, double& place, const char* what) {
        size->add_option(name, place, what)->check(CLI::Range(0.0, 100.0))->type_name("SHARE");
    };
    share("--daily-volatility", o.daily_volatility, "of the price, such as 0.025");
    share("--target", o.target, "volatility of the account in a year, such as 0.2");
    share("--risk", o.risk, "of the equity that the stop may cost, such as 0.01");
    share("--stop", o.stop, "distance of the stop, such as 0.05");
    share("--edge", o.edge, "expected return of the position in a year, such as 0.1");
    size->add_option("--kelly-share", o.kelly_share, "of the full Kelly stake")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("SHARE")
        ->capture_default_str();
    size->callback([&choice] { choice.command = [](const Console& c) { return size_command(o, c); }; });
}

void add_stress(CLI::App& app, Choice& choice) {
    static StressOptions run_options;
    static ExtractOptions extract_options;
    const std::string run_example = "plimsoll stress run -p params/venues/binance.toml --market ETHUSDT --depth-per-percent 2000000 "
                                    "--paths 100 --fund 500000 --report stress.html";
    const std::string extract_example =
        "plimsoll stress extract -p params/venues/binance.toml --market YFIUSDT --depth-per-percent 50000 --push 1.5 --profit-weight 1";
    CLI::App* stress = noun(app, "stress", "what a market can lose to a crash, and to those who move its price", run_example);
    CLI::App* run = verb(*stress, "run",
                         "a crowd in one market of the real engine through a real day or many drawn ones, against flat rates", run_example);
    CLI::App* extract = verb(*stress, "extract", "the most that an attacker can take out, and the open interest up to which it is nothing",
                             extract_example);
    add_run_flags(*run, run_options);
    add_extract_flags(*extract, extract_options);
    run->callback([&choice] { choice.command = [](const Console& c) { return stress_run_command(run_options, c); }; });
    extract->callback([&choice] { choice.command = [](const Console& c) { return extract_command(extract_options, c); }; });
}

void add_completions(CLI::App& app, Choice& choice) {
    static std::string shell;
    CLI::App* completions =
        verb(app, "completions", "a script that completes commands and options in a shell", "source <(plimsoll completions bash)");
    completions->add_option("shell", shell, "bash, zsh or fish; markdown for the page of this help")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish", "markdown"}))
        ->type_name("SHELL");
    completions->callback([&app, &choice] {
        choice.command = [&app](const Console& c) {
            c.print(shell == "markdown" ? help_page(app) : completion_script(app, shell));
            return Exit::ok;
        };
    });
}

void add_all(CLI::App& app, Choice& choice) {
    app.name("plimsoll");
    app.footer("Example:\n  plimsoll schedule explain params/venues/binance.toml --name BTCUSDT --notional 75000\n\nEvery command has its "
               "own --help with an example.");
    app.set_version_flag("--version", PLIM_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_flag("--json", choice.json, "one JSON object per line instead of a table");
    app.add_flag("-q,--quiet", choice.quiet, "no talk on standard error, errors only");
    app.add_option("--color", choice.color, "auto, always or never; NO_COLOR is respected")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->type_name("WHEN");
    add_schedule(app, choice);
    add_questions(app, choice);
    add_tiers(app, choice);
    add_calibrate(app, choice);
    add_haircut(app, choice);
    add_sizing(app, choice);
    add_stress(app, choice);
    add_conformance(app, choice);
    add_incident(app, choice);
    add_journal(app, choice);
    add_keys(app, choice);
    add_completions(app, choice);
}

Exit parse_and_run(int argc, char** argv) {
    CLI::App app{"plimsoll draws the load line for leverage: how much collateral a position needs, and why.\n"
                 "Data goes to standard output, talk to standard error. Exit codes: 0 ok, 1 the check says no, 2 usage,\n"
                 "3 bad input, 4 input or output, 70 internal, 130 interrupted."};
    Choice choice;
    add_all(app, choice);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {  // --help and --version
            app.exit(error);
            return Exit::ok;
        }
        std::fprintf(stderr, "%s\n", usage_fault(app, error).c_str());
        return Exit::usage;
    }
    const Color color = choice.color == "always" ? Color::always : choice.color == "never" ? Color::never : Color::automatic;
    return choice.command(make_console(choice.json, choice.quiet, color));
}

}  // namespace

int run_app(int argc, char** argv) {
    try {
        return static_cast<int>(finish_output(parse_and_run(argc, argv)));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "plimsoll: internal error: %s\n", error.what());
        return static_cast<int>(Exit::internal);
    }
}

}  // namespace plimsoll::cli
