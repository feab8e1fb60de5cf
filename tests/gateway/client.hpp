// The real service as a process of its own, and a client that sends bytes and reads answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::service {

/// A running plimsolld, killed at the end if it still runs.
class Process {
public:
    /// `arguments` beside --port 0. What it says on standard error is in log().
    explicit Process(const std::vector<std::string>& arguments);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    std::uint16_t port() const { return port_; }  // 0: it did not start
    int pid() const { return pid_; }
    std::string log() const;
    void send(int signal) const;
    /// Its exit code, or 128 and the signal that ended it.
    int wait();

private:
    int pid_ = -1;
    std::uint16_t port_ = 0;
    std::string log_path_;
};

struct Said {
    int status = 0;  // 0: the connection ended before an answer was whole
    std::string head;
    std::string body;
};

/// One connection.
class Client {
public:
    explicit Client(std::uint16_t port, std::chrono::milliseconds patience = std::chrono::seconds(10));
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    bool open() const { return socket_ >= 0; }
    /// False: the other side is gone.
    bool write(std::string_view bytes);
    /// The next answer by its Content-Length. Of HEAD there is no body.
    Said read(bool head_only = false);
    /// The next bytes, fewer when the connection ends before or its patience does.
    std::string take(std::size_t bytes);
    Said ask(std::string_view method, std::string_view target, std::string_view body = {}, std::string_view headers = {});
    /// Whether the other side has closed; waits for it as long as its patience lasts.
    bool closed();

private:
    bool more();
    int socket_ = -1;
    std::string buffer_;
};

/// What stands behind "key": in a text of JSON, up to the next comma or bracket, without quotes. Enough for flat answers.
std::string member(std::string_view json, std::string_view key);

}  // namespace plimsoll::service
