// Commands, events and replies as JSON, by the one description that fields() gives of each. docs/reference/commands.md and events.md
// list what stands in them.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/codec/names.hpp"
#include "plimsoll/engine/engine.hpp"
#include "plimsoll/text/json.hpp"
#include "plimsoll/text/plain.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::codec {

/// One line of JSON: {"id":"…","time_ms":…,"command":"place-order", and the fields of the command in their order}.
///
/// Shape  accounts, orders, deposits and liquidations by their names, or their numbers as text where they have none; markets and assets
///        by the names of the set in force; enumerations as words; a parameter set as the text of its file. Figures are decimals as
///        text in the scale of their market or asset; "#123" is a count of last places and stands where the state does not know the
///        scale. The state is the one that the command is decided on.
std::string command_json(const State& state, const Names& names, const Command& command);

/// The other way. Reading what command_json() wrote gives the same command.
///
/// Errors  all of them, each with "file:line:column", what was expected, and a cure: unknown, missing and doubled keys, figures out of
///         scale, names nobody has. What the figures mean is the engine's to judge: a command that can be read may be refused.
///         With a `stamp`, a command may leave its time out and gets this one.
Result<Command, std::vector<Error>> read_command(const State& state, const Names& names, std::string_view source, std::string_view file,
                                                 std::optional<std::uint64_t> stamp = {});
/// The same of a document, or a part of one, that has been parsed; `file` names it in errors.
Result<Command, std::vector<Error>> read_command(const State& state, const Names& names, const text::Value& document, std::string_view file,
                                                 std::optional<std::uint64_t> stamp = {});

/// The same of a plain object, without a tree, in place of what is in `command`. False: it has to be read from the tree, and the command is of no use; where
/// read_command() has a finding it always is.
bool read_plain_command(const State& state, const Names& names, const text::PlainObject& source, std::uint64_t stamp, Command& command);

/// {"event":"order-placed", and the fields of the event}. The state and the names are those after the command.
std::string event_json(const State& state, const Names& names, const Event& event);

/// {"seq":…,"accepted":…,"repeated":…,"made":…,"chain":"…"}, and "reject":{…} when it was refused. `market` is whose scale the figures of
/// the reject are in when it names none itself.
void append_reply(std::string& text, const State& state, const Names& names, const Reply& reply);
std::string reply_json(const State& state, const Names& names, const Reply& reply);

}  // namespace plimsoll::codec
