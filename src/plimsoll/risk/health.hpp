// An account's health: what its collateral is worth less what its positions require, in the numeraire.
#pragma once

#include "plimsoll/risk/requirement.hpp"

namespace plimsoll {

/// Units  numeraire, last place. Requirements and liabilities are rounded up, collateral and credits down.
struct Health {
    Wide collateral = 0;   // weighted value of balances with weighted profit and full losses; negative: the account owes
    Wide requirement = 0;  // margin of all cross positions and orders
    Wide order_loss = 0;   // what the worst fills would lose at once

    Wide value() const { return collateral - requirement - order_loss; }
    bool healthy() const { return value() >= 0; }
    friend bool operator==(const Health&, const Health&) = default;
};

/// An isolated position stands alone on its own collateral. Units  settle asset, last place.
struct IsolatedHealth {
    Wide collateral = 0;  // its own, with weighted profit and full losses
    Wide requirement = 0;
    Wide order_loss = 0;

    Wide value() const { return collateral - requirement - order_loss; }
    bool healthy() const { return value() >= 0; }
};

/// A market taken at other figures than the context holds: for what-if questions about a price.
struct Replacement {
    MarketId market;
    MarketView view;
};

/// Health of the cross part of an account.
///
/// Shape     never decreases in a balance; never decreases when a position is reduced at its mark while the orders that
///           reduce it shrink along, nor when an order is cancelled (spec/RISK-002 says what these leave out).
/// Errors    none; balances and positions outside the declared domain (account_fault) are asserted out.
/// Source    spec/RISK-001, spec/RISK-002.
Health health(const RiskContext& context, const AccountView& account, Purpose purpose, const Replacement* replaced = nullptr);

/// What a balance adds to an account's health, or takes from it below 0. Numeraire, rounded down.
Wide balance_value(const AssetView& asset, Wide balance, bool initial);

/// Health of many accounts, in order: as health() one by one, but the next accounts are fetched from memory meanwhile.
///
/// Errors  the two spans are equally long (asserted).
void health_batch(const RiskContext& context, std::span<const AccountView> accounts, Purpose purpose, std::span<Health> out);

/// Health of one isolated position.
IsolatedHealth isolated_health(const RiskContext& context, const AccountView& account, std::size_t position, Purpose purpose,
                               const Replacement* replaced = nullptr);

/// An isolated position's own collateral with its profit and loss in full: below zero it is bankrupt. Settle asset.
Wide isolated_equity(const RiskContext& context, const AccountView& account, std::size_t position, const Replacement* replaced = nullptr);

/// Equity of the cross part without weights or requirements, at marks: below zero the account is bankrupt. What is no
/// collateral covers no loss and counts for nothing. Numeraire, rounded down.
Wide equity(const RiskContext& context, const AccountView& account, const Replacement* replaced = nullptr);

}  // namespace plimsoll
