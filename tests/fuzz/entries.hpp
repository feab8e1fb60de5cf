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

}  // namespace plimsoll::fuzz
