// Whether the two engines have come to the same state.
#pragma once

#include "reference_engine/engine.hpp"

#include <string>

namespace plimsoll::reference {

/// The first thing in which they differ; empty when there is none.
std::string difference(const State& product, const Engine& reference);
/// The same of what they said about one command.
std::string difference(std::span<const Event> product, const Events& reference);
std::string difference(const Reply& product, const Answer& reference);

}  // namespace plimsoll::reference
