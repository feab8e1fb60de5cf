#include "simulation/recorder.hpp"

namespace plimsoll::simulation {

Recorder::Recorder(const Limits& limits) : limits_(limits), engine_(limits), sweeping_(limits, Examine::everyone), replica_(limits) {}

Reply Recorder::send(const CommandBody& body) {
    const Command command{{1, ++ids_}, now_ms_, body};
    commands_.push_back(command);
    const Hash128 before = state_hash(engine_.state());
    const Reply reply = engine_.execute(command);
    if (sweeping_.execute(command).chain != reply.chain) throw Broken{"an engine that examines everyone says something else"};
    if (!reply.accepted() && state_hash(engine_.state()) != before) throw Broken{"a refused command changed the state"};
    if (const std::string law = check_invariants(engine_.state()); !law.empty()) throw Broken{law};
    write_to_replica(command, reply);
    count(command, reply);
    return reply;
}

/// A reader of the event stream knows of an accepted command its time and that it brought marks, and its events; nothing else.
void Recorder::write_to_replica(const Command& command, const Reply& reply) {
    if (!reply.accepted()) return;
    replica_.time_ms = command.time_ms;
    if (std::holds_alternative<command::MarkPrices>(command.body)) ++replica_.marks;
    for (const Event& event : engine_.events()) apply(replica_, event);
    if (state_hash(replica_) != state_hash(engine_.state())) throw Broken{"the events alone give another state"};
}

void Recorder::count(const Command& command, const Reply& reply) {
    const std::string name = std::visit([](const auto& c) { return std::string(c.name); }, command.body);
    ++counts_["command " + name + (reply.accepted() ? " accepted" : " refused")];
    ++counts_["reject " + std::string(to_string(reply.reject.code))];
    for (const Event& event : engine_.events()) {
        ++counts_["event " + std::visit([](const auto& e) { return std::string(e.name); }, event)];
        if (const auto* ended = std::get_if<event::LiquidationEnded>(&event))
            ++counts_["outcome " + std::to_string(static_cast<int>(ended->outcome))];
        if (const auto* moved = std::get_if<event::PositionChanged>(&event))
            ++counts_["cause " + std::to_string(static_cast<int>(moved->cause))];
    }
}

void Recorder::check_replay() const {
    Engine again(limits_);
    for (const Command& command : commands_) again.execute(command);
    if (again.chain() != engine_.chain()) throw Broken{"the same commands gave other events"};
    if (state_hash(again.state()) != state_hash(engine_.state())) throw Broken{"the same commands gave another state"};
}

}  // namespace plimsoll::simulation
