// A market of the real engine under stress: a crowd that holds what the schedule lets it hold, a price that goes its way, liquidations that must find
// somebody to sell to. The engine is driven by commands alone and decides everything about money.
#pragma once

#include "plimsoll/stress/crowd.hpp"
#include "plimsoll/stress/ledger.hpp"
#include "plimsoll/stress/path.hpp"
#include "plimsoll/stress/sources.hpp"
#include "plimsoll/stress/units.hpp"

#include "plimsoll/engine/image.hpp"

#include <optional>
#include <span>

namespace plimsoll::stress {

/// A span of a path. Units  ms from its start.
struct Span {
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    bool holds(std::int64_t ms) const { return ms >= from_ms && ms < to_ms; }
};

/// How the price that the venue is told comes about.
struct Feed {
    double own_weight = 0;  // of the venue's own book in the mark, the rest is the reference: what liquidations press then liquidates more
    std::optional<Span> frozen;  // nothing is told
    std::optional<Span> lies;  // `lie` times the price is told
    double lie = 1;
    bool index_lies = false;  // the sources of the index lie too
};

/// Collateral that owners hold beside money: the second asset of the set, as market_alone() keeps it. It counts by its weights in the set
/// and is told as the path has it.
struct Pledge {
    double share = 0;  // of every owner's capital, at the start
    double price = 1;  // of one unit of it at the start, quote currency
};

/// A further market of the set, which owners hold on the same margin.
struct Beside {
    double price = 0;  // at the start, quote currency
    double weight = 1;  // of what owners want there, against 1 in the first
    std::vector<Source> sources;  // the first is the venue's own book
    double daily_volume = 0;  // measured, quote currency
};

struct Scene {
    ParameterSet set;  // as market_alone() or markets_alone() gives it
    std::vector<Beside> beside;  // of the set's markets from the second on
    double same_side = 0.8;  // chance that an account holds a further market on the side of its first
    CrowdShape crowd;
    bool owners_grouped = false;  // whether the venue knows which accounts are one owner's
    std::uint64_t seed = 1;
    std::vector<Source> sources;  // the first is the venue's own book
    double fund = 0;  // insurance fund, quote currency
    double makers =
        0;  // what those who take the other side have beyond the margin of what they hold at the start, all together, quote currency; 0: means without end
    Feed feed;
    std::optional<Pledge> pledge;
    std::int64_t confirm_ms = 0;  // between a liquidation's order and the earliest fill
    std::uint32_t fills_most = 0;  // in one interval of the venue; 0: any number
    double reach = 1;  // liquidations do not sell further from the reference than this, |ln|
    double daily_volume = 0;  // measured, quote currency; for schedules that look at it
    std::int64_t after_ms = 600'000;  // so long after the end of the path liquidations may still go on
};

/// The set with one market alone, as a stress needs it: its settle asset as the first asset, the one that is pledged as the second where
/// there is one, and without overrides.
///
/// Errors  a market that is not linear or not settled in the numeraire; a pledge that is the settle asset or no collateral.
Result<ParameterSet> market_alone(const ParameterSet& set, MarketId market, std::optional<AssetId> pledged = {});
/// The same for several markets, on one margin; the first is the one that paths speak of. Errors  also markets that are not all different.
Result<ParameterSet> markets_alone(const ParameterSet& set, std::span<const MarketId> markets, std::optional<AssetId> pledged = {});
/// The same markets under one rate for every size. Its caps fall away. Rounding  to nine digits; held between the last of them and 1000 %,
/// and maintenance to at most initial.
ParameterSet with_flat_rate(ParameterSet alone, double initial, double maintenance);

/// The set with caps of one market's positions and open interest, each as it is where it is lower already. Other markets of the same schedule keep theirs.
///
/// Units  quote currency; rounded down to a whole one. Errors  asserted: above 1.
ParameterSet with_caps(ParameterSet set, MarketId market, double position, double open_interest);

/// What the crowd holds before anything happens. Units  quote currency.
struct Opened {
    double wanted = 0;  // notional by the leverages that owners want
    double notional = 0;  // what the schedule let them have
    double margin = 0;  // initial requirement of it, as the engine states it
    double maintenance = 0;
    double capital = 0;
    Concentration concentration;  // of owners' notionals
    std::uint32_t cut = 0;  // owners that got less than they wanted
};

/// What came of one path. Units  quote currency.
struct Outcome {
    double fall = 0;  // of the reference, from a peak
    double shortfall = 0;  // what accounts could not pay
    double fund_paid = 0;  // of that: by the fund,
    double shared = 0;  // by others,
    double booked = 0;  // by nobody
    double largest = 0;  // of one owner,
    double two_largest = 0;  // and of the two who owed most
    double liquidated = 0;  // notional that liquidations sold
    double deleveraged = 0;  // notional of winners closed against their will
    double pledge_bought = 0;  // by the fund, out of accounts that could not pay otherwise: money that then lies in collateral
    double unfilled = 0;  // worst moment: notional of liquidations waiting for somebody to sell to
    double uncarried = 0;  // worst moment: notional for which books had a price, and no maker the means
    double worst_offset = 0;  // furthest that the own book was pressed from the reference, |ln|
    double slowest_s = 0;  // longest liquidation
    std::uint32_t liquidations = 0;  // of the crowd's accounts; one may come more than once
    std::uint32_t accounts_liquidated = 0;
    std::uint32_t stopped = 0;  // owners' accounts that left by their own stop
    std::uint32_t hurt = 0;  // accounts of the crowd that bore what others could not pay, or were closed for it
    std::uint32_t unfinished = 0;  // liquidations that went on at the end
    std::uint64_t commands = 0;
    Hash128 chain;  // of the engine's events: two runs are the same when it is
};

/// One moment of a run, for who wants to see it.
struct Moment {
    std::int64_t ms = 0;
    double reference = 0;
    double mark = 0;
    double own = 0;  // the own book's price
    double left = 1;
    double waiting = 0;  // notional of liquidations that wait
    double shortfall = 0;  // so far
    double fund_paid = 0;  // so far
    double deleveraged = 0;  // so far
    double liquidated = 0;  // so far
    double hurt = 0;  // accounts, so far
    double margin = 0;  // initial requirement of what the crowd holds
    double pledged = 1;  // price of the collateral, as a multiple
};

/// A venue with its crowd in place. run() may be called from several threads.
class Crash {
public:
    /// Opens the accounts and positions at a price. Errors  a set that the engine refuses, a price or size outside the market's domain, a crowd without
    /// anybody who could open a position.
    static Result<Crash> make(Scene scene, double price);

    const Opened& opened() const { return opened_; }
    const Scene& scene() const { return scene_; }
    std::size_t accounts() const { return holders_.size(); }
    /// Lets the price go its way. Its first price is that of make() (asserted to a millionth); times do not go back.
    Outcome run(const Path& path, std::vector<Moment>* moments = nullptr) const;

    /// An account of the crowd.
    struct Holder {
        AccountId account;
        std::uint32_t owner = 0;
        Size size;  // signed
        double stop_at = 0;  // price; 0: none
        std::vector<Size> beside{};  // in further markets, signed
        double loss_at = 0;  // with further markets it stops by what it has lost; 0: never
    };

    const Units& units(MarketId market = MarketId{0}) const { return units_[market.index]; }
    std::uint32_t markets() const { return static_cast<std::uint32_t>(units_.size()); }
    /// Price of a market at a point. Units  quote currency.
    double price_at(const PathPoint& point, MarketId market) const {
        return market.index == 0 ? point.price : scene_.beside[market.index - 1].price * point.beside[market.index - 1];
    }
    /// All sources of each market, untouched.
    std::vector<Sources> sources() const;
    double daily_volume(MarketId market) const {
        return market.index == 0 ? scene_.daily_volume : scene_.beside[market.index - 1].daily_volume;
    }

private:
    friend class CrashRun;
    explicit Crash(Scene scene);
    Result<void> open(double price);
    Result<void> open_accounts(class Desk& desk, const std::vector<Agent>& crowd);
    void open_positions(class Desk& desk, const std::vector<Agent>& crowd);
    Size open_position(class Desk& desk, AccountId account, MarketId market, bool is_short, double notional, double share,
                       std::uint32_t& maker);
    double notional_of(const Holder& holder) const;
    PathPoint start() const;
    void limit_makers(class Desk& desk) const;
    /// Initial requirement of what the crowd holds, as the engine states it. Units  quote currency.
    double margin_of_crowd(const class Desk& desk) const;
    void look_at_holdings(const class Desk& desk, const std::vector<Agent>& crowd);

    Scene scene_;
    std::vector<Units> units_;  // by market
    double price_ = 0;
    Opened opened_;
    std::vector<Holder> holders_;  // by account index: the crowd has the first accounts
    std::vector<AccountId> makers_;  // who take the other side
    std::vector<std::vector<double>> made_;  // what they hold, base units, by market
    Limits limits_;
    std::uint64_t now_ms_ = 0;
    std::vector<std::uint8_t> image_;  // of the engine with everything in place
    Sets sets_;
};

}  // namespace plimsoll::stress
