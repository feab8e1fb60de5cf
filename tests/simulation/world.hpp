// A venue and those who trade there, from one seed. They see what the engine says and nothing else.
#pragma once

#include "plimsoll/base/random.hpp"
#include "reference_engine/gen_venue.hpp"
#include "simulation/prices.hpp"
#include "simulation/recorder.hpp"

namespace plimsoll::simulation {

/// How a run ended.
struct Result {
    std::uint64_t seed = 0;
    Weather weather = Weather::calm;
    std::size_t commands = 0;
    Hash128 chain;
    Hash128 state;
    Counts counts;
    std::string broken;  // empty: every law held
    std::vector<Command> last;  // the last commands before it broke
};

Result run(std::uint64_t seed);

/// "7 crash_of_all 812 commands, 14 liquidations, 3 resolved, chain 0f…"
std::string to_string(const Result& result);

class World {
public:
    explicit World(std::uint64_t seed);
    void run();
    const Recorder& recorder() const { return desk_; }
    Weather weather() const { return weather_; }

private:
    bool one_in(int n) { return random_.between(1, n) == 1; }
    std::size_t index(std::size_t count) { return static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(count) - 1)); }
    const State& state() const { return desk_.state(); }
    const ParameterSet& params() const { return state().active->params(); }
    const Instrument& instrument(MarketId market) const { return params().market(market).instrument; }
    AccountId account() { return {static_cast<std::uint32_t>(index(state().accounts.size()))}; }
    MarketId market() { return {static_cast<std::uint32_t>(index(state().markets.size()))}; }

    // ---- figures ----
    Price price(MarketId market, std::int64_t thousandths_off = 0) const;  // on the tick, above 0
    Size size(MarketId market);
    Amount money(AssetId asset, std::int64_t units) const;
    Size held(AccountId account, MarketId market) const;

    // ---- who acts ----
    void found();     // a set, accounts, money, first marks
    void quote();     // a maker on both sides
    void take();      // somebody crosses the book
    void hoard();     // one who builds a position through several accounts
    void treasury();  // deposits that come late, withdrawals up to the limit, transfers, isolated margin
    void liquidators();
    void operate();
    void match(MarketId market);
    void feed(int at);
    void come_to_rest();

    // ---- laws that need an actor ----
    /// What a refusal says would pass does.
    void try_cure(const command::PlaceOrder& order, const Reject& why);
    void take_out(AccountId account, AssetId asset, Amount amount);
    void close_out(AccountId account);

    Random random_;
    reference::VenueGenerator venues_;
    Recorder desk_;
    Weather weather_;
    bool liquidators_sleep_;
    ParameterSet set_;
    std::unique_ptr<Prices> prices_;
    std::vector<AccountId> hoarders_;
    MarketId hoarded_;
    Side hoards_ = Side::buy;
};

}  // namespace plimsoll::simulation
