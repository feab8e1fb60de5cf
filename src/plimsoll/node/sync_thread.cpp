#include "plimsoll/node/sync_thread.hpp"

#include "plimsoll/base/assert.hpp"

#include <pthread.h>
#include <sched.h>

namespace plimsoll::node {

int ask_for_real_time() {
    // The lowest of the real-time priorities is above every ordinary thread. Threads that these make are ordinary again.
    sched_param parameters{};
    parameters.sched_priority = sched_get_priority_min(SCHED_FIFO);
    return pthread_setschedparam(pthread_self(), SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters);
}

SyncThread::SyncThread(std::function<void()> begin, std::function<void()> done)
    : thread_([this, begin = std::move(begin), done = std::move(done)] { run(begin, done); }) {}

SyncThread::~SyncThread() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void SyncThread::begin(journal::Unsynced written) {
    {
        const std::lock_guard lock(mutex_);
        PLIM_ASSERT(!written_);
        written_ = std::move(written);
    }
    changed_.notify_all();
}

bool SyncThread::is_over() {
    const std::lock_guard lock(mutex_);
    return !written_;
}

std::optional<Error> SyncThread::finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !written_; });
    return said_;
}

void SyncThread::run(const std::function<void()>& begin, const std::function<void()>& done) {
    begin();
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return written_ || stopping_; });
        if (!written_) return;
        journal::Unsynced waiting = *written_;
        lock.unlock();
        std::optional<Error> said = waiting.wait();
        lock.lock();
        said_ = std::move(said);
        written_.reset();
        changed_.notify_all();
        lock.unlock();
        done();
        lock.lock();
    }
}

}  // namespace plimsoll::node
