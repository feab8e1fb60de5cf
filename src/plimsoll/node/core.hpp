// The thread that owns a venue. Others hand it work; what was asked in one go is synced in one go, and answered only then. While the disk is
// waited for, what came meanwhile is decided already.
#pragma once

#include "plimsoll/node/sync_thread.hpp"
#include "plimsoll/node/venue.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace plimsoll::node {

/// Which work waits for which. What lowers risk, moves prices or lets time pass is never behind a crowd that opens positions.
enum class Lane : std::uint8_t { urgent, ordinary };

/// An answer, as the edge will send it.
struct Answer {
    int status = 200;
    std::string body;
    std::string type = "application/json";
};

struct Work {
    std::function<Result<Answer>(Venue&)> run;  // on the venue's thread; its error is the journal's, and ends the service
    std::function<void(Answer)> done;  // on the venue's thread, once everything before it is on the disk
};

struct CoreOptions {
    std::size_t queue_most = 4'096;  // of each lane
    std::size_t batch_most = 512;  // pieces of work between two syncs
    bool real_time = false;  // its threads ask to run before ordinary ones
    std::uint64_t snapshot_every = 0;  // records after which a snapshot is written while the venue goes on; 0: only at the stop
};

/// What the core tells its owner, on the venue's thread.
struct CoreEvents {
    std::function<void(const Error&)> fault;  // once: the journal failed, and nothing is answered after it
    std::function<void(const Error&)> notice;  // a snapshot could not be written; the journal is as good as before
    std::function<void(double seconds, std::uint64_t commands)> synced;  // how long a sync took, and for how many commands
    std::function<void(const Venue&, std::uint64_t from, std::uint64_t to)>
        decided;  // commands of these numbers are on the disk and answered
};

class Core {
public:
    Core(Venue venue, const CoreOptions& options, CoreEvents events);
    /// As stop().
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    /// False: the lane is full, or the core stops. The work is then not taken.
    bool submit(Lane lane, Work work);
    /// Answers a question here and now, when nothing waits and nothing is being decided: the caller's thread holds the venue meanwhile. It must
    /// change nothing. Absent: hand it in like other work.
    std::optional<Answer> ask_now(const std::function<Result<Answer>(Venue&)>& question);
    /// Answers what was taken, syncs, writes a snapshot, and ends the thread.
    void stop();

    /// 0: its threads run before ordinary ones; otherwise the errno of being refused, or -1 when nobody asked.
    int real_time() const { return real_time_.load(std::memory_order_relaxed); }
    /// Of the latest command whose answer may be told.
    std::uint64_t seq() const { return seq_.load(std::memory_order_relaxed); }
    std::uint64_t commands() const { return commands_.load(std::memory_order_relaxed); }
    std::uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }
    std::size_t waiting() const;

private:
    /// What was decided together, and waits for the disk to be told.
    struct Batch {
        std::vector<Work> works;
        std::vector<Answer> answers;
        std::uint64_t before = 0;  // sequence numbers
        std::uint64_t after = 0;
        journal::Unsynced written;
        std::chrono::steady_clock::time_point began;  // of the sync

        std::uint64_t commands() const { return after - before; }
    };

    void run();
    void run_batches();
    /// What waits: of the urgent lane, and after it of the ordinary one.
    struct Taken {
        std::deque<Work> urgent;
        std::deque<Work> ordinary;
    };
    bool take(Taken& taken);
    std::deque<Work> take_urgent();
    bool decide(Batch& batch, Taken taken);
    bool decide(Batch& batch, Work work);
    bool sync(Batch batch);
    bool finish_flight();
    bool tell(Batch& batch, const std::optional<Error>& waited);
    void count_unsynced(int change);
    bool failed(const Error& error);
    bool snapshot_if_due();
    void begin_snapshot();
    void end_snapshot();
    bool snapshot_is_over();

    Venue venue_;
    std::mutex holds_venue_;  // whoever looks at the venue; never taken while mutex_ is held
    CoreOptions options_;
    CoreEvents events_;
    mutable std::mutex mutex_;
    std::condition_variable there_is_work_;
    std::deque<Work> lanes_[2];
    bool stopping_ = false;
    int unsynced_ = 0;  // batches whose commands are decided and may not be seen yet
    bool landed_ = false;  // the disk may have spoken on what is in flight
    std::optional<Batch> flight_;  // whose disk is waited for elsewhere; of the venue's thread
    Picture picture_;  // the latest: while snapshot_thread_ writes it, that thread's
    std::optional<Error> snapshot_fault_;  // likewise
    bool snapshot_over_ = false;  // it has been written, or not
    std::thread snapshot_thread_;
    std::atomic<int> real_time_{-1};
    std::atomic<std::uint64_t> seq_{0};
    std::atomic<std::uint64_t> commands_{0};
    std::atomic<std::uint64_t> syncs_{0};
    std::optional<SyncThread> sync_thread_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace plimsoll::node
