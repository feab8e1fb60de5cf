#include "plimsoll/node/replay.hpp"

#include "plimsoll/text/hex.hpp"

#include <cstdio>

namespace plimsoll::node {

std::string hash_text(Hash128 hash) { return text::hex(hash.high, hash.low); }

void Replay::begin_after(std::uint64_t record, std::unique_ptr<Engine> engine) {
    engine_ = std::move(engine);
    names_ = std::make_unique<codec::Names>(engine_->state().limits);
    after_ = record;
}

std::optional<Error> Replay::take(const journal::Record& record) {
    if (record.number > 1 && record.number < after_) return std::nullopt;
    const auto entry = read_entry(record.payload);
    if (!entry) return Error{record.where(), "record " + std::to_string(record.number) + ": " + entry.error().what, entry.error().cure};
    if (record.number <= after_) return pass(record, *entry);
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

std::optional<Error> Replay::pass(const journal::Record& record, const Entry& entry) const {
    const auto* genesis = std::get_if<Genesis>(&entry);
    const auto* decided = std::get_if<Decided>(&entry);
    const bool limits_differ = record.number == 1 && (genesis == nullptr || genesis->limits != engine_->state().limits);
    const bool chain_differs = record.number > 1 && (decided == nullptr || decided->chain != engine_->chain());
    if (!limits_differ && !chain_differs) return std::nullopt;
    return Error{record.where(), "record " + std::to_string(record.number) + " is not that of the snapshot",
                 "the snapshot is another journal's: move it away"};
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
