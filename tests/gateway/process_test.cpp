// The program itself: how it starts, what it refuses to serve, how it bears bad company, how it stops.
#include "client.hpp"

#include "support/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace plimsoll::service {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

using testing::scratch;

std::vector<std::string> serving(const std::string& data, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"--data",          data,     "--params", PLIM_SOURCE_DIR "/params/venues/binance.toml",
                                          "--accounts",      "1000",   "--orders", "1000",
                                          "--segment-bytes", "1048576"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

std::uint64_t resident_bytes(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    file >> size >> resident;
    return resident * 4096;
}

/// Whoever asks next is answered.
void expect_alive(const Process& service) {
    Client client(service.port());
    EXPECT_EQ(client.ask("GET", "/readyz").status, 200) << service.log();
}

TEST(SVC_012, on_sigterm_it_answers_writes_a_snapshot_and_ends_with_0) {
    const std::string data = scratch("stop");
    std::string chain;
    {
        Process service(serving(data, {"--allow-commands"}));
        ASSERT_NE(service.port(), 0) << service.log();
        Client client(service.port());
        for (int i = 0; i < 20; ++i) EXPECT_EQ(client.ask("POST", "/v1/commands", R"({"command":"open-account"})").status, 200);
        chain = member(client.ask("GET", "/v1/venue").body, "chain");
        Client idle(service.port());
        service.send(SIGTERM);
        EXPECT_EQ(service.wait(), 0) << service.log();
        EXPECT_TRUE(idle.closed());
    }
    Process again(serving(data));
    EXPECT_EQ(member(Client(again.port()).ask("GET", "/v1/venue").body, "chain"), chain);
    EXPECT_THAT(again.log(), HasSubstr("snapshot of record 23, and 0 commands after it"));
}

TEST(SVC_012, what_was_taken_is_answered_before_it_stops) {
    Process service(serving(scratch("drain"), {"--allow-commands"}));
    ASSERT_NE(service.port(), 0);
    std::atomic<int> unanswered{0};
    std::atomic<int> answered{0};
    std::vector<std::thread> crowd;
    for (int i = 0; i < 4; ++i)
        crowd.emplace_back([&] {
            Client client(service.port());
            while (client.open()) {
                const Said said = client.ask("POST", "/v1/commands", R"({"command":"tick"})");
                // A connection that ends between two requests says so in the last answer.
                if (said.status == 0) return void(++unanswered);
                ++answered;
                if (said.head.find("Connection: close") != std::string::npos) return;
            }
        });
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    service.send(SIGTERM);
    for (std::thread& one : crowd) one.join();
    EXPECT_EQ(service.wait(), 0);
    EXPECT_GT(answered, 50);
    // One whose next request crossed the stop may find the door closed; it was not taken.
    EXPECT_LE(unanswered, 4);
}

TEST(SVC_011, it_does_not_start_where_strangers_could_come_in) {
    const auto said = [](const std::vector<std::string>& more) {
        Process service(serving(scratch("strangers"), more));
        EXPECT_EQ(service.port(), 0);
        const int code = service.wait();
        return std::to_string(code) + " " + service.log();
    };
    EXPECT_THAT(said({"--address", "0.0.0.0"}),
                HasSubstr("2 plimsolld: --address 0.0.0.0: other machines are served with keys and TLS only"));
    EXPECT_THAT(said({"--address", "0.0.0.0", "--allow-commands"}), HasSubstr("keys and TLS only"));
    const std::string keys = scratch("keys.toml");
    EXPECT_THAT(said({"--keys", keys}), HasSubstr("4 plimsolld: " + keys + ": cannot open"));
    std::ofstream(keys) << "# none\n";
    fs::permissions(keys, fs::perms::owner_all | fs::perms::group_read);
    EXPECT_THAT(said({"--keys", keys}), HasSubstr("3 plimsolld: " + keys + ": others can read or write this file; chmod 600"));
    fs::permissions(keys, fs::perms::owner_read);
    EXPECT_THAT(said({"--keys", keys, "--allow-commands"}), HasSubstr("2 plimsolld: --allow-commands"));
    EXPECT_THAT(said({"--keys", keys, "--address", "0.0.0.0"}), HasSubstr("keys and TLS only"));
    EXPECT_THAT(said({"--tls-cert", "x"}), HasSubstr("a certificate and its key go together"));
    EXPECT_THAT(said({"--tls-cert", "/nowhere", "--tls-key", "/nowhere"}), HasSubstr("/nowhere: the certificate cannot be used"));
}

TEST(SVC_011, by_default_it_is_read_only) {
    Process service(serving(scratch("read-only")));
    ASSERT_NE(service.port(), 0);
    EXPECT_EQ(Client(service.port()).ask("GET", "/v1/markets").status, 200);
    EXPECT_EQ(Client(service.port()).ask("POST", "/v1/commands", R"({"command":"open-account"})").status, 403);
}

TEST(SVC_012, a_journal_has_one_service_and_a_damaged_one_is_not_served) {
    const std::string data = scratch("locked");
    {
        Process first(serving(data));
        ASSERT_NE(first.port(), 0);
        Process second(serving(data));
        EXPECT_EQ(second.port(), 0);
        EXPECT_EQ(second.wait(), 4);
        EXPECT_THAT(second.log(), HasSubstr("another process writes this journal; stop it first"));
        expect_alive(first);
        first.send(SIGKILL);
        first.wait();
    }
    const std::string segment = data + "/journal-00000000000000000001.plj";
    std::fstream file(segment, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(200);
    file.put('!');
    file.close();
    Process third(serving(data));
    EXPECT_EQ(third.port(), 0);
    EXPECT_EQ(third.wait(), 4);
    EXPECT_THAT(third.log(), HasSubstr(segment + ", byte"));
}

TEST(SVC_007, requests_that_are_none_cost_their_sender_the_connection) {
    Process service(serving(scratch("malformed"), {"--allow-commands", "--idle-seconds", "2"}));
    ASSERT_NE(service.port(), 0);
    const std::string seq = member(Client(service.port()).ask("GET", "/v1/venue").body, "seq");
    const std::string line = "POST /v1/commands HTTP/1.1\r\nHost: x\r\n";
    const std::string tick = R"({"command":"tick"})";
    const std::string smuggled = "0\r\n\r\n";
    const std::string cases[] = {
        "\r\n\r\n\r\n",
        "HELO\r\n\r\n",
        "GET /livez HTTP/9.9\r\n\r\n",
        "GET /livez\r\n\r\n",
        std::string("GET /\0livez HTTP/1.1\r\n\r\n", 27),
        line + "Content-Length: 18\r\nContent-Length: 5\r\n\r\n" + tick,
        line + "Content-Length: -1\r\n\r\n" + tick,
        line + "Content-Length: 99999999999999999999\r\n\r\n" + tick,
        line + "Content-Length: 18\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled,
        line + "Transfer-Encoding: chunked\r\nContent-Length: 18\r\n\r\n" + smuggled,
        line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + smuggled,
        line + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        line + "Content Length: 18\r\n\r\n" + tick,
        line + std::string("X: \x01\r\n\r\n"),
        "GET / HTTP/1.1\r\n" + std::string(20'000, 'a') + ": b\r\n\r\n",
        "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    };
    for (const std::string& bytes : cases) {
        Client client(service.port(), std::chrono::seconds(8));
        client.write(bytes);
        const Said said = client.read();
        EXPECT_TRUE(said.status == 0 || said.status == 400 || said.status == 413 || said.status == 431)
            << said.status << " for " << bytes.substr(0, 60);
        EXPECT_TRUE(client.closed()) << bytes.substr(0, 60);
    }
    EXPECT_EQ(member(Client(service.port()).ask("GET", "/v1/venue").body, "seq"), seq) << "nothing was decided";
    expect_alive(service);
}

TEST(SVC_007, bodies_beyond_the_limit_are_refused_before_they_are_read) {
    Process service(serving(scratch("oversized"), {"--allow-commands"}));
    ASSERT_NE(service.port(), 0);
    Client client(service.port());
    client.write("POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n{");
    EXPECT_EQ(client.read().status, 413);
    Client chunked(service.port());
    chunked.write("POST /v1/commands HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
    for (int i = 0; i < 40; ++i)
        if (!chunked.write(chunk)) break;
    EXPECT_EQ(chunked.read().status, 413);
    // Deep and wide documents within the limit.
    for (const std::string& body :
         {std::string(900'000, '['), "[" + std::string(900'000, ','), R"({"a":")" + std::string(900'000, '\\') + "\"}"})
        EXPECT_EQ(Client(service.port()).ask("POST", "/v1/commands", body).status, 400);
    expect_alive(service);
}

TEST(SVC_007, who_sends_a_byte_now_and_then_is_let_go) {
    Process service(serving(scratch("slow"), {"--idle-seconds", "1"}));
    ASSERT_NE(service.port(), 0);
    Client slow(service.port(), std::chrono::seconds(5));
    const std::string request = "GET /v1/venue HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const auto begin = std::chrono::steady_clock::now();
    bool gone = false;
    for (std::size_t i = 0; i < request.size() && !gone; ++i) {
        gone = !slow.write(request.substr(i, 1));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(gone || slow.closed());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4)) << "bytes do not buy more time";
    expect_alive(service);
}

/// A page in a browser of this machine reaches the address too.
TEST(SVC_011, pages_from_elsewhere_may_not_ask_a_service_without_keys) {
    Process service(serving(scratch("origin"), {"--allow-commands"}));
    ASSERT_NE(service.port(), 0);
    const auto tick = [&](const std::string& origin) {
        return Client(service.port())
            .ask("POST", "/v1/commands", R"({"command":"tick"})", origin.empty() ? "" : "Origin: " + origin + "\r\n");
    };
    for (const char* origin : {"https://evil.example", "http://evil.example:8471", "null", "http://localhost.evil.example",
                               "http://127.0.0.1.evil.example:80", "http://[::1]evil.example"})
        EXPECT_EQ(member(tick(origin).body, "code"), "ORIGIN_FOREIGN") << origin;
    Client page(service.port());
    page.write("GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: https://evil.example\r\n"
               "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    EXPECT_EQ(page.read().status, 403);
    const std::string seq = member(Client(service.port()).ask("GET", "/v1/venue").body, "seq");
    for (const char* origin : {"", "http://localhost:3000", "http://127.0.0.1", "http://[::1]:5173", "https://localhost"})
        EXPECT_EQ(tick(origin).status, 200) << origin;
    EXPECT_EQ(std::stoi(member(Client(service.port()).ask("GET", "/v1/venue").body, "seq")), std::stoi(seq) + 5);
    EXPECT_EQ(Client(service.port()).ask("GET", "/v1/ws").status, 426);
}

/// curl does so with long bodies, and waits for a second otherwise.
TEST(SVC_010, who_asks_whether_to_go_on_is_told_so) {
    Process service(serving(scratch("go-on"), {"--allow-commands"}));
    ASSERT_NE(service.port(), 0);
    const std::string body = R"({"command":"tick"})";
    Client client(service.port());
    for (int i = 0; i < 2; ++i) {
        client.write("POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n");
        EXPECT_EQ(client.read().status, 100);
        client.write(body);
        EXPECT_EQ(client.read().status, 200);
    }
    client.write("POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) +
                 "\r\n\r\n" + body);
    EXPECT_EQ(client.read().status, 200) << "the body was there already";
}

TEST(SVC_008, who_follows_in_silence_is_asked_and_without_an_answer_let_go) {
    Process service(serving(scratch("silent"), {"--idle-seconds", "2"}));
    ASSERT_NE(service.port(), 0);
    const std::string upgrade = "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    const std::string ping("\x89\x00", 2);
    const std::string pong("\x8a\x80\x00\x00\x00\x00", 6);  // masked, as from a client
    Client deaf(service.port(), std::chrono::seconds(5)), answering(service.port(), std::chrono::seconds(5));
    for (Client* client : {&deaf, &answering}) {
        client->write(upgrade);
        ASSERT_EQ(client->read().status, 101);
    }
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(answering.take(ping.size()), ping) << i;
        ASSERT_TRUE(answering.write(pong));
    }
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2)) << "no more often than after half of the time";
    EXPECT_EQ(deaf.take(10), ping) << "asked once, and let go";
    EXPECT_TRUE(deaf.closed());
    EXPECT_EQ(answering.take(ping.size()), ping) << "who answers is kept";
    EXPECT_TRUE(answering.closed());
}

TEST(SVC_007, ten_thousand_idle_connections_leave_room_for_others) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit before = limit;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    const std::size_t many = std::min<std::size_t>(10'000, limit.rlim_cur - 200);
    Process service(serving(scratch("idle"), {"--connections", std::to_string(many + 10), "--idle-seconds", "60"}));
    ASSERT_NE(service.port(), 0);
    const std::uint64_t empty = resident_bytes(service.pid());
    std::vector<std::unique_ptr<Client>> idle;
    for (std::size_t i = 0; i < many; ++i) idle.push_back(std::make_unique<Client>(service.port()));
    expect_alive(service);
    const std::uint64_t full = resident_bytes(service.pid());
    EXPECT_LT(full - std::min(full, empty), many * 32'768) << "bytes a connection: " << (full - empty) / many;
    std::printf("%zu idle connections take %llu bytes each\n", many,
                static_cast<unsigned long long>((full - std::min(full, empty)) / many));
    idle.clear();
    expect_alive(service);
    setrlimit(RLIMIT_NOFILE, &before);
}

TEST(SVC_007, beyond_the_most_connections_further_ones_are_closed) {
    Process service(serving(scratch("most"), {"--connections", "20"}));
    ASSERT_NE(service.port(), 0);
    std::vector<std::unique_ptr<Client>> open;
    for (int i = 0; i < 20; ++i) {
        open.push_back(std::make_unique<Client>(service.port()));
        EXPECT_EQ(open.back()->ask("GET", "/livez").status, 200);
    }
    EXPECT_TRUE(Client(service.port(), std::chrono::seconds(3)).closed());
    EXPECT_EQ(open[7]->ask("GET", "/livez").status, 200) << "those who are there stay";
    open.clear();
    for (int i = 0; i < 50; ++i) {
        if (Client(service.port()).ask("GET", "/livez").status == 200) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "room that was given back is not used again";
}

TEST(SVC_002, requests_that_come_together_are_answered_in_their_order) {
    Process service(serving(scratch("pipelined"), {"--allow-commands"}));
    ASSERT_NE(service.port(), 0);
    Client client(service.port());
    std::string all;
    for (int i = 0; i < 50; ++i)
        all += "POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 18\r\n\r\n"
               R"({"command":"tick"})";
    ASSERT_TRUE(client.write(all));
    std::uint64_t last = 0;
    for (int i = 0; i < 50; ++i) {
        const Said said = client.read();
        ASSERT_EQ(said.status, 200);
        const std::uint64_t seq = std::stoull(member(said.body, "seq"));
        EXPECT_GT(seq, last);
        last = seq;
    }
    const Said head = client.ask("HEAD", "/v1/venue");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(client.ask("GET", "/livez").status, 200) << "an answer without a body is over where its head ends";
}

std::uint64_t seq_of(const Said& said) {
    constexpr std::string_view name = "\r\nPLIM-SEQ: ";
    const std::size_t at = said.head.find(name);
    return at == std::string::npos ? ~std::uint64_t{0} : std::stoull(said.head.substr(at + name.size()));
}

TEST(SVC_002, every_answer_says_how_far_the_venue_has_come) {
    const std::string data = scratch("seq");
    std::uint64_t last = 0;
    {
        Process service(serving(data, {"--allow-commands"}));
        ASSERT_NE(service.port(), 0);
        Client client(service.port());
        EXPECT_EQ(seq_of(client.ask("GET", "/livez")), 2u) << "its set was defined and put in force";
        for (int i = 0; i < 20; ++i) {
            const Said said = client.ask("POST", "/v1/commands", R"({"command":"tick"})");
            last = std::stoull(member(said.body, "seq"));
            EXPECT_EQ(seq_of(said), last);
        }
        const std::pair<const char*, const char*> others[] = {{"GET", "/nothing"},        {"DELETE", "/v1/venue"},
                                                              {"GET", "/v1/accounts/77"}, {"POST", "/v1/orders:check"},
                                                              {"HEAD", "/v1/venue"},      {"GET", "/metrics"}};
        for (const auto& [method, target] : others)
            EXPECT_EQ(seq_of(client.ask(method, target, std::string_view(method) == "POST" ? "{" : "")), last) << method << ' ' << target;
        Client broken(service.port());
        broken.write("NO HTTP\r\n\r\n");
        EXPECT_EQ(seq_of(broken.read()), last);
    }
    Process again(serving(data, {}));
    EXPECT_EQ(seq_of(Client(again.port()).ask("GET", "/livez")), last);
}

TEST(SVC_015, the_program_is_set_by_file_variables_and_flags) {
    const std::string data = scratch("config");
    const std::string file = data + ".toml";
    std::ofstream(file) << "data = \"" << data << "\"\nallow_commands = true\nsegment_bytes = 1048576\nbody_bytes = 300\n"
                        << "params = \"" PLIM_SOURCE_DIR "/params/venues/binance.toml\"\n";
    ASSERT_EQ(setenv("PLIMSOLLD_BODY_BYTES", "400", 1), 0);
    Process service({"--config", file});
    ASSERT_EQ(unsetenv("PLIMSOLLD_BODY_BYTES"), 0);
    ASSERT_NE(service.port(), 0) << service.log();
    Client client(service.port());
    EXPECT_EQ(client.ask("POST", "/v1/commands", R"({"command":"tick"})").status, 200);
    EXPECT_EQ(client.ask("POST", "/v1/orders:check", std::string(350, ' ')).status, 400) << "read, and found empty";
    EXPECT_EQ(client.ask("POST", "/v1/orders:check", std::string(450, ' ')).status, 413);
    const Said ready = Client(service.port()).ask("GET", "/readyz");
    EXPECT_THAT(member(ready.body, "commit_threads"),
                ::testing::AnyOf("real-time", ::testing::StartsWith("ordinary: real-time is refused")));
    service.send(SIGTERM);
    EXPECT_EQ(service.wait(), 0);
    std::ofstream(file) << "datta = \"x\"\nport = 70000\n";
    Process refused({"--config", file});
    EXPECT_EQ(refused.port(), 0);
    EXPECT_EQ(refused.wait(), 2);
    EXPECT_THAT(refused.log(), HasSubstr(file + ":1:1: unknown key 'datta'; did you mean 'data'?"));
    EXPECT_THAT(refused.log(), HasSubstr(file + ":2:8"));
}

}  // namespace
}  // namespace plimsoll::service
