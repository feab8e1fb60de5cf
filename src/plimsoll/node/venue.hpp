// A venue: its engine and the journal that makes it durable. One thread.
#pragma once

#include "plimsoll/node/feed.hpp"
#include "plimsoll/node/history.hpp"
#include "plimsoll/node/replay.hpp"

namespace plimsoll::node {

struct VenueOptions {
    Limits limits;  // of a new journal; an old one keeps those it began with
    journal::Options journal;
    std::function<void(std::uint64_t records)> progress;  // of a recovery, every 100,000 records
    std::function<void(const Error&)> notice;             // a snapshot that is passed over, and why
};

/// A venue as it was after a record, in memory, so that it reaches the disk while the venue goes on.
class Picture {
public:
    std::uint64_t record() const { return record_; }
    /// Writes the snapshot, on any thread. Errors  those of write_snapshot().
    std::optional<Error> write() const;

private:
    friend class Venue;
    journal::FileSystem* files_ = nullptr;
    std::string folder_;
    std::uint64_t record_ = 0;
    ByteSink content_;
};

class Venue {
public:
    /// Recovers what the folder holds, or begins it: the newest good snapshot, and the commands after it decided anew. Every byte of the
    /// journal is checked whether its command is decided or not.
    ///
    /// Errors  those of Journal::open() and Replay::take(); a good snapshot of records that the journal does not hold.
    static Result<Venue> open(journal::FileSystem& files, const std::string& folder, const VenueOptions& options);

    /// Decides a command and hands it to the journal. Nobody may be told of it before commit().
    ///
    /// Errors  the journal's. The venue is then of no more use: the process has to end, and to start again from the journal.
    Result<Reply> execute(const Command& command);
    /// Why commands of about so many bytes may not be executed now: their journal would have no room. What is urgent may use room that is kept for it, a quarter of a
    /// segment. Absent: they may.
    std::optional<Error> no_room_for(std::uint64_t bytes, bool urgent) {
        return journal_.make_room(bytes, urgent ? 0 : journal_.options().segment_bytes / 4);
    }
    /// Everything executed is on the disk.
    Result<std::uint64_t> commit() { return journal_.commit(); }
    /// The same in the three steps of Journal::hand_over().
    Result<journal::Unsynced> hand_over() { return journal_.hand_over(); }
    Result<std::uint64_t> confirm(const journal::Unsynced& written, const std::optional<Error>& waited) {
        return journal_.confirm(written, waited);
    }

    /// Writes down everything as it is now, so that a recovery begins here. Errors  those of write_snapshot(), and the journal's.
    std::optional<Error> snapshot();
    /// The same in three steps: take_picture(), its write(), kept(). `room` is an earlier picture, whose memory is used again: fresh memory costs
    /// more than what is written into it.
    ///
    /// Errors  the journal's: a snapshot holds nothing that is not on the disk.
    Result<Picture> take_picture(Picture room = {});
    void kept(const Picture& picture) { snapshot_ = picture.record(); }
    /// Records after the latest snapshot that this process wrote or read.
    std::uint64_t since_snapshot() const { return journal_.last() - snapshot_; }

    const Engine& engine() const { return *engine_; }
    const codec::Names& names() const { return *names_; }
    /// What was decided lately. Of what commit() has not confirmed nobody may be told.
    const Feed& feed() const { return feed_; }
    const History& history() const { return history_; }
    const journal::Journal& journal() const { return journal_; }
    std::uint64_t recovered() const { return recovered_; }  // commands decided anew by open()
    std::uint64_t from_snapshot() const { return from_; }  // the record whose snapshot open() began with; 0: none

private:
    Result<Reply> decide(const Command& command);
    std::optional<Error> decide(const Command& command, Reply& reply);
    Venue(journal::FileSystem& files, journal::Journal journal, std::unique_ptr<Engine> engine, std::unique_ptr<codec::Names> names)
        : files_(&files), journal_(std::move(journal)), engine_(std::move(engine)), names_(std::move(names)) {}

    journal::FileSystem* files_;
    journal::Journal journal_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<codec::Names> names_;
    Feed feed_;
    History history_;
    ByteSink sink_;
    std::uint64_t recovered_ = 0;
    std::uint64_t from_ = 0;
    std::uint64_t snapshot_ = 0;
};

}  // namespace plimsoll::node
