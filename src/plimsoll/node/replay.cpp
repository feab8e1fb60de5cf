#include "plimsoll/node/replay.hpp"

#include <cstdio>

namespace plimsoll::node {

std::string hash_text(Hash128 hash) {
    char text[33];
    std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high), static_cast<unsigned long long>(hash.low));
    return text;
}

std::optional<Error> Replay::take(const journal::Record& record) {
    const auto entry = read_entry(record.payload);
    if (!entry) return Error{record.where(), "record " + std::to_string(record.number) + ": " + entry.error().what, entry.error().cure};
    if (const auto* decided = std::get_if<Decided>(&*entry)) {
        if (engine_) return decide(record, *decided);
        return Error{record.where(), "the journal does not begin with the limits of an engine", "this is no venue's journal"};
    }
    if (engine_) return Error{record.where(), "the limits of an engine in the middle of a journal", "this is no venue's journal"};
    const Limits& limits = std::get<Genesis>(*entry).limits;
    engine_ = std::make_unique<Engine>(limits);
    names_ = std::make_unique<codec::Names>(limits);
    return std::nullopt;
}

std::optional<Error> Replay::decide(const journal::Record& record, const Decided& decided) {
    const Reply reply = engine_->execute(decided.command);
    if (reply.accepted())
        for (const Event& event : engine_->events()) names_->follow(event);
    if (engine_->chain() != decided.chain) {
        const std::string number = std::to_string(record.number);
        return Error{record.where(),
                     "record " + number + " gives " + hash_text(engine_->chain()) + ", and gave " + hash_text(decided.chain) +
                         " when it was decided",
                     "replay it with the program that wrote it; if that differs too, the machine is at fault"};
    }
    if (follow_) follow_(record.number, decided.command, reply);
    return std::nullopt;
}

}  // namespace plimsoll::node
