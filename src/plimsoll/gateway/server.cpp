// The only file that knows Boost.Beast: it takes a while to compile.
#include "plimsoll/gateway/frames.hpp"
#include "plimsoll/gateway/push.hpp"

#include "plimsoll/text/json.hpp"
#include "plimsoll/text/reader.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <deque>
#include <optional>
#include <set>

namespace plimsoll::gateway {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<beast::tcp_stream>;
using RequestParser = http::request_parser<http::string_body>;

constexpr std::string_view socket_path = "/v1/ws";
constexpr std::size_t outgoing_most = 10'000;          // messages that a slow follower may leave lying
constexpr std::size_t outgoing_bytes_most = 16 << 20;  // and their bytes
constexpr std::size_t joined_most = 64 << 10;          // bytes of frames that go out as one message
constexpr std::size_t followers_most = 256;            // subscriptions of one socket
constexpr std::uint64_t resumed_most = 10'000;         // commands told at once to one who comes back

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
    asio::thread_pool workers{1};   // for what takes long and needs no venue
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

Answer too_busy() { return problem(429, "RATE_LIMITED", "too much waits already", "send it again in a second; nothing was done"); }

/// Hands work to the core; `say` is called with its answer on the executor.
template <class Executor, class Say>
void hand_over(Shared& shared, const Executor& executor, Planned planned, Say say) {
    const auto post = [executor, say](Answer answer) {
        asio::post(executor, [say, answer = std::move(answer)]() mutable { say(std::move(answer)); });
    };
    node::Work work;
    work.run = std::move(planned.run);
    work.done = [&shared, post, after = std::move(planned.after)](Answer answer) {
        if (!after || answer.status != 200) return post(std::move(answer));
        asio::post(shared.workers, [post, after, answer = std::move(answer)]() mutable { post(after(std::move(answer))); });
    };
    if (!shared.core->submit(planned.lane, std::move(work))) post(too_busy());
}

/// The headers of a signature are looked for only where somebody looks at them.
Request request_of(const http::request<http::string_body>& message, const Rules& rules) {
    const auto header = [&](const char* name) { return std::string(message[name]); };
    Request request{std::string(message.method_string()), std::string(message.target()), message.body(), header("Idempotency-Key"), {}};
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
std::string response_of(const Answer& answer, bool keep_alive, bool head_only) {
    const auto reason = http::obsolete_reason(static_cast<http::status>(answer.status));
    std::string text;
    text.reserve(256 + answer.body.size());
    text.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ").append(reason.data(), reason.size());
    text.append("\r\nServer: plimsolld\r\nCache-Control: no-store\r\nContent-Type: ").append(answer.type);
    if (answer.status == 429) text.append("\r\nRetry-After: 1");
    if (!keep_alive) text.append("\r\nConnection: close");
    text.append("\r\nContent-Length: ").append(std::to_string(answer.body.size())).append("\r\n\r\n");
    if (!head_only) text.append(answer.body);
    return text;
}

// ---- WebSocket -----------------------------------------------------------------------------------------------------

template <class Stream>
class Socket : public Counted, public std::enable_shared_from_this<Socket<Stream>> {
public:
    Socket(Stream stream, Shared& shared, std::uint8_t scopes) : Counted(shared), stream_(std::move(stream)), scopes_(scopes) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() override {
        if (accepted_) --shared_.followers;
    }

    void accept(const http::request<http::string_body>& upgrade) {
        beast::get_lowest_layer(stream_).expires_never();
        auto timeout = websocket::stream_base::timeout::suggested(beast::role_type::server);
        timeout.idle_timeout = std::chrono::seconds(shared_.options.idle_seconds);  // half of it after the last word, a ping goes out
        stream_.set_option(timeout);
        stream_.read_message_max(shared_.options.body_most);
        stream_.async_accept(upgrade, [self = this->shared_from_this()](beast::error_code error) {
            if (error) return;
            self->accepted_ = true;
            ++self->shared_.followers;
            self->read();
        });
    }

    void finish() override {
        finishing_ = true;
        close_when_told();
    }

    void keys_changed() override { finish(); }

    void tell(const std::vector<Push>& pushes) override {
        for (const Push& push : pushes)
            for (Follower& follower : followers_)
                if (follower.wants(push)) say(push_text(follower, push));
    }

private:
    void read() {
        stream_.async_read(buffer_, [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            if (error) return self->leave();
            if (self->stream_.got_binary()) self->take_frames();
            else self->take(beast::buffers_to_string(self->buffer_.data()));
            self->buffer_.consume(self->buffer_.size());
            self->read();
        });
    }
    void leave() {
        followers_.clear();
        outgoing_.clear();
    }

    void take_frames() {
        const auto data = buffer_.data();
        const std::span message(static_cast<const std::uint8_t*>(data.data()), data.size());
        if (waiting_ >= followers_most) return say_frames(frames_busy(message).body);
        auto planned = plan_frames(scopes_, message, shared_.rules);
        if (auto* answer = std::get_if<Answer>(&planned)) return say_frames(std::move(answer->body));
        auto& work = std::get<Planned>(planned);
        if (work.question)
            if (auto answer = shared_.core->ask_now(work.run)) return say_frames(std::move(answer->body));
        const auto busy = std::make_shared<Answer>(frames_busy(message));
        ask(std::move(work), [this, busy](Answer& answer) { say_frames(std::move((answer.status == 200 ? answer : *busy).body)); });
    }

    void take(const std::string& message) {
        const auto document = text::parse_json(message, "message");
        if (!document) return complain("", {document.error()});
        const text::Value* id = document->find("id");
        const std::string name = id != nullptr && id->is(text::Kind::string) ? id->text : std::string();
        const text::Value* op = document->find("op");
        const std::string_view word = op != nullptr ? std::string_view(op->text) : std::string_view();
        if (waiting_ >= followers_most) return say(reply(name, too_busy()));
        if (word == "call") return call(*document, name);
        if (word == "subscribe") return subscribe(*document, name);
        if (word == "unsubscribe") return unsubscribe(name);
        complain(name, {{"message", "there is no op '" + text::shown(word) + "'", "call, subscribe or unsubscribe"}});
    }

    /// Any endpoint: {"op":"call","id":…,"method":…,"path":…,"body":{…},"idempotency_key":…}.
    void call(const text::Value& message, const std::string& id) {
        text::Issues issues("message");
        text::ObjectReader reader(message, "", issues);
        reader.string("op");
        reader.string("id");
        Request request;
        request.method = reader.string("method", text::Need::optional).value_or("GET");
        request.target = reader.string("path").value_or("");
        request.idempotency_key = reader.string("idempotency_key", text::Need::optional).value_or("");
        if (const text::Value* body = reader.get("body", text::Need::optional))
            request.body = text::dump_json(*body, text::Layout::compact);
        reader.finish();
        if (!issues.empty()) return complain(id, issues.errors());
        auto planned = plan_for(scopes_, request, shared_.rules);
        if (auto* answer = std::get_if<Answer>(&planned)) return say(reply(id, *answer));
        ask(std::get<Planned>(std::move(planned)), [this, id](const Answer& answer) { say(reply(id, answer)); });
    }

    void subscribe(const text::Value& message, const std::string& id) {
        std::optional<std::uint64_t> from;
        auto follower = read_follower(message, from);
        if (!follower) return complain(id, follower.error());
        if ((scopes_ >> static_cast<int>(auth::Scope::read) & 1) == 0)
            return say(reply(id, problem(403, "SCOPE_MISSING", "the key may not read", "")));
        const bool taken = std::any_of(followers_.begin(), followers_.end(), [&](const Follower& f) { return f.id == id; });
        if (taken || id.empty() || followers_.size() >= followers_most)
            return complain(
                id, {{"message", taken ? "this id follows something already" : "no id, or too many subscriptions", "choose another id"}});
        const auto past = std::make_shared<Past>();
        ask(begin_following(*follower, from, past), [this, id, past, follower = *follower](const Answer& answer) mutable {
            say(reply(id, answer));
            const auto place = std::find_if(followers_.begin(), followers_.end(), [&](const Follower& f) { return f.id == id; });
            if (place == followers_.end()) return;  // given up meanwhile
            if (answer.status != 200) return void(followers_.erase(place));
            follower.seq = past->told_to;
            for (const Push& push : past->pushes)
                if (follower.wants(push)) say(push_text(follower, push));
            *place = std::move(follower);
        });
        // Until its beginning is known it is told nothing, but its id is taken.
        followers_.push_back(std::move(*follower));
        followers_.back().seq = ~std::uint64_t{0};
    }

    /// Where a subscription begins: everything later than `told_to` is told, first what is here.
    struct Past {
        std::uint64_t told_to = 0;
        std::vector<Push> pushes;
    };

    /// The state as it is, or what came since; everything later follows.
    Planned begin_following(const Follower& follower, std::optional<std::uint64_t> from, std::shared_ptr<Past> past) {
        return {node::Lane::ordinary,
                [follower, from, past, scopes = scopes_, rules = shared_.rules](node::Venue& venue) -> Result<Answer> {
                    const std::uint64_t seq = venue.engine().seq();
                    past->told_to = from ? *from - 1 : seq;
                    if (from) return tell_past(venue, *from, past->pushes);
                    if (follower.channel == Channel::commands || follower.channel == Channel::liquidations)
                        return Answer{200, "{\"seq\":" + std::to_string(seq) + "}"};
                    const std::string kind = follower.channel == Channel::account ? "/v1/accounts/" : "/v1/markets/";
                    auto planned = plan_for(scopes, {"GET", kind + follower.name, "", "", {}}, rules);
                    if (auto* answer = std::get_if<Answer>(&planned)) return *answer;
                    return std::get<Planned>(planned).run(venue);
                },
                {}};
    }
    static Answer tell_past(const node::Venue& venue, std::uint64_t from, std::vector<Push>& past) {
        const node::Feed& feed = venue.feed();
        const std::uint64_t last = venue.engine().seq();
        if (from > last + 1 || (from <= last && (feed.empty() || from < feed.first())) || (from <= last && last - from >= resumed_most))
            return problem(410, "EVENTS_GONE", "what came since is not kept, or too much",
                           "read /v1/events, or subscribe without from_seq");
        for (std::uint64_t seq = from; seq <= last; ++seq) past.push_back(push_of(venue, feed.at(seq)));
        return {200, "{\"seq\":" + std::to_string(last) + "}"};
    }

    void unsubscribe(const std::string& id) {
        const auto gone = std::erase_if(followers_, [&](const Follower& f) { return f.id == id; });
        say(reply(id, gone != 0 ? Answer{200, "{}"} : problem(404, "NOT_FOUND", "nothing is followed under this id", "")));
    }

    template <class Then>
    void ask(Planned planned, Then then) {
        ++waiting_;
        hand_over(shared_, stream_.get_executor(), std::move(planned), [self = this->shared_from_this(), then](Answer answer) mutable {
            --self->waiting_;
            then(answer);
            self->close_when_told();
        });
    }

    static std::string reply(const std::string& id, const Answer& answer) {
        text::JsonWriter json;
        json.begin_object().key("id").string(id).key("status").number(std::int64_t{answer.status}).end_object();
        std::string text = json.take();
        const bool is_json = answer.type.find("json") != std::string::npos;
        text::JsonWriter quoted;
        if (!is_json) quoted.string(answer.body);
        text.insert(text.size() - 1, ",\"body\":" + (is_json ? answer.body : quoted.take()));
        return text;
    }
    void complain(const std::string& id, const std::vector<Error>& errors) { say(reply(id, unreadable(errors))); }

    /// A message to the other side.
    struct Message {
        std::string bytes;
        bool frames = false;
    };
    void say(std::string text) { send({std::move(text), false}); }
    void say_frames(std::string frames) { send({std::move(frames), true}); }
    void send(Message message) {
        if (closing_) return;
        outgoing_bytes_ += message.bytes.size();
        outgoing_.push_back(std::move(message));
        // A follower who does not read is let go: he comes back and resumes.
        if (outgoing_.size() > outgoing_most || outgoing_bytes_ > outgoing_bytes_most) return beast::get_lowest_layer(stream_).close();
        if (outgoing_.size() == 1) write();
    }
    void write() {
        join_frames();
        stream_.binary(outgoing_.front().frames);
        stream_.async_write(asio::buffer(outgoing_.front().bytes), [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            if (error || self->outgoing_.empty()) return self->leave();
            self->outgoing_bytes_ -= self->outgoing_.front().bytes.size();
            self->outgoing_.pop_front();
            if (!self->outgoing_.empty()) return self->write();
            self->close_when_told();
        });
    }
    /// Frames that wait one behind the other go out as one message.
    void join_frames() {
        while (outgoing_.size() > 1 && outgoing_[0].frames && outgoing_[1].frames && outgoing_[0].bytes.size() < joined_most) {
            outgoing_[0].bytes += outgoing_[1].bytes;
            outgoing_.erase(outgoing_.begin() + 1);
        }
    }
    void close_when_told() {
        if (!finishing_ || closing_ || waiting_ != 0 || !outgoing_.empty()) return;
        closing_ = true;
        stream_.async_close(websocket::close_code::going_away, [self = this->shared_from_this()](beast::error_code) {});
    }

    websocket::stream<Stream> stream_;
    std::uint8_t scopes_;
    beast::flat_buffer buffer_;
    std::deque<Message> outgoing_;
    std::size_t outgoing_bytes_ = 0;
    std::vector<Follower> followers_;
    std::size_t waiting_ = 0;
    bool accepted_ = false;
    bool finishing_ = false;
    bool closing_ = false;
};

// ---- HTTP ----------------------------------------------------------------------------------------------------------

/// One connection: a request, its answer, and the next.
template <class Stream>
class Session : public Counted, public std::enable_shared_from_this<Session<Stream>> {
public:
    Session(Stream stream, Shared& shared) : Counted(shared), stream_(std::move(stream)) {}

    void begin() {
        if constexpr (std::is_same_v<Stream, Secure>) {
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
        wait_again();
        idle_ = true;
        http::async_read(stream_, buffer_, *parser_,
                         [self = this->shared_from_this()](beast::error_code error, std::size_t) { self->on_read(error); });
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
        const auto& message = parser_->get();
        keep_alive_ = message.keep_alive();
        head_only_ = message.method() == http::verb::head;
        // Two lengths are how a request is smuggled past a proxy: whoever sends both is not understood.
        if (message.count(http::field::content_length) + message.count(http::field::transfer_encoding) > 1)
            return last_answer(
                problem(400, "MALFORMED", "the length of the body is given twice", "send Content-Length or Transfer-Encoding"));
        if (websocket::is_upgrade(message) && message.target() == socket_path) return upgrade();
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
        auto scopes = scopes_of(request_of(parser_->get(), shared_.rules), shared_.rules);
        if (auto* turned_away = std::get_if<Answer>(&scopes)) return last_answer(std::move(*turned_away));
        std::make_shared<Socket<Stream>>(std::move(stream_), shared_, std::get<std::uint8_t>(scopes))->accept(parser_->release());
    }

    void last_answer(Answer answer) {
        keep_alive_ = false;
        write(answer);
    }

    void write(const Answer& answer) {
        shared_.metrics.answered(answer.status);
        keep_alive_ = keep_alive_ && !finishing_;
        response_ = response_of(answer, keep_alive_, head_only_);
        wait_again();
        asio::async_write(stream_, asio::buffer(response_), [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            if (error) return;
            if (!self->keep_alive_ || self->finishing_) return self->close();
            self->read();
        });
    }

    void close() {
        if constexpr (std::is_same_v<Stream, Secure>) {
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
    bool finishing_ = false;
};

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
        beast::error_code error;
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
        signals_.async_wait([this](beast::error_code error, int) {
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
        beast::error_code error;
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
        hangup_.async_wait([this](beast::error_code error, int) {
            if (error) return;
            if (shared_.options.on_hangup && shared_.options.on_hangup()) {
                const std::vector<Connection*> now(shared_.connections.begin(), shared_.connections.end());
                for (Connection* connection : now) connection->keys_changed();
            }
            wait_for_hangup();
        });
    }

    void accept() {
        acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted) return;
            if (!error) welcome(std::move(socket));
            if (acceptor_.is_open()) accept();
        });
    }
    void welcome(tcp::socket socket) {
        if (shared_.connections.size() >= shared_.options.connections_most) return shared_.metrics.turned_away();
        beast::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        if (tls_) std::make_shared<Session<Secure>>(Secure(Plain(std::move(socket)), *tls_), shared_)->begin();
        else std::make_shared<Session<Plain>>(Plain(std::move(socket)), shared_)->begin();
    }

    /// Nobody new; what the core took is answered, and nobody waits for long.
    void finish() {
        if (shared_.finishing) return;
        shared_.finishing = true;
        beast::error_code ignored;
        acceptor_.close(ignored);
        signals_.cancel(ignored);
        hangup_.cancel(ignored);
        deadline_.expires_after(std::chrono::seconds(shared_.options.stop_seconds));
        deadline_.async_wait([this](beast::error_code error) {
            if (!error) context_.stop();
        });
        const std::vector<Connection*> now(shared_.connections.begin(), shared_.connections.end());
        for (Connection* connection : now) connection->finish();
        watch_for_end();
    }
    void watch_for_end() {
        if (shared_.connections.empty()) return deadline_.cancel(), void();
        const auto soon = std::make_shared<asio::steady_timer>(context_, std::chrono::milliseconds(5));
        soon->async_wait([this, soon](beast::error_code) {
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
