// Which parameter sets were in force when, for those who ask later.
#pragma once

#include "plimsoll/engine/engine.hpp"

#include <deque>

namespace plimsoll::node {

/// A set that was put in force.
struct InForce {
    std::uint64_t seq = 0;      // of the command that did it
    std::uint64_t time_ms = 0;
    Digest hash{};
    std::shared_ptr<const ParameterSet> set;
};

class History {
public:
    static constexpr std::size_t sets_most = 64;  // the latest

    /// Looks at the command that the engine has just accepted.
    void follow(const Engine& engine, const Command& command) {
        if (!std::holds_alternative<command::ActivateSet>(command.body)) return;
        const ActiveSet& active = *engine.state().active;
        add({engine.seq(), command.time_ms, active.hash, std::make_shared<const ParameterSet>(active.params())});
    }
    void add(InForce begun) {
        begun_.push_back(std::move(begun));
        while (begun_.size() > sets_most) begun_.pop_front();
    }

    /// The set that was in force at a time, the later one of two that began in the same millisecond; null: none was, or it is no longer known.
    const InForce* at(std::uint64_t time_ms) const {
        const InForce* found = nullptr;
        for (const InForce& one : begun_)
            if (one.time_ms <= time_ms) found = &one;
        return found;
    }
    const std::deque<InForce>& all() const { return begun_; }

private:
    std::deque<InForce> begun_;
};

}  // namespace plimsoll::node
