#include "plimsoll/journal/journal.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/journal/snapshot.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <utility>

namespace plimsoll::journal {

namespace {

constexpr std::string_view lock_name = "journal.lock";
constexpr std::string_view unfinished = ".new";
constexpr std::string_view next_name = "next.new";

Result<std::unique_ptr<File>, SystemError> open_or_create(FileSystem& files, const std::string& path) {
    auto file = files.open(path, Access::write);
    if (!file && file.error() == ENOENT) file = files.open(path, Access::create);
    return file;
}

Result<std::unique_ptr<File>> take(FileSystem& files, const std::string& folder) {
    const std::string path = folder + "/" + std::string(lock_name);
    auto file = open_or_create(files, path);
    if (!file) return fail(system_error(path, "open", file.error()));
    if (const SystemError code = (*file)->lock(); code != 0) return fail(system_error(path, "take the journal", code));
    return std::move(*file);
}

/// Zeroes from `from` to `to`, and syncs.
std::optional<Error> erase_bytes(File& file, const std::string& path, std::uint64_t from, std::uint64_t to) {
    const std::vector<std::uint8_t> zeros(static_cast<std::size_t>(to - from), 0);
    if (const SystemError code = write_fully(file, from, zeros); code != 0) return system_error(path, "cut the torn tail", code);
    if (const SystemError code = file.sync(); code != 0) return system_error(path, "sync", code);
    return std::nullopt;
}

std::optional<Error> finish_whole(FileSystem& files, const std::string& folder, File& file, const std::string& aside,
                                  const std::string& name, std::span<const std::uint8_t> content) {
    if (const SystemError code = write_fully(file, 0, content); code != 0) return system_error(aside, "write", code);
    if (const SystemError code = file.sync(); code != 0) return system_error(aside, "sync", code);
    if (const SystemError code = files.rename(aside, folder + "/" + name); code != 0) return system_error(aside, "rename", code);
    if (const SystemError code = files.sync_folder(folder); code != 0) return system_error(folder, "sync", code);
    return std::nullopt;
}

/// A file appears under its name with all of its content, or not at all.
std::optional<Error> make_whole(FileSystem& files, const std::string& folder, const std::string& name, std::uint64_t bytes,
                                std::span<const std::uint8_t> content) {
    const std::string aside = folder + "/" + name + std::string(unfinished);
    auto file = files.open(aside, Access::create);
    if (!file) return system_error(aside, "create", file.error());
    if (const SystemError code = (*file)->allocate(bytes); code != 0) return system_error(aside, "reserve room", code);
    return finish_whole(files, folder, **file, aside, name, content);
}

}  // namespace

Result<Journal> Journal::open(FileSystem& files, const std::string& folder, const Options& options, const Visit& visit) {
    Journal journal(files, folder, options);
    if (auto error = journal.take_folder()) return fail(*error);
    if (auto error = journal.remove_leftovers()) return fail(*error);
    const auto found = read_journal(files, folder, visit);
    if (!found) return fail(found.error());
    if (auto error = journal.begin(*found)) return fail(*error);
    return journal;
}

std::optional<Error> Journal::take_folder() {
    if (const SystemError code = files_->make_folder(folder_); code != 0) return system_error(folder_, "make the folder", code);
    auto lock = take(*files_, folder_);
    if (!lock) return lock.error();
    lock_ = std::move(*lock);
    return std::nullopt;
}

/// Segments that were begun and not finished hold nothing.
std::optional<Error> Journal::remove_leftovers() {
    const auto names = files_->list(folder_);
    if (!names) return system_error(folder_, "list", names.error());
    for (const std::string& name : *names) {
        if (!name.ends_with(unfinished)) continue;
        if (const SystemError code = files_->remove(path(name)); code != 0) return system_error(path(name), "remove", code);
    }
    return std::nullopt;
}

std::optional<Error> Journal::begin(const Found& found) {
    last_ = found.last;
    link_ = found.link;
    if (found.segments.empty()) {
        if (auto error = new_segment(0)) return error;
    } else {
        const Segment& segment = found.segments.back();
        segment_path_ = path(segment.name);
        segment_link_ = segment.link;
        end_ = found.end;
        segment_bytes_ = segment.version == format_version ? segment.bytes : end_;  // an older one is full
        auto file = files_->open(segment_path_, Access::write);
        if (!file) return system_error(segment_path_, "open", file.error());
        segment_ = std::move(*file);
        if (auto error = cut_tail(found)) return error;
    }
    committed_ = last_;
    committed_link_ = link_;
    return open_mark(found);
}

/// Also what was whole and never synced is on the disk afterwards: from now on it counts.
std::optional<Error> Journal::cut_tail(const Found& found) {
    cut_ = found.torn;
    if (found.torn != 0) return erase_bytes(*segment_, segment_path_, found.end, found.end + found.torn);
    if (const SystemError code = segment_->sync(); code != 0) return system_error(segment_path_, "sync", code);
    return std::nullopt;
}

std::optional<Error> Journal::open_mark(const Found& found) {
    const std::string file = path(std::string(mark_name));
    if (!found.mark && found.damaged_slots == 0) {
        // A folder that was copied without its mark, or a new one.
        const auto slot = mark_slot({last_, link_.high});
        const auto names = files_->list(folder_);
        if (!names) return system_error(folder_, "list", names.error());
        const bool there = std::find(names->begin(), names->end(), mark_name) != names->end();
        if (!there)
            if (auto error = make_whole(*files_, folder_, std::string(mark_name), mark_bytes, slot)) return error;
    }
    auto mark = files_->open(file, Access::write);
    if (!mark) return system_error(file, "open", mark.error());
    mark_ = std::move(*mark);
    for (int slot = 0; slot < 2; ++slot)
        if (auto error = write_mark()) return error;
    if (const SystemError code = mark_->sync(); code != 0) return system_error(file, "sync", code);
    return std::nullopt;
}

/// Which record the next segment begins with is not known yet, so it has no name; a start removes it like all that was not finished.
std::optional<Error> Journal::make_next(std::uint64_t bytes) {
    const std::string aside = path(std::string(next_name));
    next_.reset();
    static_cast<void>(files_->remove(aside));  // a smaller one, or what an earlier try has left
    auto file = files_->open(aside, Access::create);
    if (!file) return system_error(aside, "create", file.error());
    if (const SystemError code = (*file)->allocate(bytes); code != 0) {
        file->reset();
        static_cast<void>(files_->remove(aside));
        return system_error(aside, "reserve room", code);
    }
    next_ = std::move(*file);
    next_bytes_ = bytes;
    return std::nullopt;
}

std::optional<Error> Journal::make_room(std::uint64_t bytes, std::uint64_t beyond) {
    if (failure_) return failure_;
    const std::uint64_t room = up_to_sector(batch_head_bytes + bytes) + beyond;
    if (end_ + up_to_sector(pending_.size()) + room <= segment_bytes_) return std::nullopt;
    const std::uint64_t needed = std::max(up_to_sector(options_.segment_bytes), body_at(format_version) + up_to_sector(room));
    if (next_ != nullptr && next_bytes_ >= needed) return std::nullopt;
    return make_next(needed);
}

std::optional<Error> Journal::new_segment(std::size_t record) {
    const std::string name = segment_name(last_ + 1);
    std::uint64_t bytes = std::max(up_to_sector(options_.segment_bytes), body_at(format_version) + up_to_sector(batch_head_bytes + record));
    const auto head = segment_head({last_ + 1, link_});
    if (next_ != nullptr && next_bytes_ >= bytes) {
        bytes = next_bytes_;
        const auto file = std::move(next_);
        if (auto error = finish_whole(*files_, folder_, *file, path(std::string(next_name)), name, head)) return error;
    } else if (auto error = make_whole(*files_, folder_, name, bytes, head)) {
        return error;
    }
    auto file = files_->open(path(name), Access::write);
    if (!file) return system_error(path(name), "open", file.error());
    segment_ = std::move(*file);
    segment_path_ = path(name);
    segment_link_ = link_;
    segment_bytes_ = bytes;
    end_ = body_at(format_version);
    return std::nullopt;
}

Result<std::uint64_t> Journal::append(std::span<const std::uint8_t> payload) {
    if (failure_) return fail(*failure_);
    if (payload.size() > record_most)
        return fail(Error{folder_, "a record of " + std::to_string(payload.size()) + " bytes is too large",
                          "at most " + std::to_string(record_most) + " fit"});
    const std::size_t bytes = record_bytes(payload.size());
    if (end_ + up_to_sector(std::max(pending_.size(), batch_head_bytes) + bytes) > segment_bytes_) {
        if (auto done = commit(); !done) return done;
        if (auto error = new_segment(bytes)) return failed(*error);
    }
    if (pending_.empty()) {
        pending_.resize(batch_head_bytes);
        pending_first_ = last_ + 1;
    }
    append_record(pending_, ++last_, payload);
    appended_ += bytes;
    return last_;
}

/// What is written in one go. The journal's thread fills it; then finish() is called on one thread or another, and whoever comes later finds
/// it done.
struct Batch {
    std::once_flag once;
    std::shared_ptr<Batch> before;  // to whose last record the first of these is linked; null: link says
    Hash128 link;  // check of the record before the first of these; once it is finished, of the last
    std::shared_ptr<File> segment;
    Hash128 segment_link;
    std::uint64_t at = 0;
    std::vector<std::uint8_t> bytes;  // room for its head, and records without their checks
    std::uint64_t first = 0;
    std::uint64_t committed = 0;
    SystemError code = 0;  // of writing it, or of one before it: nothing is written behind a gap

    void finish() {
        std::call_once(once, [this] {
            if (before != nullptr) {
                before->finish();
                link = before->link;
                code = before->code;
                before.reset();
            }
            if (code != 0) return;
            link = link_records(std::span(bytes).subspan(batch_head_bytes), link);
            seal_batch(bytes, first, committed, segment_link);
            code = write_fully(*segment, at, bytes);
        });
    }
};

Result<std::uint64_t> Journal::commit() {
    auto unsynced = hand_over();
    return unsynced ? confirm(*unsynced, unsynced->wait()) : fail(unsynced.error());
}

Result<Unsynced> Journal::hand_over() {
    if (failure_) return fail(*failure_);
    Unsynced unsynced;
    unsynced.last_ = last_;
    if (committed_ == last_) return unsynced;
    if (!pending_.empty()) {
        auto batch = std::make_shared<Batch>();
        batch->before = std::move(latest_);
        batch->link = link_;
        batch->segment = segment_;
        batch->segment_link = segment_link_;
        batch->at = end_;
        batch->first = pending_first_;
        batch->committed = committed_;
        end_ += up_to_sector(pending_.size());
        batch->bytes = std::exchange(pending_, std::move(spare_));
        pending_.clear();
        latest_ = std::move(batch);
    }
    unsynced.segment_ = segment_;
    unsynced.path_ = segment_path_;
    unsynced.batch_ = latest_;
    return unsynced;
}

void Unsynced::write() const {
    if (batch_ != nullptr) batch_->finish();
}

std::optional<Error> Unsynced::wait() {
    if (segment_ == nullptr) return std::nullopt;
    write();
    if (batch_->code != 0) return system_error(path_, "write", batch_->code);
    const SystemError code = segment_->sync();
    return code == 0 ? std::nullopt : std::optional(system_error(path_, "sync", code));
}

/// What a full segment made durable on its way may be later than what was waited for.
Result<std::uint64_t> Journal::confirm(const Unsynced& unsynced, const std::optional<Error>& waited) {
    if (failure_) return fail(*failure_);
    if (waited) return failed(*waited);
    if (unsynced.last_ <= committed_) return committed_;
    committed_ = unsynced.last_;
    committed_link_ = unsynced.batch_->link;
    spare_ = std::move(unsynced.batch_->bytes);
    if (unsynced.batch_ == latest_) {
        link_ = committed_link_;
        latest_.reset();
    }
    if (auto error = write_mark()) return failed(*error);
    return committed_;
}

/// Not synced: it follows a sync, so it never says more than the disk holds.
std::optional<Error> Journal::write_mark() {
    const auto slot = mark_slot({committed_, committed_link_.high});
    const std::uint64_t at = marks_++ % 2 * mark_slot_bytes;
    if (const SystemError code = write_fully(*mark_, at, slot); code != 0) return system_error(path(std::string(mark_name)), "write", code);
    return std::nullopt;
}

// ---- truncate ------------------------------------------------------------------------------------------------------

namespace {

class Truncating {
public:
    Truncating(FileSystem& files, const std::string& folder) : files_(files), folder_(folder) {}

    Result<Truncation> run(std::uint64_t at, bool dry_run) {
        auto lock = take(files_, folder_);
        if (!lock) return fail(lock.error());
        const auto found = read_journal(files_, folder_, [](const Record&) { return std::nullopt; }, at);
        if (!found) return fail(found.error());
        if (at == 0 || found->last + 1 != at)
            return fail(Error{folder_, "there is no record " + std::to_string(at), "the last one is " + std::to_string(found->last)});
        done_.kept = found->last;
        done_.known = found->mark ? found->mark->number : 0;
        if (found->segments.empty()) return done_;
        // The segment in which the next record stands, or stood: the last one that begins at or before it.
        std::size_t in = 0;
        while (in + 1 < found->segments.size() && found->segments[in + 1].first < at) ++in;
        for (std::size_t i = in; i < found->segments.size(); ++i) done_.set_aside.push_back(path(found->segments[i].name) + ".cut");
        if (auto error = find_snapshots(at)) return fail(*error);
        if (dry_run) return done_;
        if (auto error = give_up_snapshots()) return fail(*error);
        if (auto error = copy_aside(found->segments[in].name)) return fail(*error);
        if (auto error = lower_mark({found->last, found->link.high})) return fail(*error);
        // The last first, each for certain before the next: wherever it is cut short, what is left is a journal.
        for (std::size_t i = found->segments.size() - 1; i > in; --i)
            if (auto error = move_aside(found->segments[i].name)) return fail(*error);
        if (auto error = keep_front(found->segments[in].name, *found)) return fail(*error);
        return done_;
    }

private:
    std::string path(const std::string& name) const { return folder_ + "/" + name; }

    /// Those of what is given up: a snapshot is never ahead of its journal.
    std::optional<Error> find_snapshots(std::uint64_t at) {
        const auto numbers = list_snapshots(files_, folder_);
        if (!numbers) return numbers.error();
        for (const std::uint64_t number : *numbers)
            if (number >= at) snapshots_.push_back(snapshot_name(number));
        for (const std::string& name : snapshots_) done_.set_aside.push_back(path(name) + ".cut");
        return std::nullopt;
    }
    std::optional<Error> give_up_snapshots() {
        for (const std::string& name : snapshots_)
            if (auto error = move_aside(name)) return error;
        return std::nullopt;
    }
    std::optional<Error> copy_aside(const std::string& name) {
        const auto bytes = read_whole(files_, path(name));
        if (!bytes) return bytes.error();
        const std::string aside = path(name) + ".cut";
        auto to = files_.open(aside, Access::create);
        if (!to) return system_error(aside, "create", to.error());
        if (const SystemError code = write_fully(**to, 0, *bytes); code != 0) return system_error(aside, "write", code);
        if (const SystemError code = (*to)->sync(); code != 0) return system_error(aside, "sync", code);
        return std::nullopt;
    }
    std::optional<Error> move_aside(const std::string& name) {
        if (const SystemError code = files_.rename(path(name), path(name) + ".cut"); code != 0)
            return system_error(path(name), "rename", code);
        if (const SystemError code = files_.sync_folder(folder_); code != 0) return system_error(folder_, "sync", code);
        return std::nullopt;
    }
    std::optional<Error> lower_mark(const Mark& mark) {
        const std::string file = path(std::string(mark_name));
        auto open = open_or_create(files_, file);
        if (!open) return system_error(file, "open", open.error());
        for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{mark_slot_bytes}})
            if (const SystemError code = write_fully(**open, at, mark_slot(mark)); code != 0) return system_error(file, "write", code);
        if (const SystemError code = (*open)->sync(); code != 0) return system_error(file, "sync", code);
        return std::nullopt;
    }
    /// The segment anew with what is kept of it, put in place of the old one in one step.
    std::optional<Error> keep_front(const std::string& name, const Found& found) {
        auto bytes = read_whole(files_, path(name));
        if (!bytes) return bytes.error();
        const std::size_t size = bytes->size();
        SegmentHead head;
        read_segment_head(*bytes, head);
        const std::span<const std::uint8_t> kept(bytes->data(),
                                                 static_cast<std::size_t>(std::max<std::uint64_t>(found.end, body_at(head.version))));
        std::vector<std::uint8_t> batch;
        if (found.batch != 0) batch = shortened(kept.subspan(static_cast<std::size_t>(found.batch)), head.link);
        bytes->resize(found.batch != 0 ? static_cast<std::size_t>(found.batch) : kept.size());
        bytes->insert(bytes->end(), batch.begin(), batch.end());
        static_cast<void>(files_.remove(path(name) + std::string(unfinished)));  // of a try that was cut short
        return make_whole(files_, folder_, name, size, *bytes);
    }
    /// A batch of which only some records are kept.
    static std::vector<std::uint8_t> shortened(std::span<const std::uint8_t> kept, Hash128 segment) {
        const auto head = read_batch_head(kept, segment);
        PLIM_ASSERT(head);  // it was read a moment ago, under the lock
        std::vector<std::uint8_t> batch(kept.begin(), kept.end());
        seal_batch(batch, head->first, head->committed, segment);
        return batch;
    }

    FileSystem& files_;
    const std::string& folder_;
    Truncation done_;
    std::vector<std::string> snapshots_;
};

}  // namespace

Result<Truncation> truncate_journal(FileSystem& files, const std::string& folder, std::uint64_t at, bool dry_run) {
    return Truncating(files, folder).run(at, dry_run);
}

}  // namespace plimsoll::journal
