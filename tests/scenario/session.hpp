// A venue that a scenario talks to: the engine, what it is called from outside, and a clock that only the scenario moves.
#pragma once

#include "plimsoll/codec/names.hpp"
#include "plimsoll/codec/scale.hpp"
#include "plimsoll/engine/engine.hpp"
#include "scenario/line.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace plimsoll::scenario {

class Session {
public:
    Session();

    /// Carries one line out. Mistake: the line makes no sense, a law of the engine is broken, or a line that sets something up was
    /// refused.
    void run(std::string_view text);
    /// What was printed since the last call.
    std::vector<std::string> take_output() { return std::exchange(output_, {}); }
    /// Runs every command again in a new engine, and holds the two to the same events and the same state.
    void check_replay() const;
    std::size_t commands() const { return log_.size(); }
    /// Every word a line may begin with.
    static std::vector<std::string_view> verb_names();

private:
    using Verb = void (Session::*)(Line&);
    static const std::map<std::string_view, Verb>& verbs();

    // setting up
    void set_file(Line& line);
    void asset(Line& line);
    void market(Line& line);
    void venue(Line& line);
    void limits(Line& line);
    void account(Line& line);
    void define(Line& line);
    void activate(Line& line);
    // accounts and money
    void deposit(Line& line);
    void confirm(Line& line);
    void drop(Line& line);
    void withdraw(Line& line);
    void transfer(Line& line);
    void margin(Line& line);
    void mode(Line& line);
    void leverage(Line& line);
    void override_terms(Line& line);
    void group(Line& line);
    // orders and trades
    void order(Line& line);
    void amend(Line& line);
    void cancel(Line& line);
    void fill(Line& line);
    void trade(Line& line);
    void take(Line& line);
    void close_all(Line& line);
    // prices
    void mark(Line& line);
    void index(Line& line);
    void risk(Line& line);
    void funding(Line& line);
    void halt(Line& line);
    void resume(Line& line);
    void tick(Line& line);
    // the venue
    void fund(Line& line);
    void fees(Line& line);
    void backstop(Line& line);
    void deleverage(Line& line);
    void delist(Line& line);
    void settle(Line& line);
    // looking
    void show(Line& line);
    void check(Line& line);
    void wait(Line& line);

    // what the verbs share
    void start();
    Digest define_draft();
    void must(CommandBody body, std::string_view what);
    Reply execute(CommandBody body);
    void print_events();
    void say(std::string line) { output_.push_back(std::move(line)); }

    AccountId account_of(const std::string& name) const;
    MarketId market_of(const std::string& name) const;
    AssetId asset_of(const std::string& name) const;
    OrderId order_of(const std::string& name) const;
    AssetId asset_or_numeraire(Line& line) const;
    Amount amount_of(AssetId asset, const std::string& text) const;
    const MarketParams& params_of(MarketId market) const;
    Price price_of(MarketId market, const std::string& text) const;
    Size size_of(MarketId market, const std::string& text) const;
    Leg leg_of(Line& line) const;
    MarketId market_of_order(OrderId order) const;
    const ParameterSet& params() const { return engine_->state().active->params(); }

    ParameterSet draft_;
    bool draft_is_new_ = true;
    Limits limits_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<codec::Names> names_;
    std::map<std::string, Digest> defined_;
    std::uint64_t now_ms_;
    bool quiet_ = false;
    std::vector<Command> log_;
    std::vector<std::string> output_;
};

}  // namespace plimsoll::scenario
