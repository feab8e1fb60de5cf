// HTTP/1.1 and WebSocket in front of a core, plain or by TLS. One thread does all input and output.
#pragma once

#include "plimsoll/gateway/call.hpp"
#include "plimsoll/gateway/metrics.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace plimsoll::gateway {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8471;             // 0: any that is free
    std::string certificate;               // PEM files; empty: no TLS
    std::string certificate_key;
    std::size_t connections_most = 1'024;  // further ones are closed at once
    std::uint64_t body_most = 1 << 20;     // bytes, of a WebSocket message too
    std::uint32_t head_most = 16 << 10;
    std::uint32_t idle_seconds = 30;       // for a request to come in whole, and for an answer to be taken
    std::uint32_t stop_seconds = 5;        // for answers to be taken when it stops
    std::function<bool()>
        on_hangup;       // at SIGHUP, on the thread of the sockets; true: the keys are others, and WebSockets have to sign anew
};

/// One decided command, for the followers of a socket.
struct Push {
    std::uint64_t seq = 0;
    std::string json;                   // as told_json()
    std::vector<std::string> accounts;  // by name, that its events speak of
    std::vector<std::string> markets;
    bool liquidates = false;
};

class Server {
public:
    /// Listens. Errors  the address is none, or is taken; the certificate cannot be used.
    static Result<std::unique_ptr<Server>> listen(const ServerOptions& options, const Rules& rules, Metrics& metrics);
    virtual ~Server() = default;

    virtual std::uint16_t port() const = 0;
    /// Serves the core until SIGINT or SIGTERM comes, or stop() is called from another thread; then what was taken is answered, and the core
    /// is stopped.
    virtual void run(node::Core& core) = 0;
    virtual void stop() = 0;

    /// What the core tells after each batch; from its thread.
    virtual void decided(const node::Venue& venue, std::uint64_t from, std::uint64_t to) = 0;

protected:
    Server() = default;
};

}  // namespace plimsoll::gateway
