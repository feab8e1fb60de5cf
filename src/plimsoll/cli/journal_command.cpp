#include "plimsoll/cli/journal_command.hpp"

#include "plimsoll/codec/json.hpp"
#include "plimsoll/engine/hash.hpp"
#include "plimsoll/journal/snapshot.hpp"
#include "plimsoll/node/replay.hpp"
#include "plimsoll/node/snapshot.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::cli {

namespace {

using journal::Found;
using journal::Record;

std::string plural(std::uint64_t n, const std::string& word) { return grouped(std::to_string(n)) + " " + word + (n == 1 ? "" : "s"); }
std::string quoted(std::string_view text) { return text::JsonWriter().string(text).take(); }

/// A journal with nothing in it was most likely looked for in the wrong place.
std::optional<Error> nothing_there(const Found& found, const std::string& folder) {
    if (!found.segments.empty()) return std::nullopt;
    return Error{folder, "there is no journal here", "name the folder that holds the journal-*.plj files"};
}

/// Damage is an answer; a file that cannot be read is none.
Exit complain(const Console& console, const Error& error) {
    console.complain(error);
    return error.what.starts_with("cannot ") || error.what.starts_with("there is no") ? Exit::io : Exit::no;
}

/// Every so many records: writing each would cost more than reading it.
void say_record(Progress& progress, std::uint64_t record) {
    if (record % 50'000 == 0) progress.at("record " + grouped(std::to_string(record)));
}

void print_found(const Console& console, const JournalOptions& o, const Found& found) {
    if (console.json) {
        console.print("{\"folder\":" + quoted(o.folder) + ",\"records\":" + std::to_string(found.last) +
                      ",\"segments\":" + std::to_string(found.segments.size()) +
                      ",\"acknowledged\":" + (found.mark ? std::to_string(found.mark->number) : "null") +
                      ",\"torn_bytes\":" + std::to_string(found.torn) + ",\"check\":" + quoted(node::hash_text(found.link)) + "}\n");
        return;
    }
    console.print(console.green("whole") + ": " + plural(found.last, "record") + " in " + plural(found.segments.size(), "segment") +
                  ", check " + node::hash_text(found.link) + "\n");
    if (!found.mark)
        console.print("no mark: the folder was copied without journal.mark, so a tail that is not whole would count as damage\n");
    if (found.mark && found.mark->number < found.last)
        console.print("acknowledged up to " + std::to_string(found.mark->number) +
                      "; the rest was written when the process ended and counts\n");
    if (found.damaged_slots != 0) console.print("a slot of journal.mark is damaged; it is written anew at the next start\n");
    if (found.torn != 0)
        console.print("a torn tail of " + plural(found.torn, "byte") + " from byte " + std::to_string(found.end) + " of " +
                      found.segments.back().name + ": it was never acknowledged and is cut at the next start\n");
}

}  // namespace

/// Each snapshot is read, and its engine made of it.
static Exit verify_snapshots(const JournalOptions& o, std::uint64_t last, const Console& console) {
    const auto numbers = journal::list_snapshots(journal::real_files(), o.folder);
    if (!numbers) return complain(console, numbers.error());
    Exit exit = Exit::ok;
    for (const std::uint64_t number : *numbers) {
        const std::string path = o.folder + "/" + journal::snapshot_name(number);
        const auto content = journal::read_snapshot(journal::real_files(), o.folder, number);
        const auto read = content ? node::read_content(*content) : fail(content.error());
        if (!read) console.complain(Error{path, read.error().what, read.error().cure});
        else if (number > last) console.complain(Error{path, "it is ahead of the journal", "segments are missing: bring them back"});
        else if (!console.json) console.print("snapshot of record " + grouped(std::to_string(number)) + ": whole\n");
        if (!read || number > last) exit = Exit::no;
    }
    return exit;
}

Exit journal_verify(const JournalOptions& o, const Console& console) {
    Progress progress(console, "reading");
    const auto found = journal::read_journal(journal::real_files(), o.folder, [&](const Record& record) {
        say_record(progress, record.number);
        return std::nullopt;
    });
    if (!found) return complain(console, found.error());
    if (const auto error = nothing_there(*found, o.folder)) return complain(console, *error);
    print_found(console, o, *found);
    return verify_snapshots(o, found->last, console);
}

Exit journal_replay(const JournalOptions& o, const Console& console) {
    Progress progress(console, "replaying");
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    node::Replay replay([&](std::uint64_t record, const Command&, const Reply& reply) {
        ++(reply.accepted() ? accepted : refused);
        say_record(progress, record);
    });
    const auto stop = o.to ? std::optional(*o.to + 1) : std::nullopt;
    const auto found =
        journal::read_journal(journal::real_files(), o.folder, [&](const Record& record) { return replay.take(record); }, stop);
    if (!found) return complain(console, found.error());
    if (const auto error = nothing_there(*found, o.folder)) return complain(console, *error);
    if (!replay.begun()) return complain(console, {o.folder, "there is no record yet", "start the service once"});
    const std::string laws = check_invariants(replay.engine().state());
    const std::string chain = node::hash_text(replay.engine().chain());
    const std::string state = node::hash_text(state_hash(replay.engine().state()));
    if (console.json)
        console.print("{\"records\":" + std::to_string(found->last) + ",\"seq\":" + std::to_string(replay.engine().seq()) +
                      ",\"accepted\":" + std::to_string(accepted) + ",\"refused\":" + std::to_string(refused) +
                      ",\"time_ms\":" + std::to_string(replay.engine().state().time_ms) + ",\"chain\":" + quoted(chain) +
                      ",\"state\":" + quoted(state) + ",\"laws\":" + (laws.empty() ? "true" : "false") + "}\n");
    else
        console.print(console.green("the same") + ": " + plural(accepted + refused, "command") + ", " + grouped(std::to_string(accepted)) +
                      " accepted" + ", " + grouped(std::to_string(refused)) + " refused" + "\nchain " + chain + "\nstate " + state + "\n");
    if (laws.empty()) return Exit::ok;
    console.complain("a law of the state does not hold: " + laws);
    return Exit::no;
}

Exit journal_dump(const JournalOptions& o, const Console& console) {
    // The names in a line are those before the command, so each is printed before it is decided.
    node::Replay replay;
    const auto print = [&](const Record& record) -> std::optional<Error> {
        const auto entry = node::read_entry(record.payload);
        const bool wanted = record.number >= o.from;
        std::string line;
        if (entry && replay.begun())
            if (const auto* decided = std::get_if<node::Decided>(&*entry))
                line = codec::command_json(replay.engine().state(), replay.names(), decided->command);
        if (auto error = replay.take(record)) return error;
        if (!wanted) return std::nullopt;
        const std::string number = std::to_string(record.number);
        if (line.empty()) {
            console.print("{\"record\":" + number + ",\"limits\":{\"accounts\":" + std::to_string(replay.engine().state().limits.accounts) +
                          "}}\n");
            return std::nullopt;
        }
        console.print("{\"record\":" + number + ",\"chain\":" + quoted(node::hash_text(replay.engine().chain())) + "," + line.substr(1) +
                      "\n");
        if (o.events)
            for (const Event& event : replay.engine().events())
                console.print(codec::event_json(replay.engine().state(), replay.names(), event) + "\n");
        return std::nullopt;
    };
    const auto stop = o.to ? std::optional(*o.to + 1) : std::nullopt;
    const auto found = journal::read_journal(journal::real_files(), o.folder, print, stop);
    if (!found) return complain(console, found.error());
    if (const auto error = nothing_there(*found, o.folder)) return complain(console, *error);
    return Exit::ok;
}

Exit journal_truncate(const JournalOptions& o, const Console& console) {
    const auto done = journal::truncate_journal(journal::real_files(), o.folder, o.at, o.dry_run);
    if (!done) return complain(console, done.error());
    const std::uint64_t lost = done->known > done->kept ? done->known - done->kept : 0;
    if (console.json) {
        std::string files;
        for (const std::string& file : done->set_aside) files += (files.empty() ? "" : ",") + quoted(file);
        console.print("{\"kept\":" + std::to_string(done->kept) + ",\"acknowledged_given_up\":" + std::to_string(lost) +
                      ",\"dry_run\":" + (o.dry_run ? "true" : "false") + ",\"set_aside\":[" + files + "]}\n");
        return Exit::ok;
    }
    console.print(std::string(o.dry_run ? "would keep " : "kept ") + plural(done->kept, "record") + " and give up " +
                  plural(lost, "acknowledged one") + "\n");
    for (const std::string& file : done->set_aside) console.print((o.dry_run ? "would set aside " : "set aside ") + file + "\n");
    return Exit::ok;
}

}  // namespace plimsoll::cli
