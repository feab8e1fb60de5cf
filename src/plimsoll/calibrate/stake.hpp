// A position that a schedule is asked about, in doubles.
#pragma once

#include <cstdint>
#include <functional>

namespace plimsoll::calibrate {

/// A position, or one of several that one hand holds. Units  notionals at the price as it was.
struct Stake {
    double notional = 0;
    double beside = 0;   // what the same hand holds on its side in other accounts: it counts in the open interest, and in no group
    double times = 1;    // the price, as a multiple of what it was
    bool is_short = false;
    double worth() const { return notional * times; }
};

/// One of `accounts` over which a hand has spread `whole` evenly.
inline Stake one_of(std::uint32_t accounts, double whole, double times = 1, bool is_short = false) {
    return {whole / accounts, whole - whole / accounts, times, is_short};
}

/// A margin that looks at what a position is worth and at nothing else.
inline std::function<double(const Stake&)> by_worth(std::function<double(double worth)> margin) {
    return [margin = std::move(margin)](const Stake& stake) { return margin(stake.worth()); };
}

}  // namespace plimsoll::calibrate
