// Figures of the service for Prometheus. No account is named: there are too many, and they are nobody's business.
#pragma once

#include "plimsoll/node/venue.hpp"

#include <memory>

namespace plimsoll::gateway {

class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // Of the thread of the sockets.
    void answered(int status);
    // From any thread.
    void synced(double seconds, std::uint64_t commands);
    void connected(int by);
    void turned_away();

    /// In Prometheus' text form, with the figures of the venue as it stands. On the venue's thread; `waiting` is how much work waits.
    std::string text(const node::Venue& venue, std::size_t waiting, std::uint64_t now_ms);

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace plimsoll::gateway
