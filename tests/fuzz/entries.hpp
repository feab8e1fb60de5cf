// What the fuzz targets feed, so that the ordinary test run can feed the same without libFuzzer.
#pragma once

#include <string_view>

namespace plimsoll::fuzz {

/// Each takes any bytes, and aborts when a law is broken that holds for every input.
void feed_json(std::string_view input);
void feed_toml(std::string_view input);
/// The first byte chooses the scale.
void feed_decimal(std::string_view input);
/// The first byte chooses the format, and one to convert to.
void feed_tiers(std::string_view input);
/// A parameter file: what reads is validated, written back the same, hashed and compared.
void feed_params(std::string_view input);

/// An incident file: what reads is replayed, checked and reported.
void feed_incident(std::string_view input);
/// A question as JSON: what reads is answered, and an answer's own proof is asked.
void feed_question(std::string_view input);

/// A command as JSON: what reads is written, and reads the same again.
void feed_command(std::string_view input);
/// The first byte draws a venue, the others commands: none may break an assertion or a law, what is refused changes nothing, and the
/// events alone rebuild the state.
void feed_poison(std::string_view input);

/// A request: lines of method, target and idempotency key, then the body. Whatever comes, the answer is whole and the laws hold.
void feed_request(std::string_view input);
/// Bytes on a connection to the real server; the first byte: 1 as a WebSocket, 2 in two pieces. Whatever comes, the connection ends, and the next one is served.
void feed_socket(std::string_view input);
/// Lines of the signature's headers, then the body: none is let in.
void feed_signature(std::string_view input);
/// A binary message of a socket: as many answers as frames, or one that refuses it whole; the laws hold.
void feed_frames(std::string_view input);
/// The first byte chooses bars, depth or a book; the others are the file, plain or packed. What is read is in order, the rest is an error with its place.
void feed_series(std::string_view input);
/// A keys file: what reads is written, and reads the same again.
void feed_keys(std::string_view input);
/// A subscription of a socket.
void feed_follower(std::string_view input);
/// A record of a venue's journal: what reads is written the same.
void feed_entry(std::string_view input);
/// A segment of a journal: read whole, or an error.
void feed_journal(std::string_view input);

}  // namespace plimsoll::fuzz
