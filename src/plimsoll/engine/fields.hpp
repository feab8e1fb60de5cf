// One description of each command and event: its name, its fields in order, and what they mean. Hashing, the wire formats, the
// scenario printer and the reference pages all walk it, so none of them can disagree with another.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

namespace plimsoll {

/// What a field's number counts, for those who print it.
enum class Unit : unsigned char {
    none,
    price,      // of the record's market
    size,       // of the record's market
    settle,     // amount of the settle asset of the record's market
    exact,      // notional units of the record's market
    amount,     // of the record's asset
    numeraire,  // amount of the numeraire
    rate,
    asset_price,  // of the record's asset, in the numeraire
    paid_amount,  // amount of the record's second asset
};

template <class Owner, class Member>
struct Field {
    std::string_view name;
    Member Owner::* member;
    Unit unit;
    std::string_view meaning;
};

template <class Owner, class Member>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::* member, std::string_view meaning, Unit unit = Unit::none) {
    return {name, member, unit, meaning};
}

/// The fields of a record, made once and not at every visit.
template <class Record>
inline constexpr auto fields_of = Record::fields();

/// Calls visit(field, value) for each field of a record, in order. A record names its fields in `static constexpr auto fields()`.
template <class Record, class Visit>
constexpr void each_field(Record& record, Visit&& visit) {
    std::apply([&](const auto&... f) { (visit(f, record.*(f.member)), ...); }, fields_of<std::remove_const_t<Record>>);
}

template <class Record>
concept Described = requires { Record::fields(); };

}  // namespace plimsoll
