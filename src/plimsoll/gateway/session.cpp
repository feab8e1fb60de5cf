#include "plimsoll/gateway/session.hpp"

#include "plimsoll/gateway/socket.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace plimsoll::gateway {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using RequestParser = http::request_parser<http::string_body>;

constexpr std::string_view socket_path = "/v1/ws";
constexpr std::size_t read_most = 64 << 10;   // bytes of a body taken from the socket in one go
constexpr std::size_t kept_most = 4 << 10;    // bytes of room that a connection keeps between its requests

/// Whether a browser asks on behalf of a page that is not of this machine. Where nobody signs, reaching the address is all it takes, and a page can.
bool is_foreign(std::string_view origin, std::string_view own_address) {
    if (origin.empty()) return false;
    const auto scheme = origin.find("://");
    std::string_view host = scheme == std::string_view::npos ? origin : origin.substr(scheme + 3);
    const auto port = host.rfind(':');
    if (port != std::string_view::npos && host.find(']', port) == std::string_view::npos) host = host.substr(0, port);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return host != "localhost" && host != "127.0.0.1" && host != "::1" && host != own_address;
}

/// Takes the body out of the message. The headers of a signature are looked for only where somebody looks at them.
Request request_of(http::request<http::string_body>& message, const Rules& rules) {
    const auto header = [&](const char* name) { return std::string(message[name]); };
    Request request{
        std::string(message.method_string()), std::string(message.target()), std::move(message.body()), header("Idempotency-Key"), {}};
    if (rules.gate != nullptr)
        request.signature = {header("PLIM-API-KEY"),
                             header("PLIM-TIMESTAMP"),
                             header("PLIM-RECV-WINDOW"),
                             header("PLIM-NONCE"),
                             header("PLIM-SIGN"),
                             {},
                             {},
                             {}};
    return request;
}

/// An answer as it goes out, head and body in one piece: one write, and no buffers to walk.
std::string response_of(const Answer& answer, std::uint64_t seq, bool keep_alive, bool head_only) {
    const auto reason = http::obsolete_reason(static_cast<http::status>(answer.status));
    std::string text;
    text.reserve(256 + answer.body.size());
    text.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ").append(reason.data(), reason.size());
    text.append("\r\nServer: plimsolld\r\nCache-Control: no-store\r\nContent-Type: ").append(answer.type);
    text.append("\r\nPLIM-SEQ: ").append(std::to_string(seq));
    if (answer.status == 429) text.append("\r\nRetry-After: 1");
    if (!keep_alive) text.append("\r\nConnection: close");
    text.append("\r\nContent-Length: ").append(std::to_string(answer.body.size())).append("\r\n\r\n");
    if (!head_only) text.append(answer.body);
    return text;
}

/// One connection: a request, its answer, and the next.
template <class Stream>
class Session : public Counted, public std::enable_shared_from_this<Session<Stream>> {
public:
    Session(Stream stream, Shared& shared) : Counted(shared), stream_(std::move(stream)) {}

    void begin() {
        if constexpr (std::is_same_v<Stream, SecureStream>) {
            wait_again();
            stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](beast::error_code error) {
                if (!error) self->read();
            });
        } else {
            read();
        }
    }

    void finish() override {
        finishing_ = true;
        if (idle_) beast::get_lowest_layer(stream_).close();
    }

private:
    void wait_again() { beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(shared_.options.idle_seconds)); }

    void read() {
        parser_.emplace();
        parser_->body_limit(shared_.options.body_most);
        parser_->header_limit(shared_.options.head_most);
        parser_->eager(true);
        if (buffer_.size() == 0 && buffer_.capacity() > kept_most) buffer_ = beast::flat_buffer();
        wait_again();
        idle_ = true;
        told_to_go_on_ = false;
        read_some();
    }

    /// Left to itself the library takes 512 bytes at a time from the socket. Most requests are no longer; who announces more gets room for it.
    void read_some() {
        http::async_read_some(stream_, buffer_, *parser_, [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            if (error || self->parser_->is_done()) return self->on_read(error);
            if (self->parser_->is_header_done() && self->is_asked_to_go_on()) return self->say_go_on();
            if (self->parser_->is_header_done())
                self->buffer_.reserve(std::min<std::size_t>(self->parser_->content_length_remaining().value_or(read_most), read_most));
            self->read_some();
        });
    }

    /// Some senders of long bodies wait for a word before they go on.
    bool is_asked_to_go_on() {
        const bool asked = !told_to_go_on_ && beast::iequals(parser_->get()[http::field::expect], "100-continue");
        told_to_go_on_ = told_to_go_on_ || asked;
        return asked;
    }
    void say_go_on() {
        static constexpr std::string_view word = "HTTP/1.1 100 Continue\r\n\r\n";
        asio::async_write(stream_, asio::buffer(word), [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            if (!error) self->read_some();
        });
    }

    void on_read(beast::error_code error) {
        idle_ = false;
        if (error == http::error::body_limit)
            return last_answer(problem(413, "TOO_LARGE", "the body is too large", "send smaller batches"));
        if (error == http::error::header_limit)
            return last_answer(problem(431, "TOO_LARGE", "the head is too large", "send fewer headers"));
        if (error == http::error::end_of_stream || error == http::error::partial_message) return close();
        if (error && error.category() == http::make_error_code(http::error::bad_method).category())
            return last_answer(problem(400, "MALFORMED", "this is no HTTP request", error.message()));
        if (error) return;  // too slow, or gone
        auto& message = parser_->get();
        keep_alive_ = message.keep_alive();
        head_only_ = message.method() == http::verb::head;
        // Two lengths are how a request is smuggled past a proxy: whoever sends both is not understood.
        if (message.count(http::field::content_length) + message.count(http::field::transfer_encoding) > 1)
            return last_answer(
                problem(400, "MALFORMED", "the length of the body is given twice", "send Content-Length or Transfer-Encoding"));
        if (shared_.rules.gate == nullptr && is_foreign(message[http::field::origin], shared_.options.address))
            return last_answer(problem(403, "ORIGIN_FOREIGN", "a page from elsewhere may not ask a service without keys",
                                       "give the service keys, or ask from a program or a page of this machine"));
        if (websocket::is_upgrade(message) && message.target() == socket_path) return upgrade();
        if (message.target() == socket_path)
            return last_answer(
                problem(426, "UPGRADE_REQUIRED", "this is a WebSocket", "docs/reference/websocket.md says how it is opened"));
        auto planned = plan(request_of(message, shared_.rules), shared_.rules);
        if (auto* answer = std::get_if<Answer>(&planned)) return write(*answer);
        const auto& work = std::get<Planned>(planned);
        if (work.question)
            if (auto answer = shared_.core->ask_now(work.run)) return write(*answer);
        beast::get_lowest_layer(stream_).expires_never();
        hand_over(shared_, stream_.get_executor(), std::get<Planned>(std::move(planned)),
                  [self = this->shared_from_this()](Answer answer) { self->write(answer); });
    }

    void upgrade() {
        const Request request = request_of(parser_->get(), shared_.rules);
        auto scopes = scopes_of(request, shared_.rules);
        if (auto* turned_away = std::get_if<Answer>(&scopes)) return last_answer(std::move(*turned_away));
        accept_socket(std::move(stream_), shared_, {request.signature.key, std::get<std::uint8_t>(scopes)}, parser_->release());
    }

    void last_answer(Answer answer) {
        keep_alive_ = false;
        write(answer);
    }

    void write(const Answer& answer) {
        shared_.metrics.answered(answer.status);
        keep_alive_ = keep_alive_ && !finishing_;
        response_ = response_of(answer, shared_.core->seq(), keep_alive_, head_only_);
        wait_again();
        asio::async_write(stream_, asio::buffer(response_), [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            if (error) return;
            if (!self->keep_alive_ || self->finishing_) return self->close();
            self->read();
        });
    }

    void close() {
        if constexpr (std::is_same_v<Stream, SecureStream>) {
            wait_again();
            stream_.async_shutdown([self = this->shared_from_this()](beast::error_code) {});
        } else {
            beast::error_code ignored;
            stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        }
    }

    Stream stream_;
    beast::flat_buffer buffer_;
    std::optional<RequestParser> parser_;
    std::string response_;
    bool keep_alive_ = false;
    bool head_only_ = false;
    bool idle_ = false;
    bool told_to_go_on_ = false;  // with this request
    bool finishing_ = false;
};

}  // namespace

void begin_session(tcp::socket socket, asio::ssl::context* tls, Shared& shared) {
    PlainStream plain(std::move(socket));
    if (tls != nullptr) std::make_shared<Session<SecureStream>>(SecureStream(std::move(plain), *tls), shared)->begin();
    else std::make_shared<Session<PlainStream>>(std::move(plain), shared)->begin();
}

}  // namespace plimsoll::gateway
