// What the fuzz target of the socket feeds: raw bytes to the real server on a real connection.
#include "fuzz/entries.hpp"
#include "gateway/desk.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/gateway/server.hpp"
#include "plimsoll/node/core.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace plimsoll::fuzz {

namespace {

/// A venue that is served, for as long as the process lives.
class Served {
public:
    Served() {
        desk_.begin();
        desk_.rules.metrics = [](const node::Venue&) { return std::string("# none\n"); };
        gateway::ServerOptions options;
        options.port = 0;
        options.idle_seconds = 3;
        auto server = gateway::Server::listen(options, desk_.rules, metrics_);
        PLIM_ASSERT(server.has_value());
        server_ = std::move(*server);
        node::CoreEvents events{
            [](const Error&) { PLIM_ASSERT(false); }, [](const Error&) {}, [](double, std::uint64_t) {},
            [this](const node::Venue& venue, std::uint64_t from, std::uint64_t to) { server_->decided(venue, from, to); }};
        core_ = std::make_unique<node::Core>(std::move(*desk_.venue), node::CoreOptions{}, std::move(events));
        thread_ = std::thread([this] { server_->run(*core_); });
        thread_.detach();
    }
    std::uint16_t port() const { return server_->port(); }

private:
    gateway::Desk desk_;
    gateway::Metrics metrics_;
    std::unique_ptr<gateway::Server> server_;
    std::unique_ptr<node::Core> core_;
    std::thread thread_;
};

const Served& served() {
    static const Served* made = new Served;
    return *made;
}

/// A connection that does not wait for ever.
class Wire {
public:
    Wire() : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
        PLIM_ASSERT(descriptor_ >= 0);
        const timeval patience{10, 0};
        setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(served().port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        PLIM_ASSERT(connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() { close(descriptor_); }

    /// The other side may have hung up already.
    void send(std::string_view bytes) { static_cast<void>(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL)); }
    void end() { shutdown(descriptor_, SHUT_WR); }
    /// Up to a mark, or all there is until the other side ends; a silence of ten seconds is a law broken.
    std::string read(std::string_view until = {}) {
        std::string all;
        char buffer[4'096];
        while (all.size() < (std::size_t{8} << 20) && (until.empty() || all.find(until) == std::string::npos)) {
            const ssize_t got = recv(descriptor_, buffer, sizeof buffer, 0);
            if (got == 0 || (got < 0 && errno == ECONNRESET)) break;
            PLIM_ASSERT(got > 0);
            all.append(buffer, static_cast<std::size_t>(got));
        }
        return all;
    }

private:
    int descriptor_;
};

constexpr std::string_view upgrade =
    "GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

}  // namespace

void feed_socket(std::string_view input) {
    if (input.empty()) return;
    const auto how = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    {
        Wire wire;
        const bool is_websocket = (how & 1) != 0;
        if (is_websocket) {
            wire.send(upgrade);
            PLIM_ASSERT(wire.read("\r\n\r\n").starts_with("HTTP/1.1 101 "));
        }
        const std::size_t cut = (how & 2) != 0 ? input.size() / 2 : input.size();
        wire.send(input.substr(0, cut));
        wire.send(input.substr(cut));
        wire.end();
        const std::string answer = wire.read();
        if (!is_websocket) PLIM_ASSERT(answer.empty() || answer.starts_with("HTTP/1.1 "));
    }
    // Whoever comes next is served.
    Wire next;
    next.send("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    PLIM_ASSERT(next.read().starts_with("HTTP/1.1 200 "));
}

}  // namespace plimsoll::fuzz
