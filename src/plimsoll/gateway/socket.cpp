#include "plimsoll/gateway/socket.hpp"

#include "plimsoll/gateway/frames.hpp"
#include "plimsoll/text/json.hpp"
#include "plimsoll/text/reader.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>

namespace plimsoll::gateway {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using Clock = std::chrono::steady_clock;

constexpr std::size_t outgoing_most = 10'000;          // messages that a slow follower may leave lying
constexpr std::size_t outgoing_bytes_most = 16 << 20;  // and their bytes
constexpr std::size_t joined_most = 64 << 10;          // bytes of frames that go out as one message
constexpr std::size_t followers_most = 256;            // subscriptions of one socket
constexpr std::uint64_t resumed_most = 10'000;         // commands told at once to one who comes back

template <class Stream>
class Socket : public Counted, public std::enable_shared_from_this<Socket<Stream>> {
public:
    Socket(Stream stream, Shared& shared, const Opener& opener)
        : Counted(shared), stream_(std::move(stream)), key_(opener.key), scopes_(opener.scopes), silence_(stream_.get_executor()) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() override {
        if (accepted_) --shared_.followers;
    }

    void accept(const http::request<http::string_body>& upgrade) {
        beast::get_lowest_layer(stream_).expires_never();
        auto timeout = websocket::stream_base::timeout::suggested(beast::role_type::server);
        timeout.idle_timeout = websocket::stream_base::none();  // it would set a timer of the system at every message: watch_silence()
        timeout.keep_alive_pings = false;
        stream_.set_option(timeout);
        stream_.control_callback([this](websocket::frame_type, beast::string_view) { hear(); });
        stream_.read_message_max(shared_.options.body_most);
        stream_.async_accept(upgrade, [self = this->shared_from_this()](beast::error_code error) {
            if (error) return;
            self->accepted_ = true;
            ++self->shared_.followers;
            self->hear();
            self->watch_silence();
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
    void hear() {
        heard_ = Clock::now();
        pinged_ = false;
    }
    /// After half of the idle time without a word a ping goes out, after all of it the other side is gone.
    void watch_silence() {
        silence_.expires_at(heard_ + (pinged_ ? idle() : idle() / 2));
        silence_.async_wait([weak = this->weak_from_this()](beast::error_code error) {
            const auto self = weak.lock();
            if (!error && self != nullptr) self->on_silence();
        });
    }
    void on_silence() {
        const auto silent = Clock::now() - heard_;
        if (silent >= idle()) return beast::get_lowest_layer(stream_).close();
        if (silent >= idle() / 2 && !pinged_) {
            pinged_ = true;
            if (!closing_) stream_.async_ping({}, [self = this->shared_from_this()](beast::error_code) {});
        }
        watch_silence();
    }
    Clock::duration idle() const { return std::chrono::seconds(shared_.options.idle_seconds); }

    void read() {
        stream_.async_read(buffer_, [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            if (error) return self->leave();
            self->hear();
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
        request.signature.key = key_;
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

    std::string reply(const std::string& id, const Answer& answer) const {
        text::JsonWriter json;
        json.begin_object().key("id").string(id).key("status").number(std::int64_t{answer.status});
        json.key("seq").number(std::to_string(shared_.core->seq())).end_object();
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
    std::string key_;  // of who opened it
    std::uint8_t scopes_;
    asio::steady_timer silence_;
    Clock::time_point heard_;  // when the last word came
    bool pinged_ = false;  // since then
    beast::flat_buffer buffer_;
    std::deque<Message> outgoing_;
    std::size_t outgoing_bytes_ = 0;
    std::vector<Follower> followers_;
    std::size_t waiting_ = 0;
    bool accepted_ = false;
    bool finishing_ = false;
    bool closing_ = false;
};

}  // namespace

template <class Stream>
void accept_socket(Stream stream, Shared& shared, const Opener& opener, const http::request<http::string_body>& upgrade) {
    std::make_shared<Socket<Stream>>(std::move(stream), shared, opener)->accept(upgrade);
}
template void accept_socket(PlainStream, Shared&, const Opener&, const http::request<http::string_body>&);
template void accept_socket(SecureStream, Shared&, const Opener&, const http::request<http::string_body>&);

}  // namespace plimsoll::gateway
