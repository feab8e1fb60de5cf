// Streams of commands that reach every kind, decided one after the other: what the tests of texts are held to.
#pragma once

#include "plimsoll/codec/names.hpp"
#include "plimsoll/engine/engine.hpp"
#include "reference_engine/gen_commands.hpp"

namespace plimsoll::codec {

/// Calls visit(engine, names, command) with the state on which a command is decided, and decided(engine, names, command, reply) after it; the
/// names know by then what it made. The naive engine is what the generator looks at.
template <class Visit, class Decided>
void for_stream(std::uint64_t seed, int commands, Visit&& visit, Decided&& decided) {
    Random random(seed);
    const Limits limits = reference::VenueGenerator(random).limits();
    Engine engine(limits);
    Names names(limits);
    reference::Engine naive(limits);
    reference::CommandGenerator generator(random, naive);
    for (int i = 0; i < commands; ++i) {
        const Command command = generator.next();
        visit(engine, names, command);
        naive.execute(command);
        const Reply reply = engine.execute(command);
        if (reply.accepted() && !reply.repeated)
            for (const Event& event : engine.events()) names.follow(event);
        decided(engine, names, command, reply);
    }
}
template <class Visit>
void for_stream(std::uint64_t seed, int commands, Visit&& visit) {
    for_stream(seed, commands, visit, [](const auto&...) {});
}

}  // namespace plimsoll::codec
