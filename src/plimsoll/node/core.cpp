#include "plimsoll/node/core.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace plimsoll::node {

Core::Core(Venue venue, const CoreOptions& options, CoreEvents events)
    : venue_(std::move(venue)), options_(options), events_(std::move(events)) {
    seq_ = venue_.engine().seq();
    sync_thread_.emplace(
        [real_time = options.real_time] {
            if (real_time) ask_for_real_time();
        },
        [this] {
            {
                const std::lock_guard lock(mutex_);
                landed_ = true;
            }
            there_is_work_.notify_one();
        });
    thread_ = std::thread([this] { run(); });
}

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
        if (stopping_ || unsynced_ != 0 || !lanes_[0].empty() || !lanes_[1].empty()) return std::nullopt;
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

namespace {

std::deque<Work> take_from(std::deque<Work>& lane, std::size_t most) {
    if (lane.size() <= most) return std::exchange(lane, {});
    const auto end = lane.begin() + static_cast<std::ptrdiff_t>(most);
    std::deque<Work> works(std::make_move_iterator(lane.begin()), std::make_move_iterator(end));
    lane.erase(lane.begin(), end);
    return works;
}

}  // namespace

/// What waits, the urgent lane first, at most a batch; nothing, when the disk has spoken before anything came. False: there is nothing any more,
/// and there will be nothing.
bool Core::take(Taken& taken) {
    std::unique_lock lock(mutex_);
    there_is_work_.wait(lock, [this] { return stopping_ || landed_ || !lanes_[0].empty() || !lanes_[1].empty(); });
    landed_ = false;
    taken.urgent = take_from(lanes_[0], options_.batch_most);
    taken.ordinary = take_from(lanes_[1], options_.batch_most - taken.urgent.size());
    return !taken.urgent.empty() || !taken.ordinary.empty() || flight_ || !stopping_;
}

std::deque<Work> Core::take_urgent() {
    const std::lock_guard lock(mutex_);
    return take_from(lanes_[0], options_.batch_most);
}

void Core::count_unsynced(int change) {
    const std::lock_guard lock(mutex_);
    unsynced_ += change;
}

bool Core::failed(const Error& error) {
    events_.fault(error);
    return false;
}

void Core::run() {
    if (options_.real_time) real_time_ = ask_for_real_time();
    run_batches();
    end_snapshot();
    const std::lock_guard lock(mutex_);
    stopping_ = true;
}

void Core::run_batches() {
    Batch batch;
    Taken taken;
    while (take(taken)) {
        const bool decided = !taken.urgent.empty() || !taken.ordinary.empty();
        if (decided && !decide(batch, std::exchange(taken, {}))) return;
        // While the disk still has the one before, its bytes are written here; where the venue is the slower one, it need not.
        if (flight_ && !sync_thread_->is_over()) batch.written.write();
        // In their order: what was decided before is told before.
        if (!finish_flight()) return;
        if (decided && !sync(std::move(batch))) return;
        batch = {};
        if (!snapshot_if_due()) return;
    }
    end_snapshot();
    if (venue_.since_snapshot() != 0) begin_snapshot();
}

/// One at a time. After one that failed as many records go by as after one that was written.
bool Core::snapshot_if_due() {
    if (snapshot_is_over()) end_snapshot();
    const std::uint64_t since = std::min(venue_.since_snapshot(), venue_.journal().last() - picture_.record());
    if (options_.snapshot_every == 0 || snapshot_thread_.joinable() || since < options_.snapshot_every) return true;
    if (!finish_flight()) return false;
    begin_snapshot();
    return true;
}

/// The venue waits while it is copied into memory, and no longer.
void Core::begin_snapshot() {
    {
        const std::lock_guard holds(holds_venue_);
        auto taken = venue_.take_picture(std::move(picture_));
        if (!taken) {
            if (events_.notice) events_.notice(taken.error());
            return;
        }
        picture_ = std::move(*taken);
    }
    snapshot_thread_ = std::thread([this] {
        snapshot_fault_ = picture_.write();
        const std::lock_guard lock(mutex_);
        snapshot_over_ = landed_ = true;
        there_is_work_.notify_one();
    });
}

bool Core::snapshot_is_over() {
    const std::lock_guard lock(mutex_);
    return snapshot_over_;
}

/// Waits for the one that is being written, if any.
void Core::end_snapshot() {
    if (!snapshot_thread_.joinable()) return;
    snapshot_thread_.join();
    {
        const std::lock_guard lock(mutex_);
        snapshot_over_ = false;
    }
    if (!snapshot_fault_) venue_.kept(picture_);
    else if (events_.notice) events_.notice(*snapshot_fault_);
}

/// Nobody hears anything of it before it is on the disk, not even of what another one's command let him read.
bool Core::decide(Batch& batch, Taken taken) {
    const std::lock_guard holds(holds_venue_);
    batch.before = venue_.engine().seq();
    for (Work& work : taken.urgent)
        if (!decide(batch, std::move(work))) return false;
    for (Work& work : taken.ordinary) {
        // What is urgent and came meanwhile goes before the next of the crowd; a crowd of urgent ones does not keep the disk waiting for ever.
        if (batch.works.size() < 2 * options_.batch_most)
            for (Work& urgent : take_urgent())
                if (!decide(batch, std::move(urgent))) return false;
        if (!decide(batch, std::move(work))) return false;
    }
    batch.after = venue_.engine().seq();
    if (batch.commands() == 0) return true;
    auto written = venue_.hand_over();
    if (!written) return failed(written.error());
    batch.written = std::move(*written);
    count_unsynced(1);  // while the venue is still held: a question sees nothing that is not on the disk
    return true;
}

bool Core::decide(Batch& batch, Work work) {
    auto answer = work.run(venue_);
    if (!answer) return failed(answer.error());
    batch.works.push_back(std::move(work));
    batch.answers.push_back(std::move(*answer));
    return true;
}

/// The disk is waited for here when nobody else waits, so that a lone sender is told as soon as can be; otherwise elsewhere.
bool Core::sync(Batch batch) {
    batch.began = std::chrono::steady_clock::now();
    if (batch.commands() == 0) return tell(batch, std::nullopt);
    if (waiting() == 0) return tell(batch, batch.written.wait());
    sync_thread_->begin(batch.written);
    flight_ = std::move(batch);
    return true;
}

bool Core::finish_flight() {
    if (!flight_) return true;
    const std::optional<Error> waited = sync_thread_->finish();
    Batch batch = std::move(*flight_);
    flight_.reset();
    return tell(batch, waited);
}

bool Core::tell(Batch& batch, const std::optional<Error>& waited) {
    if (batch.commands() != 0) {
        const auto confirmed = venue_.confirm(batch.written, waited);
        if (!confirmed) return failed(confirmed.error());
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - batch.began;
        commands_.fetch_add(batch.commands(), std::memory_order_relaxed);
        syncs_.fetch_add(1, std::memory_order_relaxed);
        seq_.store(batch.after, std::memory_order_relaxed);
        count_unsynced(-1);
        if (events_.synced) events_.synced(took.count(), batch.commands());
    }
    for (std::size_t i = 0; i < batch.works.size(); ++i) batch.works[i].done(std::move(batch.answers[i]));
    // After the answers: who asked for the state as it is now is told what comes after it, and no less.
    if (events_.decided && batch.commands() != 0) events_.decided(venue_, batch.before + 1, batch.after);
    return true;
}

}  // namespace plimsoll::node
