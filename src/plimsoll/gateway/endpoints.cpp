// Everything that is served: the one list behind the routes, the OpenAPI document and the page for readers.
#include "plimsoll/gateway/call.hpp"

#include <array>

namespace plimsoll::gateway {

namespace {

using auth::Scope;

constexpr std::string_view order = R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"buy","size":"0.5","limit":"60000"})";
constexpr std::string_view of_asset = R"({"account":"0","asset":"USDT"})";

const std::vector<Endpoint>& table() {
    static const std::vector<Endpoint> all = {
        {"GET", "/livez", "livez", "The process runs.", {}, ask_alive, {}, "", "status"},
        {"GET", "/startupz", "startupz", "The journal is read and decided: it is not served before.", {}, ask_alive, {}, "", "status"},
        {"GET", "/readyz", "readyz", "A parameter set is in force and the venue's thread answers; 503 otherwise.", {}, ask_ready, {}, "",
         "status, seq"},
        {"GET", "/metrics", "metrics", "Figures for Prometheus. No account is named.", {}, ask_metrics, {}, "", "Prometheus text", "text/plain"},
        {"GET", "/openapi.json", "openapi", "This list for programs, OpenAPI 3.1.", {}, ask_openapi, {}, "", "an OpenAPI document"},
        {"GET", "/v1/venue", "venue", "What is in force, and where the money is.", Scope::read, ask_venue, {}, "", "seq, time_ms, accounts, set, assets"},
        {"GET", "/v1/set", "set", "The parameter set in force, as the file that gives it again.", Scope::read, ask_set, {}, "", "a parameter file",
         "application/toml"},
        {"GET", "/v1/markets", "markets", "Prices, guard, open interest and depth of every market.", Scope::read, ask_markets, {}, "", "seq, markets"},
        {"GET", "/v1/markets/{market}", "market", "One market, with its contract and the schedule that asks for its margin.", Scope::read, ask_market,
         {}, "", "seq, and the fields of a market"},
        {"GET", "/v1/accounts/{account}", "account", "Balances, positions, orders, and what is required at each level.", Scope::read, ask_account, {},
         "", "seq, account, balances, positions, orders, levels"},
        {"GET", "/v1/accounts/{account}/margin", "margin", "Why each position requires what it does.", Scope::read, ask_margin, {}, "",
         "seq, account, positions, levels"},
        {"GET", "/v1/events", "events", "What was decided from a sequence number on, 65,536 commands back at most.", Scope::read, ask_events,
         {{"from_seq", "the first command wanted"}, {"limit", "commands in one answer, 1 to 1000; 100 when left out"}}, "",
         "seq, next_seq, commands: each with seq, time_ms, chain, events"},
        {"POST", "/v1/orders:check", "check", "Whether an order would be taken, and why not. It has no effect.", Scope::read, check_order, {}, order,
         "as of a command"},
        {"POST", "/v1/simulate", "simulate", "Commands on a copy of the venue: their replies, their events, and accounts as they stand afterwards.",
         Scope::read, simulate, {}, R"({"commands":[{"command":"tick"}],"accounts":["0"]})", "seq, results, accounts"},
        {"POST", "/v1/solve/max-size", "solveMaxSize", "The largest size of an order that would be taken.", Scope::read, solve_max_size, {}, order,
         "seq, max_size"},
        {"POST", "/v1/solve/max-withdrawal", "solveMaxWithdrawal", "The largest amount of an asset that may leave.", Scope::read,
         solve_max_withdrawal, {}, of_asset, "seq, max_withdrawal"},
        {"POST", "/v1/solve/deposit-needed", "solveDepositNeeded",
         "The least deposit of an asset after which the initial requirement is met; null: none would do.", Scope::read, solve_deposit, {}, of_asset,
         "seq, deposit_needed"},
        {"POST", "/v1/commands", "commands", "Decides a command, or the \"commands\" of a batch in their order. It is on the disk before it is answered.",
         Scope::trade, decide_commands, {}, order, "seq, accepted, repeated, made, chain; of a batch: seq, all_accepted, results"},
        {"POST", "/v1/import/leverage-tiers", "importTiers", "Leverage tiers of a venue or tool as schedules, or in another format.", Scope::read,
         import_tiers, {{"format", "of what is sent: ccxt, binance, bybit, okx, dydx, hyperliquid, gate, freqtrade"}, {"to", "another of them; schedules when left out"}},
         R"({"BTC/USDT:USDT":[{"tier":1,"currency":"USDT","minNotional":0,"maxNotional":50000,"maintenanceMarginRate":0.004,"maxLeverage":125}]})",
         "a parameter file with the schedules, or a file of the other format", "application/toml"},
        {"GET", "/v1/export/leverage-tiers", "exportTiers", "The schedules in force as leverage tiers, as far as tiers can say them.", Scope::read, export_tiers,
         {{"format", "ccxt, binance, bybit, okx, dydx, hyperliquid, gate or freqtrade"}, {"market", "only this one"}}, "", "a file of the format"},
    };
    return all;
}

}  // namespace

std::span<const Endpoint> endpoints() { return table(); }

}  // namespace plimsoll::gateway
