#include "plimsoll/node/venue.hpp"

#include "plimsoll/journal/snapshot.hpp"
#include "plimsoll/node/snapshot.hpp"

namespace plimsoll::node {

namespace {

struct Start {
    std::unique_ptr<Engine> engine;
    History history;
    std::uint64_t record = 0;
};

/// The newest snapshot that is good; none is no error, because the journal holds everything.
Start newest_snapshot(journal::FileSystem& files, const std::string& folder, const VenueOptions& options) {
    const auto numbers = journal::list_snapshots(files, folder);
    if (!numbers) return {};  // a folder that is not there yet; whatever else is wrong with it the journal says
    for (const std::uint64_t number : *numbers) {
        auto content = journal::read_snapshot(files, folder, number);
        auto read = content ? read_content(*content) : fail(content.error());
        if (read) return {std::move(read->engine), std::move(read->history), number};
        if (options.notice) options.notice({folder + "/" + journal::snapshot_name(number), read.error().what, read.error().cure});
    }
    return {};
}

}  // namespace

Result<Venue> Venue::open(journal::FileSystem& files, const std::string& folder, const VenueOptions& options) {
    constexpr std::uint64_t often = 100'000;
    Feed feed;
    Start start = newest_snapshot(files, folder, options);
    History history = std::move(start.history);
    Replay replay([&](std::uint64_t record, const Command& command, const Reply& reply) {
        feed.add(replay.engine(), command.time_ms);
        if (reply.accepted()) history.follow(replay.engine(), command);
        if (options.progress && record % often == 0) options.progress(record);
    });
    const std::uint64_t skipped = start.engine ? start.engine->seq() : 0;
    if (start.engine) replay.begin_after(start.record, std::move(start.engine));
    auto journal = journal::Journal::open(files, folder, options.journal, [&](const journal::Record& r) { return replay.take(r); });
    if (!journal) return fail(journal.error());
    if (journal->last() < start.record)
        return fail(Error{folder + "/" + journal::snapshot_name(start.record),
                          "the journal ends with record " + std::to_string(journal->last()) + ", before this snapshot",
                          "segments are missing: bring them back, or give up what they held by moving the snapshot away"});
    const bool begun = replay.begun();
    Venue venue(files, std::move(*journal), begun ? replay.take_engine() : std::make_unique<Engine>(options.limits),
                begun ? replay.take_names() : std::make_unique<codec::Names>(options.limits));
    venue.feed_ = std::move(feed);
    venue.history_ = std::move(history);
    venue.from_ = venue.snapshot_ = start.record;
    if (begun) {
        venue.recovered_ = venue.engine_->seq() - skipped;
        return venue;
    }
    write_entry(Genesis{options.limits}, venue.sink_);
    if (const auto number = venue.journal_.append(venue.sink_.bytes()); !number) return fail(number.error());
    if (const auto done = venue.commit(); !done) return fail(done.error());
    return venue;
}

std::optional<Error> Picture::write() const { return journal::write_snapshot(*files_, folder_, record_, content_.bytes()); }

Result<Picture> Venue::take_picture(Picture room) {
    if (const auto done = commit(); !done) return fail(done.error());
    room.files_ = files_;
    room.folder_ = journal_.folder();
    room.record_ = journal_.last();
    room.content_.clear();
    write_content(history_, *engine_, room.content_);
    return room;
}

std::optional<Error> Venue::snapshot() {
    if (const auto done = commit(); !done) return done.error();
    if (since_snapshot() == 0) return std::nullopt;
    const auto picture = take_picture();
    if (!picture) return picture.error();
    if (auto error = picture->write()) return error;
    kept(*picture);
    return std::nullopt;
}

/// A set is decided as it will be read from the journal: one that its file cannot express is none, now and at every replay.
Result<Reply> Venue::execute(const Command& command) {
    if (!std::holds_alternative<command::DefineSet>(command.body)) return decide(command);
    sink_.clear();
    codec::write_command(command, sink_);
    const auto as_read = codec::read_command_bytes(sink_.bytes());
    if (!as_read) return fail(as_read.error());
    return decide(*as_read);
}

/// The reply comes about where the caller has it: copying what was written a moment ago made the processor wait.
Result<Reply> Venue::decide(const Command& command) {
    Result<Reply> reply(tl::in_place);
    if (auto error = decide(command, *reply)) reply = fail(std::move(*error));
    return reply;
}

std::optional<Error> Venue::decide(const Command& command, Reply& reply) {
    const std::uint64_t before = engine_->seq();
    engine_->execute(command, reply);
    // What is remembered, and another body under a known id, changes nothing and is told again at every time.
    if (engine_->seq() == before) return std::nullopt;
    if (reply.accepted()) {
        for (const Event& event : engine_->events()) names_->follow(event);
        history_.follow(*engine_, command);
    }
    feed_.add(*engine_, command.time_ms);
    sink_.clear();
    write_entry(reply.chain, command, sink_);
    const auto number = journal_.append(sink_.bytes());
    return number ? std::nullopt : std::optional(number.error());
}

}  // namespace plimsoll::node
