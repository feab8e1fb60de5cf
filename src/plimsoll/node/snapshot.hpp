// What stands in the snapshot of a venue's journal: an engine, with the parameter sets it needs.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/node/history.hpp"

#include <memory>
#include <span>

namespace plimsoll::node {

/// What a snapshot holds.
struct Content {
    History history;
    std::unique_ptr<Engine> engine;
};
void write_content(const History& history, const Engine& engine, ByteSink& sink);
/// Errors  what the bytes are not.
Result<Content> read_content(std::span<const std::uint8_t> bytes);

/// Writes an engine after what is in the sink.
void write_engine(const Engine& engine, ByteSink& sink);
/// Errors  what the bytes are not.
Result<std::unique_ptr<Engine>> read_engine(std::span<const std::uint8_t> bytes);

}  // namespace plimsoll::node
