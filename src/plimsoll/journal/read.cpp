#include "plimsoll/journal/read.hpp"

#include <algorithm>
#include <cerrno>

namespace plimsoll::journal {

namespace {

class Scanner {
public:
    Scanner(FileSystem& files, const std::string& folder, const Visit& visit, std::optional<std::uint64_t> stop_before)
        : files_(files), folder_(folder), visit_(visit), stop_before_(stop_before) {}

    Result<Found> run() {
        if (auto error = list()) return fail(*error);
        if (auto error = read_mark()) return fail(*error);
        for (std::size_t i = 0; i < found_.segments.size() && !stopped(); ++i)
            if (auto error = read_segment(i)) return fail(*error);
        if (!stopped() && found_.mark && found_.mark->number > found_.last) return fail(lost_end());
        return found_;
    }

private:
    using Bytes = std::span<const std::uint8_t>;

    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    bool stopped() const { return stop_before_ && found_.last + 1 >= *stop_before_; }

    std::optional<Error> list() {
        const auto names = files_.list(folder_);
        if (!names) return system_error(folder_, "list", names.error());
        for (const std::string& name : *names)
            if (const auto first = first_of_name(name)) found_.segments.push_back({name, *first, 0, format_version, {}});
        std::sort(found_.segments.begin(), found_.segments.end(), [](const Segment& a, const Segment& b) { return a.first < b.first; });
        return std::nullopt;
    }

    std::optional<Error> read_mark() {
        const auto names = files_.list(folder_);
        if (!names) return system_error(folder_, "list", names.error());
        if (std::find(names->begin(), names->end(), mark_name) == names->end()) return std::nullopt;
        const auto bytes = read_whole(files_, path(std::string(mark_name)));
        if (!bytes) return bytes.error();
        for (std::size_t at = 0; at + mark_slot_bytes <= std::min(bytes->size(), mark_bytes); at += mark_slot_bytes) {
            const auto slot = std::span(*bytes).subspan(at, mark_slot_bytes);
            const auto mark = read_mark_slot(slot);
            if (mark && (!found_.mark || mark->number > found_.mark->number)) found_.mark = mark;
            if (!mark && std::any_of(slot.begin(), slot.end(), [](std::uint8_t b) { return b != 0; })) ++found_.damaged_slots;
        }
        return std::nullopt;
    }

    std::optional<Error> read_segment(std::size_t index) {
        Segment& segment = found_.segments[index];
        const std::string file = path(segment.name);
        const auto bytes = read_whole(files_, file);
        if (!bytes) return bytes.error();
        segment.bytes = bytes->size();
        if (auto error = check_head(segment, file, *bytes)) return error;
        const bool last = index + 1 == found_.segments.size();
        return segment.version == 1 ? read_plain(file, *bytes, last) : read_batches(segment, file, *bytes, last);
    }

    std::optional<Error> take(const ParsedRecord& record, const std::string& file, std::size_t at) {
        if (auto error = visit_(Record{found_.last + 1, record.payload, file, at})) return error;
        ++found_.last;
        found_.link = record.check;
        found_.end = at + record.bytes;
        return check_mark(file, found_.end);
    }

    /// Version 1: records one after the other.
    std::optional<Error> read_plain(const std::string& file, Bytes bytes, bool last) {
        while (!stopped()) {
            const auto at = static_cast<std::size_t>(found_.end);
            const auto record = parse_record(bytes.subspan(at), found_.last + 1, found_.link);
            if (!record) return end_of_plain(file, bytes, at, last);
            if (auto error = take(*record, file, at)) return error;
        }
        return std::nullopt;
    }

    std::optional<Error> read_batches(const Segment& segment, const std::string& file, Bytes bytes, bool last) {
        while (!stopped()) {
            const auto at = static_cast<std::size_t>(found_.end);
            const Batch batch = parse_batch(bytes, at, segment.link);
            if (batch.bytes == 0 && written_from(bytes, at) == 0) return std::nullopt;
            const bool enough = stop_before_ && found_.last + batch.records.size() + 1 >= *stop_before_;
            if (!batch.whole && !enough && last && is_torn(bytes, at, batch, segment.link)) {
                found_.torn = written_from(bytes, at);
                return std::nullopt;
            }
            for (std::size_t i = 0; i < batch.records.size() && !stopped(); ++i)
                if (auto error = take(batch.records[i].second, file, batch.records[i].first)) return error;
            if (stopped()) found_.batch = at;
            else if (!batch.whole) return damaged(file, batch.ends);
            if (batch.whole && found_.last == batch.last) {
                found_.end = at + batch.bytes;
                found_.batch = 0;
            }
        }
        return std::nullopt;
    }

    /// The records that are good at the beginning of what should be a batch.
    struct Batch {
        std::vector<std::pair<std::size_t, ParsedRecord>> records;  // with their offsets
        std::uint64_t last = 0;   // record
        std::size_t ends = 0;     // where the good records end
        std::size_t bytes = 0;    // with what fills the last sector; 0: its head is not known
        std::uint64_t blank = 0;  // sectors that were written so
        bool whole = false;
    };
    Batch parse_batch(Bytes bytes, std::size_t at, Hash128 segment) const {
        Batch batch;
        batch.ends = at;
        batch.last = found_.last;
        const auto head = read_batch_head(bytes.subspan(at), segment);
        if (!head || head->first != found_.last + 1 || head->bytes < batch_head_bytes || head->bytes > bytes.size() - at) return batch;
        batch.bytes = static_cast<std::size_t>(std::min<std::uint64_t>(up_to_sector(head->bytes), bytes.size() - at));
        batch.blank = head->blank;
        const std::size_t end = at + static_cast<std::size_t>(head->bytes);
        Hash128 link = found_.link;
        for (batch.ends += batch_head_bytes; batch.ends < end;) {
            const auto record = parse_record(bytes.subspan(batch.ends, end - batch.ends), batch.last + 1, link);
            if (!record) return batch;
            batch.records.emplace_back(batch.ends, *record);
            batch.ends += record->bytes;
            ++batch.last;
            link = record->check;
        }
        const auto filling = bytes.subspan(end, at + batch.bytes - end);
        const bool filled = std::all_of(filling.begin(), filling.end(), [](std::uint8_t b) { return b == 0; });
        batch.whole = filled && batch.bytes == up_to_sector(head->bytes);
        return batch;
    }

    /// Whether what stands at `at` can have been on its way to the disk when the power went. Then some sector of it is as it was before, all
    /// zeros; damage leaves no such sector. And nothing was written after it by somebody who knew it to be on the disk.
    bool is_torn(Bytes bytes, std::size_t at, const Batch& batch, Hash128 segment) const {
        if (!found_.mark || found_.mark->number > found_.last) return false;
        const auto here = bytes.subspan(at, std::min(batch.bytes != 0 ? batch.bytes : sector_bytes, bytes.size() - at));
        if (blank_sectors(here) <= batch.blank) return false;
        for (std::size_t next = at + here.size(); next < bytes.size(); next += sector_bytes)
            if (const auto later = read_batch_head(bytes.subspan(next), segment); later && later->committed > found_.last) return false;
        return true;
    }

    std::optional<Error> check_head(Segment& segment, const std::string& file, Bytes bytes) {
        SegmentHead head;
        switch (read_segment_head(bytes, head)) {
            case HeadFault::none: break;
            case HeadFault::too_short: return Error{file + ", byte 0", "the file ends inside its head", restore()};
            case HeadFault::foreign: return Error{file + ", byte 0", "this is no segment of a journal", "put the file elsewhere"};
            case HeadFault::version:
                return Error{file + ", byte 8", "the segment has a version this program does not know",
                             "use a program as new as the journal"};
            case HeadFault::damaged: return Error{file + ", byte 0", "the head is damaged", restore()};
        }
        segment.version = head.version;
        segment.link = head.link;
        found_.end = body_at(head.version);
        if (bytes.size() < found_.end) return Error{file + ", byte 0", "the file ends inside its head", restore()};
        if (written_from(bytes.first(static_cast<std::size_t>(found_.end)), segment_head_bytes) != 0)
            return Error{file + ", byte " + std::to_string(segment_head_bytes), "the head is damaged", restore()};
        if (head.first == segment.first && head.first == found_.last + 1 && head.link == found_.link) return std::nullopt;
        if (head.first != segment.first)
            return Error{file, "the file holds records from " + std::to_string(head.first) + " on", "give it its own name back"};
        if (head.first > found_.last + 1)
            return Error{folder_, "records " + std::to_string(found_.last + 1) + " to " + std::to_string(head.first - 1) + " are missing",
                         "bring the segments that hold them back"};
        return Error{file + ", byte 16", "the segment does not follow the one before it", restore()};
    }

    /// How many bytes from `at` on there are up to the last one that is not zero.
    static std::uint64_t written_from(Bytes bytes, std::size_t at) {
        const auto rest = bytes.subspan(at);
        const auto last = std::find_if(rest.rbegin(), rest.rend(), [](std::uint8_t b) { return b != 0; });
        return static_cast<std::uint64_t>(rest.rend() - last);
    }

    /// Nothing that is a record stands at `at`: the end, a torn tail, or damage.
    std::optional<Error> end_of_plain(const std::string& file, Bytes bytes, std::size_t at, bool last) {
        const std::uint64_t written = written_from(bytes, at);
        if (written == 0) return std::nullopt;
        if (!last || !found_.mark || found_.mark->number > found_.last) return damaged(file, at);
        found_.torn = written;
        return std::nullopt;
    }

    Error damaged(const std::string& file, std::size_t at) const {
        const std::string number = std::to_string(found_.last + 1);
        return {file + ", byte " + std::to_string(at), "record " + number + " is damaged",
                restore() + ", or give up this record and all after it: plimsoll journal truncate --at " + number};
    }

    std::optional<Error> check_mark(const std::string& file, std::size_t at) const {
        if (!found_.mark || found_.mark->number != found_.last || found_.mark->check == found_.link.high) return std::nullopt;
        return Error{file + ", byte " + std::to_string(at),
                     "record " + std::to_string(found_.last) + " is not the one that was acknowledged",
                     "the mark belongs to another journal, or the segments do: bring back those that were written together"};
    }

    Error lost_end() const {
        return {folder_,
                "records up to " + std::to_string(found_.mark->number) + " were acknowledged, but the files end after " +
                    std::to_string(found_.last),
                restore() + ", or accept the loss: plimsoll journal truncate --at " + std::to_string(found_.last + 1)};
    }

    std::string restore() const { return "restore the file from a copy"; }

    FileSystem& files_;
    const std::string& folder_;
    const Visit& visit_;
    std::optional<std::uint64_t> stop_before_;
    Found found_;
};

}  // namespace

Result<Found> read_journal(FileSystem& files, const std::string& folder, const Visit& visit, std::optional<std::uint64_t> stop_before) {
    return Scanner(files, folder, visit, stop_before).run();
}

}  // namespace plimsoll::journal
