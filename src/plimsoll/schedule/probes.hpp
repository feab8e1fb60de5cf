// Questions that stand on, below and above every figure a schedule names: where its levels are compared and its laws tried.
#pragma once

#include "plimsoll/schedule/evaluate.hpp"

#include <vector>

namespace plimsoll {

/// A state to ask about, and in words where it stands.
struct Probe {
    Exposure exposure;
    MarketFigures figures;
    bool strained = false;  // every modulator in full effect, else none
};

/// All of them: each edge, origin and step of each axis −1, 0 and +1 unit and each power of ten, the other figures small and
/// large, in a calm and in a strained market. Some thousands for the largest table.
std::vector<Probe> probes(const CompiledSchedule& schedule);

}  // namespace plimsoll
