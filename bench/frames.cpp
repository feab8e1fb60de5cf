// Frames by a socket against bytes that are only sent back: one client that keeps many messages in flight, the same sizes, turn by turn.
//   bench_frames PORT_OF_PLIMSOLLD
// The service has been started with --allow-commands, an account 0 with money and a price.
#include "plimsoll/gateway/frames.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

using namespace plimsoll;
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::size_t frames_of_a_round = 200'000;
constexpr std::size_t in_flight = 128;  // messages
constexpr int rounds = 5;

tcp::socket connected(asio::io_context& context, std::uint16_t port) {
    tcp::socket socket(context);
    socket.connect({asio::ip::make_address("127.0.0.1"), port});
    socket.set_option(tcp::no_delay(true));
    return socket;
}

std::vector<std::uint8_t> message_of(gateway::FrameOp op, const Command& command, std::size_t frames) {
    ByteSink sink;
    for (std::size_t i = 0; i < frames; ++i) gateway::write_frame(i, op, command, sink);
    return {sink.bytes().begin(), sink.bytes().end()};
}

/// Frames a second of a service.
class Service {
public:
    explicit Service(std::uint16_t port) : stream_(connected(context_, port)) {
        stream_.handshake("127.0.0.1", "/v1/ws");
        stream_.binary(true);
    }
    double run(const std::vector<std::uint8_t>& message, std::size_t frames) {
        const std::size_t messages = frames_of_a_round / frames;
        const auto begin = Clock::now();
        std::size_t sent = 0;
        std::size_t answered = 0;
        boost::beast::flat_buffer buffer;
        while (answered < messages * frames) {
            while (sent < messages && (sent - answered / frames) < in_flight) {
                stream_.write(asio::buffer(message));
                ++sent;
            }
            stream_.read(buffer);
            const auto data = buffer.data();
            const auto answers = gateway::read_frame_answers({static_cast<const std::uint8_t*>(data.data()), data.size()});
            if (!answers) std::exit(1);
            for (const auto& answer : *answers)
                if (answer.end != gateway::FrameEnd::accepted) {
                    std::fprintf(stderr, "frames: %s\n", answer.end == gateway::FrameEnd::rejected ? "rejected" : answer.text.c_str());
                    std::exit(1);
                }
            answered += answers->size();
            buffer.consume(buffer.size());
        }
        return static_cast<double>(answered) / std::chrono::duration<double>(Clock::now() - begin).count();
    }

private:
    asio::io_context context_;
    websocket::stream<tcp::socket> stream_;
};

/// Sends back as many bytes as an answer has for as many as a message has, and does nothing else.
class Echo {
public:
    Echo(std::size_t message, std::size_t answer) : acceptor_(context_, {asio::ip::make_address("127.0.0.1"), 0}) {
        thread_ = std::thread([this, message, answer] {
            tcp::socket socket = acceptor_.accept();
            socket.set_option(tcp::no_delay(true));
            std::vector<std::uint8_t> in(64 << 10);
            std::vector<std::uint8_t> out(answer * (in.size() / message + 1));
            std::size_t whole = 0;
            boost::system::error_code error;
            while (true) {
                const std::size_t got = socket.read_some(asio::buffer(in), error);
                if (error) return;
                const std::size_t before = whole / message;
                whole += got;
                const std::size_t messages = whole / message - before;
                if (messages != 0) asio::write(socket, asio::buffer(out.data(), messages * answer), error);
            }
        });
    }
    ~Echo() { thread_.join(); }
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;

    double run(const std::vector<std::uint8_t>& message, std::size_t frames, std::size_t answer) {
        asio::io_context context;
        tcp::socket socket = connected(context, acceptor_.local_endpoint().port());
        const std::size_t messages = frames_of_a_round / frames * 10;
        std::vector<std::uint8_t> in(64 << 10);
        const auto begin = Clock::now();
        std::size_t sent = 0;
        std::size_t back = 0;
        while (back < messages * answer) {
            while (sent < messages && sent - back / answer < in_flight) {
                asio::write(socket, asio::buffer(message));
                ++sent;
            }
            back += socket.read_some(asio::buffer(in));
        }
        return static_cast<double>(messages * frames) / std::chrono::duration<double>(Clock::now() - begin).count();
    }

private:
    asio::io_context context_;
    tcp::acceptor acceptor_;
    std::thread thread_;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    Service service(static_cast<std::uint16_t>(std::atoi(argv[1])));
    command::PlaceOrder order;
    order.size = Size::from_raw(500);
    order.limit = Price::from_raw(6'000'000);
    struct Case {
        const char* name;
        gateway::FrameOp op;
        Command command;
        std::size_t frames;
    };
    const Case cases[] = {{"durable command, 1 a message", gateway::FrameOp::decide, {{}, 0, command::Tick{}}, 1},
                          {"durable command, 64 a message", gateway::FrameOp::decide, {{}, 0, command::Tick{}}, 64},
                          {"check of an order, 1 a message", gateway::FrameOp::check, {{}, 0, order}, 1},
                          {"check of an order, 64 a message", gateway::FrameOp::check, {{}, 0, order}, 64}};
    constexpr std::size_t answer_frame = 46;
    for (const Case& c : cases) {
        const auto message = message_of(c.op, c.command, c.frames);
        std::vector<double> ours, ratios;
        for (int i = 0; i < rounds; ++i) {
            ours.push_back(service.run(message, c.frames));
            Echo echo(message.size(), answer_frame * c.frames);
            ratios.push_back(ours.back() / echo.run(message, c.frames, answer_frame * c.frames));
        }
        std::printf("%-32s %9.0f/s, of a raw echo of the same sizes %.2f (%.2f to %.2f)  bar 0.40\n", c.name, median(ours), median(ratios),
                    *std::min_element(ratios.begin(), ratios.end()), *std::max_element(ratios.begin(), ratios.end()));
    }
    return 0;
}
