// Waits for the disk while the venue's thread goes on.
#pragma once

#include "plimsoll/journal/journal.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace plimsoll::node {

/// Asks that the calling thread run before ordinary ones, so that a busy machine does not make everyone wait for a commit. What the system says:
/// 0, or an errno.
int ask_for_real_time();

class SyncThread {
public:
    /// `begin` is called on the new thread before anything else; `done` there after each wait.
    SyncThread(std::function<void()> begin, std::function<void()> done);
    /// Waits for what was begun.
    ~SyncThread();
    SyncThread(const SyncThread&) = delete;
    SyncThread& operator=(const SyncThread&) = delete;

    /// Begins to wait. Errors  asserted: nothing is waited for.
    void begin(journal::Unsynced written);
    /// Whether what was begun is over.
    bool is_over();
    /// Blocks until what was begun is over; what the disk said.
    std::optional<Error> finish();

private:
    void run(const std::function<void()>& begin, const std::function<void()>& done);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<journal::Unsynced> written_;  // what is waited for
    std::optional<Error> said_;
    bool stopping_ = false;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace plimsoll::node
