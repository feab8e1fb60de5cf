// What stands in the records of a venue's journal: docs/reference/journal-format.md, last section.
#pragma once

#include "plimsoll/base/hash.hpp"
#include "plimsoll/codec/command_bytes.hpp"
#include "plimsoll/engine/limits.hpp"

#include <variant>

namespace plimsoll::node {

/// The first record: the limits of the engine, which decide with the commands what is refused.
struct Genesis {
    Limits limits;
};
/// A command that was decided, and the hash over all replies and events up to and with it.
struct Decided {
    Hash128 chain;
    Command command;
};
using Entry = std::variant<Genesis, Decided>;

void write_entry(const Genesis& genesis, ByteSink& sink);
void write_entry(Hash128 chain, const Command& command, ByteSink& sink);
inline void write_entry(const Decided& decided, ByteSink& sink) { write_entry(decided.chain, decided.command, sink); }
/// Errors  what the bytes are not.
Result<Entry> read_entry(std::span<const std::uint8_t> bytes);

}  // namespace plimsoll::node
