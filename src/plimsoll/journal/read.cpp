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
    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    bool stopped() const { return stop_before_ && found_.last + 1 >= *stop_before_; }

    std::optional<Error> list() {
        const auto names = files_.list(folder_);
        if (!names) return system_error(folder_, "list", names.error());
        for (const std::string& name : *names)
            if (const auto first = first_of_name(name)) found_.segments.push_back({name, *first, 0});
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
        std::size_t at = segment_head_bytes;
        while (!stopped()) {
            const auto rest = std::span(*bytes).subspan(at);
            const auto record = parse_record(rest, found_.last + 1, found_.link);
            if (!record) return end_of_segment(index, file, *bytes, at);
            if (auto error = visit_(Record{found_.last + 1, record->payload, file, at})) return error;
            ++found_.last;
            found_.link = record->check;
            at += record->bytes;
            found_.end = at;
            if (auto error = check_mark(file, at)) return error;
        }
        return std::nullopt;
    }

    std::optional<Error> check_head(const Segment& segment, const std::string& file, const std::vector<std::uint8_t>& bytes) {
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
        found_.end = segment_head_bytes;
        if (head.first == segment.first && head.first == found_.last + 1 && head.link == found_.link) return std::nullopt;
        if (head.first != segment.first)
            return Error{file, "the file holds records from " + std::to_string(head.first) + " on", "give it its own name back"};
        if (head.first > found_.last + 1)
            return Error{folder_, "records " + std::to_string(found_.last + 1) + " to " + std::to_string(head.first - 1) + " are missing",
                         "bring the segments that hold them back"};
        return Error{file + ", byte 16", "the segment does not follow the one before it", restore()};
    }

    /// Nothing that is a record stands at `at`: the end, a torn tail, or damage.
    std::optional<Error> end_of_segment(std::size_t index, const std::string& file, const std::vector<std::uint8_t>& bytes,
                                        std::size_t at) {
        const auto last_byte =
            std::find_if(bytes.rbegin(), bytes.rend() - static_cast<std::ptrdiff_t>(at), [](std::uint8_t b) { return b != 0; });
        const auto written = static_cast<std::size_t>(bytes.rend() - last_byte);
        if (written <= at) return std::nullopt;
        const bool may_be_torn = index + 1 == found_.segments.size() && found_.mark && found_.mark->number <= found_.last;
        if (may_be_torn) {
            found_.torn = written - at;
            return std::nullopt;
        }
        const std::string number = std::to_string(found_.last + 1);
        return Error{file + ", byte " + std::to_string(at), "record " + number + " is damaged",
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
