// The questions that translators put to the product. Nothing here computes margin: data is brought to the product's types,
// the product is asked, and its answer is brought back to a decimal.
#pragma once

#include "plimsoll/conformance/translation.hpp"
#include "plimsoll/risk/admission.hpp"
#include "plimsoll/risk/price_solve.hpp"
#include "plimsoll/schedule/explain.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace plimsoll::conformance {

// Parts of schedules.
Term flat(Fraction rate);
/// Whole application of a rate that rises with size: base + slope * size.
Term linear_in_size(Fraction base, Decimal slope);
Term root_in_size(Decimal factor);
Term brackets(std::vector<Row> rows, Application application, EdgeRule edge = EdgeRule::lower_row);
LevelRule sum_of(std::vector<Term> terms);
LevelRule max_of(std::vector<Term> terms);
LevelRule part_of_initial(Fraction part, bool modulated = true);
/// A schedule whose levels are given; caps of 1000 %, so that nothing but the venue's own rules binds.
Schedule schedule_of(LevelRule initial, LevelRule maintenance);
Schedule schedule_of(LevelRule both);
/// A rate of 0: the least margin is decided by what else is said.
Term nothing_asked();

/// One question to one schedule, without an account.
struct Question {
    Exact notional;
    Exact size;
    bool is_short = false;
    Exact open_interest_long;
    Exact open_interest_short;
    Exact depth;
    Exact market_cap;
    Rate volatility;
    AccountTerms terms;
};

/// A schedule at scales on which all figures of the question are exact.
class Asked {
public:
    Asked(Translation& translation, const Schedule& schedule, const Question& question);

    /// The requirement as the product rounds it: up, at `digits` of the settle asset.
    Exact rounded(Level level, int digits);
    /// Before the one rounding.
    Exact exact(Level level);
    std::optional<MarginAnswer> explained(Level level);
    CapBreach caps();

private:
    bool at_scales(int notional_digits, int amount_digits);
    bool compiled(int amount_digits);

    Translation& t_;
    Schedule schedule_;
    Question question_;
    Exposure exposure_;
    MarketFigures figures_;
    int needed_digits_ = 0;  // of the notional: what its figures are written with
    int size_digits_ = 0;
    std::optional<CompiledSchedule> compiled_;
};

/// A market of a venue as a translator describes it; digits are chosen as wide as the domain allows.
struct MarketSetup {
    Schedule schedule;
    AssetId settle{0};  // the numeraire, or an asset added before
    ContractKind kind = ContractKind::linear;
    Exact multiplier = Exact::of(1, 0);
    Exact mark;
    Exact price_max;       // 0: ten times the mark
    Exact size_max;        // the largest that can occur
    int size_digits = -1;  // -1: as many as size_max has
    int price_digits = digits_max;
    OpenOrderPolicy open_orders = OpenOrderPolicy::worst_side;
    HedgeRule hedge = HedgeRule::sum_of_legs;
    Exact open_interest_long;
    Exact open_interest_short;
};

struct AssetSetup {
    int digits = 0;
    Exact price;
    Exact smoothed;  // 0: as the price
    int price_digits = -1;
    WeightCurve initial{hundred_percent, {}, {}, {}, {}};
    WeightCurve maintenance{hundred_percent, {}, {}, {}, {}};
    Rate liability_initial = hundred_percent;
    Rate liability_maintenance = hundred_percent;
    Exact venue_total;
    Exact amount_max;  // the largest balance that can occur
};

/// A small venue with one numeraire, and one account in it.
class Desk {
public:
    /// settle_digits: of the numeraire; lowered as far as the largest notional needs.
    explicit Desk(Translation& translation, int settle_digits = digits_max) : t_(translation), settle_digits_(settle_digits) {}

    MarketId add_market(MarketSetup setup);
    AssetId add_asset(AssetSetup setup);
    ProfitWeights& profit() { return set_.profit; }
    AssetSetup& numeraire() { return numeraire_; }
    PositionTerms& everywhere() { return account_.everywhere; }

    /// Closes the set-up; nothing may be added afterwards. Nothing when the translation has stopped.
    const RiskContext* open();

    /// What comes to an asset twice is one balance.
    void balance(AssetId asset, const Exact& amount);
    void balance(const Exact& amount) { balance(AssetId{0}, amount); }
    /// size signed; entry is the price paid or received.
    Position& position(MarketId market, const Exact& size, const Exact& entry, const Exact& leverage = {});
    void orders(Position& position, bool buys, const Exact& size, const Exact& price);

    const Instrument& instrument(MarketId id) const { return set_.markets[id.index].instrument; }
    int settle_digits() const { return settle_digits_; }
    Price price(MarketId id, const Exact& value);
    Size size(MarketId id, const Exact& value) { return Size::from_raw(t_.raw64(value, instrument(id).size_digits)); }
    /// An amount of the numeraire; what is finer than its last place is cut off.
    Amount amount(const Exact& value);
    Exact exact(Price price, MarketId id) const { return Exact::of(price.raw(), instrument(id).price_digits); }
    Exact exact(Wide amount) const { return Exact::of(amount, settle_digits_); }
    /// size * price as the product has it.
    Exact worth(MarketId id, const Exact& size, const Exact& price);

    Account& account() { return account_; }
    const RiskContext& context() const { return *context_; }

private:
    void fit(MarketSetup& setup, Instrument& instrument);
    void assemble(int settle_digits);
    std::string set_state();

    Translation& t_;
    int settle_digits_;
    AssetSetup numeraire_;
    ParameterSet set_;
    std::vector<MarketSetup> markets_;
    std::vector<AssetSetup> assets_;
    Account account_;
    std::optional<RiskContext> context_;
};

/// Which way a price answer is read: the first price that is liquidated lies one step beyond the last safe one.
Exact liquidation(Translation& translation, Desk& desk, MarketId market, std::size_t position);
Exact bankruptcy(Translation& translation, Desk& desk, MarketId market, std::size_t position);

}  // namespace plimsoll::conformance
