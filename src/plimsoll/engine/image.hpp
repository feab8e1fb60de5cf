// The whole memory of an engine as bytes, and an engine out of them that goes on as the first one would have: the same answers, the same
// ids, the same hashes. Whoever keeps images guards them by a check: this only refuses what it cannot place.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/engine/engine.hpp"

#include <memory>
#include <span>

namespace plimsoll {

using Sets = std::vector<std::shared_ptr<const ParameterSet>>;

/// The sets an image refers to by their hash: the one in force first, then those that are held ready. They are kept beside it.
Sets sets_of(const Engine& engine);

/// Writes an image after what is in the sink.
void write_image(const Engine& engine, ByteSink& sink);

/// Errors  bytes that end too early or go on too long, a number of places that the limits do not allow, a set that is not among `sets`, and a
///         state of another hash than the one that was written.
Result<std::unique_ptr<Engine>> read_image(const Limits& limits, std::span<const std::uint8_t> bytes, const Sets& sets);

}  // namespace plimsoll
