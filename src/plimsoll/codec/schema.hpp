// What commands, events and replies look like as JSON, for programs: JSON Schema, as OpenAPI 3.1 has it, by the same descriptions.
#pragma once

#include "plimsoll/text/json.hpp"

namespace plimsoll::codec {

/// Members of an object that is open, a schema each: "command.place-order" and so on for every command, "Command" for any of them; "event.…" and
/// "Event" likewise; "Reject" and "Reply". They refer to each other as "#/components/schemas/…".
///
/// Shape  what command_json(), event_json() and reply_json() write fits them. Of a command they require what read_command() with a stamp
///        requires, and allow what it allows.
void put_schemas(text::JsonWriter& json);

}  // namespace plimsoll::codec
