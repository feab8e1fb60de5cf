// What can be asked over HTTP. docs/reference/http.md is the page for callers.
#pragma once

#include "plimsoll/node/core.hpp"

#include <functional>
#include <string>
#include <variant>

namespace plimsoll::gateway {

struct Request {
    std::string method;
    std::string target;
    std::string body;
    std::string idempotency_key;  // the header's value; empty: none
};

/// Work for the venue's thread.
struct Planned {
    node::Lane lane = node::Lane::ordinary;
    std::function<Result<node::Answer>(node::Venue&)> run;
};

struct Rules {
    bool takes_commands = false;               // else everything that changes state is refused
    std::function<std::uint64_t()> now_ms;     // the clock that stamps commands
    std::size_t commands_most = 8'192;         // in one batch
};

/// Either an answer that needs no venue, or work. Never throws: what cannot be understood is an answer.
std::variant<node::Answer, Planned> plan(const Request& request, const Rules& rules);

/// A problem of RFC 9457: title, status, code and detail, and what else is given as JSON members.
node::Answer problem(int status, std::string_view code, std::string_view title, std::string_view detail, std::string_view more = {});

}  // namespace plimsoll::gateway
