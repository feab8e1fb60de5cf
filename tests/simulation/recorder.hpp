// Everything a simulation sends goes through here, and after every command the laws are asked.
#pragma once

#include "plimsoll/engine/apply.hpp"
#include "plimsoll/engine/engine.hpp"
#include "plimsoll/engine/hash.hpp"

#include <map>
#include <string>
#include <vector>

namespace plimsoll::simulation {

/// A law that does not hold; ends the run.
struct Broken {
    std::string law;
};

/// How often each kind of command, event, refusal and outcome came up.
using Counts = std::map<std::string, std::uint64_t>;

/// The engine with three witnesses: a state rebuilt from the events alone, an engine that examines every account after every command,
/// and the list of commands, to be run again from the start.
class Recorder {
public:
    explicit Recorder(const Limits& limits);

    /// Decides a command at the present time. Throws Broken.
    Reply send(const CommandBody& body);
    void pass(std::uint64_t ms) { now_ms_ += ms; }

    const State& state() const { return engine_.state(); }
    std::span<const Event> events() const { return engine_.events(); }
    const Engine& engine() const { return engine_; }
    std::uint64_t now_ms() const { return now_ms_; }
    const std::vector<Command>& commands() const { return commands_; }
    const Counts& counts() const { return counts_; }

    /// Throws Broken unless the events alone give this state, and the commands run again give the same hashes.
    void check_replay() const;

private:
    void write_to_replica(const Command& command, const Reply& reply);
    void count(const Command& command, const Reply& reply);

    Limits limits_;
    Engine engine_;
    Engine sweeping_;
    State replica_;
    std::uint64_t now_ms_ = 1'000'000;
    std::uint64_t ids_ = 0;
    std::vector<Command> commands_;
    Counts counts_;
};

}  // namespace plimsoll::simulation
