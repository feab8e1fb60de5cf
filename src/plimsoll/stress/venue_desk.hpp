// A small venue around the real engine: what drives an incident's replay sends commands here and reads the engine's own figures.
// Nothing in it decides about money.
#pragma once

#include "plimsoll/stress/incident.hpp"
#include "plimsoll/stress/ledger.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace plimsoll::stress {

inline constexpr AssetId quote_asset{0};    // numeraire, figure_digits
inline constexpr AssetId pledged_asset{1};  // only where an incident has one
inline constexpr MarketId only_market{0};
inline constexpr MarketId side_market{1};  // only where an incident lent money: see Desk::borrow
inline constexpr int replay_price_digits = 7;
inline constexpr int replay_size_digits = figure_digits;

/// A price of an incident at the replay's digits; what they cannot hold is rounded down.
Price replay_price(const Decimal& price);
/// The largest size worth at most `notional` (figures) at a price.
Size size_for(Wide notional, Price price);
/// What a size is worth at a price, as a figure, rounded up.
Wide worth_of(Size size, Price price);

/// One asset and one linear market under `schedule`, in which nothing is guarded, charged or limited beyond it: where replays
/// start from. `size_most` bounds a side of the market.
ParameterSet bare_venue(const std::string& name, const Schedule& schedule, Price price_most, Size size_most);
/// Adds the side market: a quiet one at a price of 1, 20 % margin.
void add_side_market(ParameterSet& set);

class Desk {
public:
    explicit Desk(std::uint32_t accounts, std::uint32_t groups = 1);
    /// Goes on with an engine at a time; commands are not kept.
    Desk(std::unique_ptr<Engine> engine, std::uint64_t now_ms);
    /// Room for so many accounts and groups of one or two markets.
    static Limits limits_of(std::uint32_t accounts, std::uint32_t groups);

    /// Sends one command at the present time.
    Reply send(CommandBody body);
    /// Sends one that has to be accepted: a refusal is a fault of the replay, not an answer.
    Reply must(CommandBody body);
    void wait(std::uint64_t ms) { now_ms_ += ms; }
    /// Shows the events of every command to `see`, also of those that a call here is made of.
    void watch(std::function<void(std::span<const Event>)> see) { see_ = std::move(see); }
    void tick(std::uint64_t ms);

    /// Defines a set and puts it in force. The same set again changes nothing.
    void adopt(const ParameterSet& set);
    AccountId open_account(Wide deposit, GroupId group = no_group);
    void mark(Price price, MarketId market = only_market);

    /// The opening of a position as large as `size` or as the engine says would pass, against `taker`, who has the means.
    struct Opened {
        Size size;
        Wide asked = 0;               // initial requirement of the size that was asked for, as the engine stated it
        Wide worth = 0;               // of what was opened, at the mark
        RejectCode refused = RejectCode::none;  // why not all of it
    };
    Opened open_position(AccountId account, AccountId taker, Side side, Size size, Price price);
    /// One buys from the other at a price. The code says why not.
    RejectCode trade(AccountId buyer, AccountId seller, MarketId market, Size size, Price price);
    /// Sells (or buys) all of an account's position to `taker` at a price. The code says why not.
    RejectCode close_position(AccountId account, AccountId taker, Price price, MarketId market = only_market);
    /// A loan, as an account of this engine takes one: it buys in the side market far above the mark from a partner, who buys back at
    /// the mark from `honest`. What the account lost it owes; the partner has it. As much as `wished` or as the engine says would pass.
    Wide borrow(AccountId account, AccountId partner, AccountId honest, Wide wished);
    /// Takes out `wished` or as much as the engine says would pass; what came out.
    Wide withdraw(AccountId account, AssetId asset, Wide wished);

    /// The first order that the last command let a liquidation place.
    std::optional<event::OrderPlaced> liquidation_order() const;
    /// `taker` fills so much of a liquidation's order at a price. The code says why not.
    RejectCode take(const event::OrderPlaced& order, AccountId taker, Size size, Price price);

    Size position(AccountId account, MarketId market = only_market) const;
    /// An account's equity without weights, at marks; numeraire.
    Wide equity(AccountId account) const;
    /// What is really there of an asset: all that came in less what went out.
    Wide vault(AssetId asset) const;

    /// What an account bore of the losses of others; quote asset.
    Wide shared_by(AccountId account) const { return account.index < shared_.size() ? shared_[account.index] : 0; }

    const Engine& engine() const { return *engine_; }
    const State& state() const { return engine_->state(); }
    const Ledger& ledger() const { return ledger_; }
    std::uint64_t now_ms() const { return now_ms_; }
    /// All that were sent, refused ones too; empty when they are not kept.
    const std::vector<Command>& commands() const { return commands_; }

private:
    std::unique_ptr<Engine> engine_;
    Ledger ledger_;
    bool keeps_ = true;
    std::vector<Command> commands_;
    std::vector<Wide> shared_;  // by account
    std::function<void(std::span<const Event>)> see_;
    std::uint64_t now_ms_ = 1'000'000;
};

}  // namespace plimsoll::stress
