#include "plimsoll/gateway/frames.hpp"

#include "plimsoll/codec/command_bytes.hpp"
#include "plimsoll/engine/byte_source.hpp"

#include <cstring>

namespace plimsoll::gateway {

namespace {

using node::Lane;
using node::Venue;

constexpr std::size_t frame_head = 9;                // tag and op, or tag and end
constexpr std::size_t kind_at = 24;                  // of a command, after its id and its time
constexpr std::size_t text_most = 512;
constexpr std::string_view frames_type = "application/octet-stream";

/// One frame, read as far as it could be.
struct Frame {
    std::uint64_t tag = 0;
    FrameOp op = FrameOp::decide;
    Command command;
    FrameEnd end = FrameEnd::accepted;  // unreadable or not_allowed: `text` says why
    std::string text;

    bool to_be_done() const { return end == FrameEnd::accepted; }
    void turn_away(FrameEnd why, std::string words) {
        end = why;
        text = std::move(words);
    }
};
using Frames = std::vector<Frame>;

/// Where each frame's bytes are. Errors  they are not all whole, there is none, or there are too many.
Result<std::vector<std::span<const std::uint8_t>>> cut_frames(std::span<const std::uint8_t> message, std::size_t most) {
    std::vector<std::span<const std::uint8_t>> frames;
    std::size_t at = 0;
    while (at < message.size()) {
        const std::string where = "message, byte " + std::to_string(at);
        std::uint32_t length = 0;
        if (message.size() - at < sizeof length) return fail(Error{where, "a length of a frame that is cut off", "send whole frames"});
        std::memcpy(&length, message.data() + at, sizeof length);
        at += sizeof length;
        if (length < frame_head || length > message.size() - at)
            return fail(Error{where,
                              "a frame of " + std::to_string(length) + " bytes, and " + std::to_string(message.size() - at) + " follow",
                              "a frame has 9 at least, and ends with or before its message"});
        if (frames.size() == most) return fail(Error{where, "too many frames in one message", "at most " + std::to_string(most)});
        frames.push_back(message.subspan(at, length));
        at += length;
    }
    if (frames.empty()) return fail(Error{"message", "it is empty", "send one frame at least"});
    return frames;
}

bool may(std::uint8_t scopes, auth::Scope scope) { return (scopes >> static_cast<int>(scope) & 1) != 0; }

/// What the frame needs is asked before its command is read: who may not define a set does not get one parsed.
std::optional<auth::Scope> scope_needed(FrameOp op, std::span<const std::uint8_t> command) {
    if (op == FrameOp::check) return auth::Scope::read;
    return command.size() > kind_at ? scope_of_command(command[kind_at]) : std::nullopt;
}

Frame read_frame(std::span<const std::uint8_t> bytes, std::uint8_t scopes) {
    Frame frame;
    std::memcpy(&frame.tag, bytes.data(), sizeof frame.tag);
    const std::uint8_t op = bytes[sizeof frame.tag];
    if (op > static_cast<std::uint8_t>(FrameOp::check)) {
        frame.turn_away(FrameEnd::unreadable, "there is no op " + std::to_string(op));
        return frame;
    }
    frame.op = static_cast<FrameOp>(op);
    const auto rest = bytes.subspan(frame_head);
    if (const auto needed = scope_needed(frame.op, rest); needed && !may(scopes, *needed)) {
        frame.turn_away(FrameEnd::not_allowed, "this needs the scope " + std::string(auth::word(*needed)));
        return frame;
    }
    auto command = codec::read_command_bytes(rest);
    if (!command) {
        frame.turn_away(FrameEnd::unreadable, to_string(command.error()));
        return frame;
    }
    frame.command = std::move(*command);
    if (frame.op == FrameOp::check && !std::holds_alternative<command::PlaceOrder>(frame.command.body))
        frame.turn_away(FrameEnd::unreadable, "only orders can be checked");
    return frame;
}

/// Frames of an answer, one after the other.
class Answers {
public:
    void told(std::uint64_t tag, const Reply& reply) {
        begin(tag, reply.accepted() ? FrameEnd::accepted : FrameEnd::rejected);
        body_.put(reply.seq);
        body_.put(reply.made);
        body_.put(reply.chain.high);
        body_.put(reply.chain.low);
        body_.put(reply.repeated);
        if (!reply.accepted()) body_.put(reply.reject);
        end();
    }
    void turned_away(std::uint64_t tag, FrameEnd why, std::string_view text) {
        begin(tag, why);
        const std::string_view shown = text.substr(0, text_most);
        body_.put_bytes({reinterpret_cast<const std::uint8_t*>(shown.data()), shown.size()});
        end();
    }
    Answer all() const {
        const auto bytes = frames_.bytes();
        return {200, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), std::string(frames_type)};
    }

private:
    void begin(std::uint64_t tag, FrameEnd what) {
        body_.clear();
        body_.put(tag);
        body_.put(what);
    }
    void end() {
        frames_.put(static_cast<std::uint32_t>(body_.bytes().size()));
        frames_.put_bytes(body_.bytes());
    }

    ByteSink frames_;
    ByteSink body_;
};

Answer no_frames(const Error& error) {
    Answers answers;
    answers.turned_away(0, FrameEnd::unreadable, to_string(error));
    return answers.all();
}

/// `full`: why the journal has no room for what the frames would change; then only checks are answered.
Result<Answer> decide_frames(Venue& venue, Frames& frames, std::uint64_t now, const std::optional<Error>& full) {
    Answers answers;
    Looking looking;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Frame& frame = frames[i];
        venue.engine().fetch_ahead(i, frames.size(), [&](std::size_t at) -> const Command& { return frames[at].command; });
        if (!frame.to_be_done()) {
            answers.turned_away(frame.tag, frame.end, frame.text);
            continue;
        }
        if (frame.command.time_ms == 0) frame.command.time_ms = std::max(now, venue.engine().state().time_ms);
        if (frame.op == FrameOp::check) {
            answers.told(frame.tag, decided_without_effect(venue, frame.command, looking));
            continue;
        }
        if (const auto why = of_the_future(frame.command, venue, now)) {
            answers.turned_away(frame.tag, FrameEnd::unreadable, to_string(*why));
            continue;
        }
        if (full) {
            answers.turned_away(frame.tag, FrameEnd::busy, "the journal has no room: " + full->what);
            continue;
        }
        const auto reply = venue.execute(frame.command);
        if (!reply) return fail(reply.error());
        answers.told(frame.tag, *reply);
    }
    return answers.all();
}

bool lowers_risk(const Frame& frame) {
    const auto* order = std::get_if<command::PlaceOrder>(&frame.command.body);
    return is_urgent_command(frame.command.body.index()) || (order != nullptr && order->reduce_only);
}

}  // namespace

Plan plan_frames(std::uint8_t scopes, std::span<const std::uint8_t> message, const Rules& rules) {
    const auto pieces = cut_frames(message, rules.commands_most);
    if (!pieces) return no_frames(pieces.error());
    const auto frames = std::make_shared<Frames>();
    frames->reserve(pieces->size());
    bool urgent = true;
    bool changes = false;
    for (const auto piece : *pieces) {
        const Frame& frame = frames->emplace_back(read_frame(piece, scopes));
        if (!frame.to_be_done()) continue;
        urgent = urgent && frame.op == FrameOp::decide && lowers_risk(frame);
        changes = changes || frame.op == FrameOp::decide;
    }
    return Planned{urgent ? Lane::urgent : Lane::ordinary,
                   [frames, urgent, changes, bytes = message.size(), now = rules.now_ms](Venue& venue) {
                       const auto full = changes ? venue.no_room_for(record_bound(bytes), urgent) : std::nullopt;
                       return decide_frames(venue, *frames, now(), full);
                   },
                   {},
                   !changes};
}

Answer frames_busy(std::span<const std::uint8_t> message) {
    const auto pieces = cut_frames(message, message.size());
    if (!pieces) return no_frames(pieces.error());
    Answers answers;
    for (const auto piece : *pieces) {
        std::uint64_t tag = 0;
        std::memcpy(&tag, piece.data(), sizeof tag);
        answers.turned_away(tag, FrameEnd::busy, "too much waits already");
    }
    return answers.all();
}

void write_frame(std::uint64_t tag, FrameOp op, const Command& command, ByteSink& sink) {
    ByteSink body;
    body.put(tag);
    body.put(op);
    codec::write_command(command, body);
    sink.put(static_cast<std::uint32_t>(body.bytes().size()));
    sink.put_bytes(body.bytes());
}

Result<std::vector<FrameAnswer>> read_frame_answers(std::span<const std::uint8_t> message) {
    const auto pieces = cut_frames(message, message.size());
    if (!pieces) return fail(pieces.error());
    std::vector<FrameAnswer> answers;
    for (const auto piece : *pieces) {
        ByteSource source(piece, "answer");
        FrameAnswer& answer = answers.emplace_back();
        std::uint8_t end = 0;
        source.get(answer.tag);
        source.get(end);
        if (end > static_cast<std::uint8_t>(FrameEnd::busy)) source.complain("an end of number " + std::to_string(end));
        answer.end = static_cast<FrameEnd>(end);
        if (answer.end == FrameEnd::accepted || answer.end == FrameEnd::rejected) {
            source.get(answer.reply.seq);
            source.get(answer.reply.made);
            source.get(answer.reply.chain);
            source.get(answer.reply.repeated);
            if (answer.end == FrameEnd::rejected) source.get(answer.reply.reject);
        } else {
            const auto text = source.take(source.left());
            answer.text.assign(text.begin(), text.end());
        }
        source.finish();
        if (source.bad()) return fail(source.error());
    }
    return answers;
}

}  // namespace plimsoll::gateway
