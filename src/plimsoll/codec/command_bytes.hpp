// Commands as bytes, for the journal and the wire: the fields of each in their order, whole numbers at their full width.
// docs/reference/journal-format.md has the layout.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/engine/bytes.hpp"
#include "plimsoll/engine/command.hpp"

#include <span>

namespace plimsoll::codec {

/// Writes a command after what is in the sink.
///
/// Shape  a parameter set is written as the text of its file. One that cannot be written so (names that refer to nothing) is written as
///        none: the engine refuses both with the same answer.
void write_command(const Command& command, ByteSink& sink);

/// Reads what write_command() wrote. What the figures mean is the engine's to judge: any number may stand in a field.
///
/// Errors  with the offset: bytes that end too early or go on too long, a kind, word or flag that does not exist, a list longer than the
///         bytes that follow, a parameter set that cannot be read.
Result<Command> read_command_bytes(std::span<const std::uint8_t> bytes);

}  // namespace plimsoll::codec
