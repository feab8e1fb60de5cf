#include "plimsoll/node/venue.hpp"

namespace plimsoll::node {

Result<Venue> Venue::open(journal::FileSystem& files, const std::string& folder, const VenueOptions& options) {
    constexpr std::uint64_t often = 100'000;
    Replay replay([&](std::uint64_t record, const Command&, const Reply&) {
        if (options.progress && record % often == 0) options.progress(record);
    });
    auto journal = journal::Journal::open(files, folder, options.journal, [&](const journal::Record& r) { return replay.take(r); });
    if (!journal) return fail(journal.error());
    if (replay.begun()) {
        Venue venue(std::move(*journal), replay.take_engine(), replay.take_names());
        venue.recovered_ = venue.engine_->seq();
        return venue;
    }
    Venue venue(std::move(*journal), std::make_unique<Engine>(options.limits), std::make_unique<codec::Names>(options.limits));
    write_entry(Genesis{options.limits}, venue.sink_);
    if (const auto number = venue.journal_.append(venue.sink_.bytes()); !number) return fail(number.error());
    if (const auto done = venue.commit(); !done) return fail(done.error());
    return venue;
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

Result<Reply> Venue::decide(const Command& command) {
    const std::uint64_t before = engine_->seq();
    const Reply reply = engine_->execute(command);
    // What is remembered, and another body under a known id, changes nothing and is told again at every time.
    if (engine_->seq() == before) return reply;
    if (reply.accepted())
        for (const Event& event : engine_->events()) names_->follow(event);
    sink_.clear();
    write_entry(Decided{reply.chain, command}, sink_);
    if (const auto number = journal_.append(sink_.bytes()); !number) return fail(number.error());
    return reply;
}

}  // namespace plimsoll::node
