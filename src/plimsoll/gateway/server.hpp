// HTTP/1.1 in front of a core. One thread does all input and output.
#pragma once

#include "plimsoll/gateway/routes.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace plimsoll::gateway {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8471;             // 0: any that is free
    std::size_t connections_most = 1'024;  // further ones are closed at once
    std::uint64_t body_most = 1 << 20;     // bytes
    std::uint32_t head_most = 16 << 10;
    std::uint32_t idle_seconds = 30;       // for a request to come in whole, and for an answer to be taken
};

class Server {
public:
    /// Listens. Errors  the address is none, or is taken.
    static Result<std::unique_ptr<Server>> listen(const ServerOptions& options, const Rules& rules, node::Core& core);
    virtual ~Server() = default;

    virtual std::uint16_t port() const = 0;
    /// Serves until SIGINT or SIGTERM comes, or stop() is called from another thread; then what was taken is answered.
    virtual void run() = 0;
    virtual void stop() = 0;

protected:
    Server() = default;
};

}  // namespace plimsoll::gateway
