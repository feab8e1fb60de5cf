#include "plimsoll/gateway/session.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>

namespace plimsoll::gateway {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

class BeastServer : public Server {
public:
    BeastServer(const ServerOptions& options, const Rules& rules, Metrics& metrics)
        : shared_{options, rules, metrics},
          context_(1),
          acceptor_(context_),
          signals_(context_, SIGINT, SIGTERM),
          hangup_(context_, SIGHUP),
          deadline_(context_) {}

    std::optional<Error> open() {
        const ServerOptions& options = shared_.options;
        if (!options.certificate.empty())
            if (auto error = open_tls()) return error;
        boost::system::error_code error;
        const auto address = asio::ip::make_address(options.address, error);
        if (error) return Error{options.address, "this is no address", "give one like 127.0.0.1"};
        const tcp::endpoint endpoint(address, options.port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (!error) return std::nullopt;
        return Error{options.address + ":" + std::to_string(options.port), "cannot listen: " + error.message(),
                     "choose another with --address or --port"};
    }

    std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

    void run(node::Core& core) override {
        shared_.core = &core;
        signals_.async_wait([this](boost::system::error_code error, int) {
            if (!error) finish();
        });
        wait_for_hangup();
        accept();
        context_.run();
        core.stop();
        shared_.workers.join();
    }
    void stop() override {
        asio::post(context_, [this] { finish(); });
    }

    void decided(const node::Venue& venue, std::uint64_t from, std::uint64_t to) override {
        if (shared_.followers.load(std::memory_order_relaxed) == 0) return;
        std::vector<Push> pushes;
        for (std::uint64_t seq = std::max(from, venue.feed().first()); seq <= to; ++seq)
            pushes.push_back(push_of(venue, venue.feed().at(seq)));
        asio::post(context_, [this, pushes = std::move(pushes)] {
            const std::vector<Connection*> now(shared_.connections.begin(), shared_.connections.end());
            for (Connection* connection : now) connection->tell(pushes);
        });
    }

private:
    std::optional<Error> open_tls() {
        const ServerOptions& options = shared_.options;
        tls_.emplace(asio::ssl::context::tls_server);
        tls_->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
        boost::system::error_code error;
        tls_->use_certificate_chain_file(options.certificate, error);
        if (error)
            return Error{options.certificate, "the certificate cannot be used: " + error.message(), "give a PEM file with the whole chain"};
        tls_->use_private_key_file(options.certificate_key, asio::ssl::context::pem, error);
        if (error)
            return Error{options.certificate_key, "the key cannot be used: " + error.message(),
                         "give the PEM file of the certificate's key"};
        return std::nullopt;
    }

    void wait_for_hangup() {
        hangup_.async_wait([this](boost::system::error_code error, int) {
            if (error) return;
            if (shared_.options.on_hangup && shared_.options.on_hangup()) {
                const std::vector<Connection*> now(shared_.connections.begin(), shared_.connections.end());
                for (Connection* connection : now) connection->keys_changed();
            }
            wait_for_hangup();
        });
    }

    void accept() {
        acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted) return;
            if (!error) welcome(std::move(socket));
            if (acceptor_.is_open()) accept();
        });
    }
    void welcome(tcp::socket socket) {
        if (shared_.connections.size() >= shared_.options.connections_most) return shared_.metrics.turned_away();
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        begin_session(std::move(socket), tls_ ? &*tls_ : nullptr, shared_);
    }

    /// Nobody new; what the core took is answered, and nobody waits for long.
    void finish() {
        if (shared_.finishing) return;
        shared_.finishing = true;
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        signals_.cancel(ignored);
        hangup_.cancel(ignored);
        deadline_.expires_after(std::chrono::seconds(shared_.options.stop_seconds));
        deadline_.async_wait([this](boost::system::error_code error) {
            if (!error) context_.stop();
        });
        const std::vector<Connection*> now(shared_.connections.begin(), shared_.connections.end());
        for (Connection* connection : now) connection->finish();
        watch_for_end();
    }
    void watch_for_end() {
        if (shared_.connections.empty()) return deadline_.cancel(), void();
        const auto soon = std::make_shared<asio::steady_timer>(context_, std::chrono::milliseconds(5));
        soon->async_wait([this, soon](boost::system::error_code) {
            if (!context_.stopped()) watch_for_end();
        });
    }

    Shared shared_;
    asio::io_context context_;
    std::optional<asio::ssl::context> tls_;
    tcp::acceptor acceptor_;
    asio::signal_set signals_;
    asio::signal_set hangup_;
    asio::steady_timer deadline_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(const ServerOptions& options, const Rules& rules, Metrics& metrics) {
    auto server = std::make_unique<BeastServer>(options, rules, metrics);
    if (auto error = server->open()) return fail(*error);
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace plimsoll::gateway
