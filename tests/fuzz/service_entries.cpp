// What the fuzz targets of the service and its journal feed.
#include "fuzz/entries.hpp"
#include "gateway/desk.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/gateway/frames.hpp"
#include "plimsoll/gateway/push.hpp"
#include "plimsoll/text/json.hpp"

#include <cstring>

namespace plimsoll::fuzz {

namespace {

gateway::Desk& desk() {
    static auto* made = [] {
        auto* fresh = new gateway::Desk;  // for as long as the process lives
        fresh->begin();
        return fresh;
    }();
    return *made;
}

std::span<const std::uint8_t> bytes_of(std::string_view input) {
    return {reinterpret_cast<const std::uint8_t*>(input.data()), input.size()};
}

/// The part up to a line feed, which is taken off.
std::string line_of(std::string_view& input) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    std::string line(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
    return line;
}

}  // namespace

void feed_request(std::string_view input) {
    gateway::Request request;
    request.method = line_of(input);
    request.target = line_of(input);
    request.idempotency_key = line_of(input);
    request.body = std::string(input);
    const gateway::Answer answer = desk().ask(request);
    PLIM_ASSERT(answer.status == 200 || (answer.status >= 400 && answer.status < 500) || answer.status == 503);
    PLIM_ASSERT(
        (answer.status == 200 || answer.status == 503 || answer.type == "application/problem+json" || answer.body.starts_with("{\"seq\"")));
    if (answer.type.find("json") != std::string::npos) PLIM_ASSERT(text::parse_json(answer.body, "answer"));
    PLIM_ASSERT(check_invariants(desk().venue->engine().state()).empty());
}

void feed_frames(std::string_view input) {
    auto planned = gateway::plan_frames(auth::every_scope, bytes_of(input), desk().rules);
    if (auto* work = std::get_if<gateway::Planned>(&planned)) {
        auto answer = work->run(*desk().venue);
        PLIM_ASSERT(answer);
        planned = *answer;
    }
    const auto answers = gateway::read_frame_answers(bytes_of(std::get<gateway::Answer>(planned).body));
    PLIM_ASSERT(answers && !answers->empty());
    PLIM_ASSERT(gateway::read_frame_answers(bytes_of(gateway::frames_busy(bytes_of(input)).body))->size() >= 1);
    PLIM_ASSERT(check_invariants(desk().venue->engine().state()).empty());
}

void feed_signature(std::string_view input) {
    static auth::Gate gate({auth::make_key("k", auth::Scheme::hmac_sha256).key, auth::make_key("e", auth::Scheme::ed25519).key}, 0);
    auth::Signed request{line_of(input), line_of(input), line_of(input), line_of(input), line_of(input), "GET", "/", input};
    PLIM_ASSERT(gate.check(request, 1'000'000).refusal != auth::Refusal::none);
}

void feed_keys(std::string_view input) {
    const auto keys = auth::read_keys(input, "fuzz");
    if (keys) PLIM_ASSERT(auth::read_keys(auth::write_keys(*keys), "again").value() == *keys);
    else PLIM_ASSERT(!keys.error().empty());
}

void feed_follower(std::string_view input) {
    const auto document = text::parse_json(input, "fuzz");
    if (!document) return;
    std::optional<std::uint64_t> from;
    const auto follower = gateway::read_follower(*document, from);
    PLIM_ASSERT(follower || !follower.error().empty());
}

void feed_entry(std::string_view input) {
    const auto entry = node::read_entry(bytes_of(input));
    if (!entry) return;
    const auto* decided = std::get_if<node::Decided>(&*entry);
    if (decided == nullptr || std::holds_alternative<command::DefineSet>(decided->command.body)) return;
    ByteSink sink;
    node::write_entry(*decided, sink);
    PLIM_ASSERT(sink.bytes().size() == input.size() && std::memcmp(sink.bytes().data(), input.data(), input.size()) == 0);
}

void feed_journal(std::string_view input) {
    journal::MemoryFiles disk;
    disk.make_folder("venue");
    const auto bytes = bytes_of(input);
    disk.put("venue/" + journal::segment_name(1), {bytes.begin(), bytes.end()});
    std::uint64_t records = 0;
    const auto found = journal::read_journal(disk, "venue", [&](const journal::Record& record) -> std::optional<Error> {
        PLIM_ASSERT(record.number == ++records && record.payload.size() <= input.size());
        return std::nullopt;
    });
    PLIM_ASSERT(found ? found->last == records : !found.error().what.empty());
}

}  // namespace plimsoll::fuzz
