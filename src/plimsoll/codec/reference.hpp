// The reference pages of commands, events and rejects, written from the descriptions that the engine itself works by.
#pragma once

#include <string>

namespace plimsoll::codec {

/// docs/reference/commands.md, events.md and rejects.md as they are to stand.
std::string commands_page();
std::string events_page();
std::string rejects_page();

}  // namespace plimsoll::codec
