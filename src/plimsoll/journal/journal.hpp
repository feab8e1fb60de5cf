// A journal: numbered records of bytes that are on the disk before anybody is told so. It knows nothing of what they mean.
#pragma once

#include "plimsoll/journal/read.hpp"

namespace plimsoll::journal {

struct Options {
    std::uint64_t segment_bytes = std::uint64_t{64} << 20;  // of a segment, reserved when it begins; a larger record has its own
};

struct Batch;

/// Records that were handed over and are not known to be on the disk. Whoever holds it may write them and wait for the disk on a thread of his own.
class Unsynced {
public:
    /// Links the records and hands them to the system. It may be called on any thread, once or more often, while the journal takes further
    /// records; wait() does it where nobody has.
    void write() const;
    /// write(), and waits until the disk has them. On any thread as well.
    ///
    /// Errors  the file system's; the journal is to be told by Journal::confirm().
    std::optional<Error> wait();
    std::uint64_t last() const { return last_; }

private:
    friend class Journal;
    std::shared_ptr<File> segment_;  // null: there is nothing to wait for
    std::string path_;
    std::uint64_t last_ = 0;
    std::shared_ptr<Batch> batch_;  // the last of them
};

class Journal {
public:
    /// Takes the folder for this process, reads what is there, and goes on after it. A folder that is missing is made. A torn tail is cut: it
    /// was never acknowledged.
    ///
    /// Errors  those of read_journal() and of `visit`; the folder is another process's; whatever the file system says.
    static Result<Journal> open(FileSystem& files, const std::string& folder, const Options& options, const Visit& visit);

    /// Takes a record; its number. It is not on the disk before the next commit().
    ///
    /// Errors  above record_most; and as commit(), because a full segment is synced before the next begins.
    Result<std::uint64_t> append(std::span<const std::uint8_t> payload);

    /// Makes sure that so many bytes of records can be appended without asking the file system for room, and that `beyond` of a segment is left after them: in
    /// the segment that is written, or in the next, which is then made ready. To be asked before what they record is done.
    ///
    /// Errors  the file system's reason why there is no room. Nothing is lost by it: what is appended nevertheless may fail for good, and asking again later
    ///         may find room.
    std::optional<Error> make_room(std::uint64_t bytes, std::uint64_t beyond = 0);

    /// Everything appended is on the disk. One call for many records is what makes them cheap.
    ///
    /// Errors  after the first, every call gives the same one: what the disk holds is no longer known, and only a new start finds out. What was
    ///         committed before it is there.
    Result<std::uint64_t> commit();

    /// commit() in three steps, so that the disk may be waited for elsewhere: hand_over(), wait(), confirm(), the last two in the order of the
    /// first. It is wait() that links the records and writes them: what it does, the journal's thread need not.
    ///
    /// Errors  as commit().
    Result<Unsynced> hand_over();
    /// `waited` is what wait() said.
    Result<std::uint64_t> confirm(const Unsynced& written, const std::optional<Error>& waited);

    std::uint64_t last() const { return last_; }  // appended
    std::uint64_t committed() const { return committed_; }
    std::uint64_t bytes_appended() const { return appended_; }  // since it was opened
    std::uint64_t cut() const { return cut_; }  // bytes of a torn tail that open() cut
    const std::string& folder() const { return folder_; }
    const Options& options() const { return options_; }

    Journal(Journal&&) = default;
    Journal& operator=(Journal&&) = default;

private:
    Journal(FileSystem& files, std::string folder, const Options& options)
        : files_(&files), folder_(std::move(folder)), options_(options) {}

    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    std::optional<Error> take_folder();
    std::optional<Error> remove_leftovers();
    std::optional<Error> begin(const Found& found);
    std::optional<Error> cut_tail(const Found& found);
    std::optional<Error> open_mark(const Found& found);
    std::optional<Error> new_segment(std::size_t record);
    std::optional<Error> make_next(std::uint64_t bytes);
    std::optional<Error> write_mark();
    auto failed(const Error& error) {
        failure_ = error;
        return fail(error);
    }

    FileSystem* files_;
    std::string folder_;
    Options options_;
    std::unique_ptr<File> lock_;
    std::unique_ptr<File> mark_;
    std::shared_ptr<File> segment_;
    std::string segment_path_;
    Hash128 segment_link_;  // check of the record before it
    std::uint64_t segment_bytes_ = 0;
    std::unique_ptr<File> next_;  // room for the next segment, without a name yet; null: none was made ready
    std::uint64_t next_bytes_ = 0;
    std::uint64_t end_ = 0;  // where the pending bytes go
    std::vector<std::uint8_t> pending_;  // a batch: room for its head, and records; empty: none
    std::vector<std::uint8_t> spare_;  // memory of a batch that is on the disk, for one to come
    std::uint64_t pending_first_ = 0;
    std::uint64_t last_ = 0;
    std::uint64_t appended_ = 0;
    std::shared_ptr<Batch> latest_;  // that was handed over and is not confirmed; null: none
    Hash128 link_;  // check of the last record, where none is pending or handed over
    std::uint64_t committed_ = 0;
    Hash128 committed_link_;
    std::uint64_t marks_ = 0;
    std::uint64_t cut_ = 0;
    std::optional<Error> failure_;
};

/// Gives up record `at` and everything after it, whether it can be read or not: for a command that cannot be replayed, or damage without a copy.
/// What is given up is kept beside the journal, in files ending in ".cut". What was done; a `dry_run` changes nothing.
struct Truncation {
    std::uint64_t kept = 0;  // records
    std::uint64_t known = 0;  // of those that were acknowledged; as far as is known
    std::vector<std::string> set_aside;  // files
};
Result<Truncation> truncate_journal(FileSystem& files, const std::string& folder, std::uint64_t at, bool dry_run);

}  // namespace plimsoll::journal
