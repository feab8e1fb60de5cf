#include "reference_engine/engine.hpp"

namespace plimsoll::reference {

Engine::Engine(const Limits& limits) {
    s.limits = limits;
    s.orders.capacity = limits.orders;
    s.deposits.capacity = limits.deposits;
    s.shorts.capacity = limits.breaches;
}

void Engine::refuse(RejectCode code) {
    Refused refused;
    refused.reject.code = code;
    throw refused;
}

/// A remembered id with the same body gets the answer it got then; nothing happens.
Answer Engine::execute(const Command& command) {
    ByteSink sink;
    sink.put(command.body);
    const std::vector<std::uint8_t> body(sink.bytes().begin(), sink.bytes().end());
    if (command.id != CommandId{})
        for (const Remembered& r : remembered_) {
            if (r.id != command.id) continue;
            Answer again = r.body == body ? r.answer : Answer{};
            if (r.body == body) again.repeated = true;
            else again.reject.code = RejectCode::id_reused;
            return again;
        }

    const Known before = s;
    const auto contexts_before = contexts_;
    Answer answer;
    events_.clear();
    made_ = 0;
    figures_old_ = true;
    try {
        refuse_if(command.time_ms < s.time_ms, RejectCode::time_backwards);
        s.time_ms = command.time_ms;
        std::visit([&](const auto& c) { run(c); }, command.body);
        follow(command);
        answer.made = made_;
    } catch (const Refused& refused) {
        held_before_.reset();
        s = before;
        contexts_ = contexts_before;
        figures_old_ = true;
        events_.clear();
        answer.reject = refused.reject;
    }
    if (command.id != CommandId{}) {
        if (remembered_.size() == s.limits.replies) remembered_.erase(remembered_.begin());
        remembered_.push_back({command.id, body, answer});
    }
    return answer;
}

}  // namespace plimsoll::reference
