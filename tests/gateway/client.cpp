#include "client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace plimsoll::service {

namespace {

std::string new_log() {
    static int count = 0;
    return std::string(PLIM_BINARY_DIR) + "/service-" + std::to_string(getpid()) + "-" + std::to_string(count++) + ".log";
}

[[noreturn]] void become(const std::vector<std::string>& arguments, int out, const std::string& log) {
    const int err = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, 1);
    dup2(err, 2);
    std::vector<std::string> words = {PLIM_BINARY_DIR "/bin/plimsolld", "--port", "0"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    execv(pointers[0], pointers.data());
    _exit(127);
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments) : log_path_(new_log()) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    pid_ = fork();
    if (pid_ == 0) become(arguments, ends[1], log_path_);
    ::close(ends[1]);
    // Its first line is its address; the end of the pipe means that it did not come so far.
    std::string line;
    char c = 0;
    while (::read(ends[0], &c, 1) == 1 && c != '\n') line += c;
    ::close(ends[0]);
    if (const auto colon = line.rfind(':'); colon != std::string::npos)
        port_ = static_cast<std::uint16_t>(std::atoi(line.c_str() + colon + 1));
}

Process::~Process() {
    if (pid_ > 0) {
        send(SIGKILL);
        wait();
    }
    unlink(log_path_.c_str());
}

std::string Process::log() const {
    std::ifstream file(log_path_);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void Process::send(int signal) const { kill(pid_, signal); }

int Process::wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Client::Client(std::uint16_t port, std::chrono::milliseconds patience) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{patience.count() / 1000, patience.count() % 1000 * 1000};
    const int one = 1;
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
    ::close(socket_);
    socket_ = -1;
}

Client::~Client() {
    if (socket_ >= 0) ::close(socket_);
}

bool Client::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t done = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (done <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

bool Client::more() {
    char bytes[16384];
    const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
}

Said Client::read(bool head_only) {
    Said said;
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!more()) return {};
    said.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    const auto at = said.head.find("Content-Length: ");
    const std::size_t length = at == std::string::npos || head_only ? 0 : static_cast<std::size_t>(std::atoll(said.head.c_str() + at + 16));
    while (buffer_.size() < length)
        if (!more()) return {};
    said.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    said.status = std::atoi(said.head.c_str() + std::strlen("HTTP/1.1 "));
    return said;
}

std::string Client::take(std::size_t bytes) {
    while (buffer_.size() < bytes)
        if (!more()) break;
    std::string taken = buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
    return taken;
}

Said Client::ask(std::string_view method, std::string_view target, std::string_view body, std::string_view headers) {
    std::string text(method);
    text.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
    if (!body.empty() || method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    text.append("\r\n").append(body);
    return write(text) ? read(method == "HEAD") : Said{};
}

bool Client::closed() {
    char bytes[4096];
    for (;;) {
        const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
        if (got == 0) return true;
        if (got < 0) return errno == ECONNRESET;
    }
}

std::string member(std::string_view json, std::string_view key) {
    const std::string sought = '"' + std::string(key) + "\":";
    const auto at = json.find(sought);
    if (at == std::string_view::npos) return {};
    std::string_view rest = json.substr(at + sought.size());
    if (rest.starts_with('"')) return std::string(rest.substr(1, rest.find('"', 1) - 1));
    return std::string(rest.substr(0, rest.find_first_of(",}]")));
}

}  // namespace plimsoll::service
