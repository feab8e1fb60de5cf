// The only file that knows Boost.Beast: it takes a while to compile.
#include "plimsoll/gateway/server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <csignal>
#include <optional>

namespace plimsoll::gateway {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using node::Answer;

struct Shared {
    ServerOptions options;
    Rules rules;
    node::Core* core = nullptr;
    std::size_t connections = 0;
};

/// One connection: a request, its answer, and the next.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, Shared& shared) : stream_(std::move(socket)), shared_(shared) { ++shared_.connections; }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() { --shared_.connections; }

    void read() {
        parser_.emplace();
        parser_->body_limit(shared_.options.body_most);
        parser_->header_limit(shared_.options.head_most);
        wait_again();
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_read(error); });
    }

private:
    void wait_again() { stream_.expires_after(std::chrono::seconds(shared_.options.idle_seconds)); }

    void on_read(beast::error_code error) {
        if (error == http::error::body_limit)
            return last_answer(problem(413, "TOO_LARGE", "the body is too large", "send smaller batches"));
        if (error == http::error::header_limit)
            return last_answer(problem(431, "TOO_LARGE", "the head is too large", "send fewer headers"));
        if (error == http::error::end_of_stream || error == beast::error::timeout || error == asio::error::operation_aborted)
            return close();
        if (error && error.category() == http::make_error_code(http::error::bad_method).category())
            return last_answer(problem(400, "MALFORMED", "this is no HTTP request", error.message()));
        if (error) return close();
        const auto& message = parser_->get();
        keep_alive_ = message.keep_alive();
        head_only_ = message.method() == http::verb::head;
        Request request{std::string(message.method_string()), std::string(message.target()), message.body(),
                        std::string(message["Idempotency-Key"])};
        auto planned = plan(request, shared_.rules);
        if (auto* answer = std::get_if<Answer>(&planned)) return write(std::move(*answer));
        hand_over(std::get<Planned>(std::move(planned)));
    }

    void hand_over(Planned planned) {
        stream_.expires_never();
        node::Work work;
        work.run = std::move(planned.run);
        work.done = [self = shared_from_this()](Answer answer) {
            asio::post(self->stream_.get_executor(), [self, answer = std::move(answer)]() mutable { self->write(std::move(answer)); });
        };
        if (!shared_.core->submit(planned.lane, std::move(work)))
            write(problem(429, "RATE_LIMITED", "too much waits already", "send it again in a second; nothing was done"));
    }

    void last_answer(Answer answer) {
        keep_alive_ = false;
        write(std::move(answer));
    }

    void write(Answer answer) {
        response_ = {};
        response_.result(static_cast<unsigned>(answer.status));
        response_.set(http::field::content_type, answer.type);
        response_.set(http::field::server, "plimsolld");
        response_.set(http::field::cache_control, "no-store");
        if (answer.status == 429) response_.set(http::field::retry_after, "1");
        response_.keep_alive(keep_alive_);
        response_.content_length(answer.body.size());
        if (!head_only_) response_.body() = std::move(answer.body);
        wait_again();
        http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
            if (error || !self->keep_alive_) return self->close();
            self->read();
        });
    }

    void close() {
        beast::error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    }

    beast::tcp_stream stream_;
    Shared& shared_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
    bool keep_alive_ = false;
    bool head_only_ = false;
};

class BeastServer : public Server {
public:
    BeastServer(const ServerOptions& options, const Rules& rules, node::Core& core)
        : shared_{options, rules, &core, 0}, context_(1), acceptor_(context_), signals_(context_, SIGINT, SIGTERM) {}

    std::optional<Error> open() {
        beast::error_code error;
        const auto address = asio::ip::make_address(shared_.options.address, error);
        if (error) return Error{shared_.options.address, "this is no address", "give one like 127.0.0.1"};
        const tcp::endpoint endpoint(address, shared_.options.port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (!error) return std::nullopt;
        return Error{shared_.options.address + ":" + std::to_string(shared_.options.port), "cannot listen: " + error.message(),
                     "choose another with --listen"};
    }

    std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

    void run() override {
        signals_.async_wait([this](beast::error_code error, int) {
            if (!error) finish();
        });
        accept();
        context_.run();
    }
    void stop() override {
        asio::post(context_, [this] { finish(); });
    }

private:
    void accept() {
        acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted) return;
            if (!error && shared_.connections < shared_.options.connections_most) {
                beast::error_code ignored;
                socket.set_option(tcp::no_delay(true), ignored);
                std::make_shared<Session>(std::move(socket), shared_)->read();
            }
            accept();
        });
    }

    /// What the core took is answered before the connections go.
    void finish() {
        beast::error_code ignored;
        acceptor_.close(ignored);
        signals_.cancel(ignored);
        shared_.core->stop();
        asio::post(context_, [this] { context_.stop(); });
    }

    Shared shared_;
    asio::io_context context_;
    tcp::acceptor acceptor_;
    asio::signal_set signals_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(const ServerOptions& options, const Rules& rules, node::Core& core) {
    auto server = std::make_unique<BeastServer>(options, rules, core);
    if (auto error = server->open()) return fail(*error);
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace plimsoll::gateway
