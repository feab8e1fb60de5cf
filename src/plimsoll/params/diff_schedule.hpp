// The parts of a difference: one figure against another, and schedule against schedule.
#pragma once

#include "plimsoll/params/diff.hpp"

#include <optional>
#include <string>
#include <vector>

namespace plimsoll {

/// Which way a figure pulls a requirement.
enum class Sense : std::uint8_t { neutral, up_is_tighter, down_is_tighter, unclear };
Direction direction_of(Sense sense, bool rises);

/// "40,000,000.5".
std::string grouped(const Decimal& decimal);
inline std::string grouped(std::int64_t raw, int digits) { return grouped(Decimal{raw, digits}); }
/// "1.2 %", or "75x" for a rate that is written as a leverage.
std::string percent_text(Fraction rate);

/// Collects entries; figures that are equal by value make none.
class Notes {
public:
    void add(DiffEntry entry) { entries_.push_back(std::move(entry)); }
    std::vector<DiffEntry> take() { return std::move(entries_); }

    void text(const std::string& subject, std::string path, std::string what, std::string before, std::string after,
              Direction direction = Direction::neutral);
    void flag(const std::string& subject, std::string path, std::string what, bool before, bool after, Sense sense);
    /// A weight or multiplier: a bare number.
    void plain(const std::string& subject, std::string path, std::string what, Rate before, Rate after, Sense sense);
    /// A rate: per cent.
    void rate(const std::string& subject, std::string path, std::string what, Fraction before, Fraction after, Sense sense);
    void decimal(const std::string& subject, std::string path, std::string what, const Decimal& before, const Decimal& after, Sense sense);
    /// A limit that may be absent; absent is "none" and the loosest.
    void limit(const std::string& subject, std::string path, std::string what, const std::optional<Decimal>& before,
               const std::optional<Decimal>& after);
    /// A figure of an override that may be absent; a larger one is tighter.
    void given(const std::string& subject, std::string path, std::string what, const std::optional<Rate>& before,
               const std::optional<Rate>& after);

private:
    std::vector<DiffEntry> entries_;
};

/// Everything but the id, which belongs to who refers to the schedule.
void compare_schedules(Notes& notes, const std::string& subject, const Schedule& before, const Schedule& after);

}  // namespace plimsoll
