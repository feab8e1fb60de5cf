// An engine brought to where a journal ends: every command is decided anew, and its hash has to be the one that was written.
#pragma once

#include "plimsoll/codec/names.hpp"
#include "plimsoll/engine/engine.hpp"
#include "plimsoll/journal/journal.hpp"
#include "plimsoll/node/record.hpp"

#include <functional>
#include <memory>

namespace plimsoll::node {

class Replay {
public:
    /// Called after each command with its record's number.
    using Follow = std::function<void(std::uint64_t record, const Command&, const Reply&)>;
    explicit Replay(Follow follow = {}) : follow_(std::move(follow)) {}

    /// Begins with an engine as it was after a record. Records up to it are not decided, but that one has to agree with the engine.
    void begin_after(std::uint64_t record, std::unique_ptr<Engine> engine);

    /// Takes the next record of a journal.
    ///
    /// Errors  where the record lies, and: it cannot be read; the first is not the limits, or a later one is; the command's hash is
    ///         another one than when it was decided; the engine to begin after
    ///         it is another one.
    std::optional<Error> take(const journal::Record& record);

    bool begun() const { return engine_ != nullptr; }
    const Engine& engine() const { return *engine_; }
    Engine& engine() { return *engine_; }
    const codec::Names& names() const { return *names_; }
    std::unique_ptr<Engine> take_engine() { return std::move(engine_); }
    std::unique_ptr<codec::Names> take_names() { return std::move(names_); }

private:
    std::optional<Error> pass(const journal::Record& record, const Entry& entry) const;
    std::optional<Error> decide(const journal::Record& record, const Decided& decided);

    Follow follow_;
    std::uint64_t after_ = 0;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<codec::Names> names_;
};

/// The chain as people compare it: 32 hexadecimal digits.
std::string hash_text(Hash128 hash);

}  // namespace plimsoll::node
