// A venue: its engine and the journal that makes it durable. One thread.
#pragma once

#include "plimsoll/node/replay.hpp"

namespace plimsoll::node {

struct VenueOptions {
    Limits limits;  // of a new journal; an old one keeps those it began with
    journal::Options journal;
    std::function<void(std::uint64_t records)> progress;  // of a recovery, every 100,000 records
};

class Venue {
public:
    /// Recovers what the folder holds, or begins it.
    ///
    /// Errors  those of Journal::open() and Replay::take().
    static Result<Venue> open(journal::FileSystem& files, const std::string& folder, const VenueOptions& options);

    /// Decides a command and hands it to the journal. Nobody may be told of it before commit().
    ///
    /// Errors  the journal's. The venue is then of no more use: the process has to end, and to start again from the journal.
    Result<Reply> execute(const Command& command);
    /// Everything executed is on the disk.
    Result<std::uint64_t> commit() { return journal_.commit(); }

    const Engine& engine() const { return *engine_; }
    const codec::Names& names() const { return *names_; }
    const journal::Journal& journal() const { return journal_; }
    std::uint64_t recovered() const { return recovered_; }  // commands decided anew by open()

private:
    Result<Reply> decide(const Command& command);
    Venue(journal::Journal journal, std::unique_ptr<Engine> engine, std::unique_ptr<codec::Names> names)
        : journal_(std::move(journal)), engine_(std::move(engine)), names_(std::move(names)) {}

    journal::Journal journal_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<codec::Names> names_;
    ByteSink sink_;
    std::uint64_t recovered_ = 0;
};

}  // namespace plimsoll::node
