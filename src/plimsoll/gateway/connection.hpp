// What the server's connections have in common: what they share, how the server knows them, and how work goes to the core.
#pragma once

#include "plimsoll/gateway/call.hpp"
#include "plimsoll/gateway/push.hpp"
#include "plimsoll/gateway/server.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <set>

namespace plimsoll::gateway {

/// Anything that is open, as far as the server has to know it to stop.
class Connection {
public:
    virtual ~Connection() = default;
    /// Ends it once what it waits for from the core is told.
    virtual void finish() = 0;
    /// The keys are others: who was let in once and for all has to come again.
    virtual void keys_changed() {}
    virtual void tell(const std::vector<Push>&) {}
};

struct Shared {
    ServerOptions options;
    Rules rules;
    Metrics& metrics;
    node::Core* core = nullptr;
    std::set<Connection*> connections{};
    bool finishing = false;
    std::atomic<int> followers{0};  // sockets: without any nothing is made ready for them
    boost::asio::thread_pool workers{1};   // for what takes long and needs no venue
};

/// Counts a connection for as long as it lives.
class Counted : public Connection {
public:
    explicit Counted(Shared& shared) : shared_(shared) {
        shared_.connections.insert(this);
        shared_.metrics.connected(1);
    }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() override {
        shared_.connections.erase(this);
        shared_.metrics.connected(-1);
    }

protected:
    Shared& shared_;
};

inline Answer too_busy() { return problem(429, "RATE_LIMITED", "too much waits already", "send it again in a second; nothing was done"); }

/// Hands work to the core; `say` is called with its answer on the executor.
template <class Executor, class Say>
void hand_over(Shared& shared, const Executor& executor, Planned planned, Say say) {
    const auto post = [executor, say](Answer answer) {
        boost::asio::post(executor, [say, answer = std::move(answer)]() mutable { say(std::move(answer)); });
    };
    node::Work work;
    work.run = std::move(planned.run);
    work.done = [&shared, post, after = std::move(planned.after)](Answer answer) {
        if (!after || answer.status != 200) return post(std::move(answer));
        boost::asio::post(shared.workers, [post, after, answer = std::move(answer)]() mutable { post(after(std::move(answer))); });
    };
    if (!shared.core->submit(planned.lane, std::move(work))) post(too_busy());
}

}  // namespace plimsoll::gateway
