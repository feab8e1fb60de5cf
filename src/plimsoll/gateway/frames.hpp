// The compact framing of commands inside a socket: docs/reference/binary-protocol.md says it byte for byte.
#pragma once

#include "plimsoll/gateway/call.hpp"

namespace plimsoll::gateway {

/// What a frame wants of its command.
enum class FrameOp : std::uint8_t {
    decide,  // as POST /v1/commands
    check,   // as POST /v1/orders:check: the same answer, and no effect
};

/// What became of a frame.
enum class FrameEnd : std::uint8_t {
    accepted,
    rejected,
    unreadable,   // the rest of the answer says why, as text; as in the two below nothing was done
    not_allowed,
    busy,         // 429: send it again
};

/// Plans a binary message: one or more frames, whose answers come in one message in the order of the frames. Frames are decided in their order and
/// synced together; one that is refused does not stop those after it.
///
/// Shape   the body of the answer is the frames of the answer.
/// Errors  a message that is not made of whole frames is answered by one frame of tag 0, and nothing of it is done.
Plan plan_frames(std::uint8_t scopes, std::span<const std::uint8_t> message, const Rules& rules);

/// Every frame of a message as answered busy. Of a message that is not made of whole frames: as plan_frames().
Answer frames_busy(std::span<const std::uint8_t> message);

/// Writes a frame as a client does.
void write_frame(std::uint64_t tag, FrameOp op, const Command& command, ByteSink& sink);

/// A frame of an answer, as a client reads it.
struct FrameAnswer {
    std::uint64_t tag = 0;
    FrameEnd end = FrameEnd::accepted;
    Reply reply;  // of accepted and rejected
    std::string text;  // of the others
};
/// Errors  with the offset: bytes that are no answer.
Result<std::vector<FrameAnswer>> read_frame_answers(std::span<const std::uint8_t> message);

}  // namespace plimsoll::gateway
