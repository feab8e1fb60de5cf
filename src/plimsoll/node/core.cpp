#include "plimsoll/node/core.hpp"

#include <chrono>

namespace plimsoll::node {

Core::Core(Venue venue, const CoreOptions& options, CoreEvents events)
    : venue_(std::move(venue)), options_(options), events_(std::move(events)), thread_([this] { run(); }) {}

Core::~Core() { stop(); }

bool Core::submit(Lane lane, Work work) {
    {
        const std::lock_guard lock(mutex_);
        std::deque<Work>& queue = lanes_[static_cast<std::size_t>(lane)];
        if (stopping_ || queue.size() >= options_.queue_most) return false;
        queue.push_back(std::move(work));
    }
    there_is_work_.notify_one();
    return true;
}

std::optional<Answer> Core::ask_now(const std::function<Result<Answer>(Venue&)>& question) {
    const std::unique_lock holds(holds_venue_, std::try_to_lock);
    if (!holds) return std::nullopt;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || !lanes_[0].empty() || !lanes_[1].empty()) return std::nullopt;
    }
    auto answer = question(venue_);
    return answer ? std::optional(std::move(*answer)) : std::nullopt;
}

void Core::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    there_is_work_.notify_one();
    if (thread_.joinable()) thread_.join();
}

std::size_t Core::waiting() const {
    const std::lock_guard lock(mutex_);
    return lanes_[0].size() + lanes_[1].size();
}

/// What waits, the urgent lane first, at most a batch. False: there is nothing any more, and there will be nothing.
bool Core::take(std::vector<Work>& batch) {
    std::unique_lock lock(mutex_);
    there_is_work_.wait(lock, [this] { return stopping_ || !lanes_[0].empty() || !lanes_[1].empty(); });
    for (std::deque<Work>& lane : lanes_) {
        while (!lane.empty() && batch.size() < options_.batch_most) {
            batch.push_back(std::move(lane.front()));
            lane.pop_front();
        }
    }
    return !batch.empty();
}

void Core::run() {
    std::vector<Work> batch;
    while (take(batch)) {
        if (!answer(batch)) {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            return;
        }
        batch.clear();
        if (options_.snapshot_every != 0 && venue_.since_snapshot() >= options_.snapshot_every) keep_snapshot();
    }
    keep_snapshot();
}

void Core::keep_snapshot() {
    const std::lock_guard holds(holds_venue_);
    if (const auto error = venue_.snapshot(); error && events_.notice) events_.notice(*error);
}

/// Nobody hears anything before the whole batch is on the disk, not even of what another one's command let him read.
bool Core::answer(std::vector<Work>& batch) {
    // Held until the batch is on the disk: a question sees nothing that is not.
    const std::lock_guard holds(holds_venue_);
    std::vector<Answer> answers;
    answers.reserve(batch.size());
    const std::uint64_t before = venue_.engine().seq();
    for (Work& work : batch) {
        auto answer = work.run(venue_);
        if (!answer) {
            events_.fault(answer.error());
            return false;
        }
        answers.push_back(std::move(*answer));
    }
    if (const std::uint64_t decided = venue_.engine().seq() - before; decided != 0 && !sync(decided)) return false;
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(answers[i]));
    // After the answers: who asked for the state as it is now is told what comes after it, and no less.
    if (events_.decided && venue_.engine().seq() != before) events_.decided(venue_, before + 1, venue_.engine().seq());
    return true;
}

bool Core::sync(std::uint64_t commands) {
    const auto begin = std::chrono::steady_clock::now();
    const auto committed = venue_.commit();
    if (!committed) {
        events_.fault(committed.error());
        return false;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    commands_.fetch_add(commands, std::memory_order_relaxed);
    syncs_.fetch_add(1, std::memory_order_relaxed);
    if (events_.synced) events_.synced(took.count(), commands);
    return true;
}

}  // namespace plimsoll::node
