#include "plimsoll/cli/console.hpp"

#include "plimsoll/text/source.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace plimsoll::cli {

namespace {
int output_fault = 0;  // errno of the first write to standard output that failed: a later one would forget why
}

void Console::print(std::string_view text) const {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() && output_fault == 0) output_fault = errno;
}

bool Console::flush() const {
    if (std::fflush(stdout) != 0 && output_fault == 0) output_fault = errno;
    return output_fault == 0;
}

void Console::say(std::string_view line) const {
    if (!quiet) complain(line);
}

void Console::complain(std::string_view line) const {
    flush();
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fputc('\n', stderr);
}

void Console::complain(const std::vector<Error>& errors) const {
    for (const Error& error : errors) complain(error);
}

std::string Console::wrapped(const char* code, std::string_view text) const {
    if (!color) return std::string(text);
    return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}
std::string Console::bold(std::string_view text) const { return wrapped("1", text); }
std::string Console::green(std::string_view text) const { return wrapped("32", text); }
std::string Console::red(std::string_view text) const { return wrapped("31", text); }
std::string Console::dim(std::string_view text) const { return wrapped("2", text); }

Console make_console(bool json, bool quiet, Color color) {
    Console console;
    console.json = json;
    console.quiet = quiet;
    console.terminal = isatty(STDERR_FILENO) != 0;
    const char* no_color = std::getenv("NO_COLOR");
    const bool wanted =
        color == Color::always || (color == Color::automatic && isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == 0));
    console.color = wanted && !json;
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) console.width = std::min<int>(size.ws_col, 160);
    return console;
}

Exit refused(const Console& console, const Error& error) { return refused(console, std::vector{error}); }

Exit refused(const Console& console, const std::vector<Error>& errors) {
    console.complain(errors);
    return errors.front().what.starts_with("cannot ") ? Exit::io : Exit::bad_input;
}

Exit finish_output(Exit exit) {
    if (Console().flush()) return exit;
    if (output_fault != EPIPE) std::fprintf(stderr, "standard output: cannot be written: %s\n", std::strerror(output_fault));
    return Exit::io;
}

std::string display_name(const std::string& path) { return path == "-" ? "stdin" : path; }

Result<std::string> read_file(const std::string& path) {
    std::error_code code;
    if (path != "-" && std::filesystem::is_directory(path, code)) return fail(Error{path, "is a folder", "name a file in it"});
    const bool standard = path == "-";
    std::FILE* file = standard ? stdin : std::fopen(path.c_str(), "rb");
    if (file == nullptr) return fail(Error{path, std::string("cannot be read: ") + std::strerror(errno), "check the path"});
    std::string content;
    std::array<char, 65536> buffer{};
    while (content.size() <= text::source_bytes_max) {
        const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file);
        content.append(buffer.data(), got);
        if (std::feof(file) != 0 || std::ferror(file) != 0) break;
    }
    const bool failed = std::ferror(file) != 0;
    if (!standard) std::fclose(file);
    if (failed) return fail(Error{display_name(path), "cannot be read to its end", "check the device"});
    return content;  // one byte or more too long is refused by the parser, in its own words
}

Result<std::string> write_file(const std::string& path, std::string_view content) {
    namespace fs = std::filesystem;
    const fs::path target(path);
    std::error_code code;
    if (target.has_parent_path()) fs::create_directories(target.parent_path(), code);
    const fs::path aside = target.string() + ".part";
    std::ofstream out(aside, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    if (out) fs::rename(aside, target, code);
    if (!out || code) {
        std::error_code ignored;
        fs::remove(aside, ignored);
        return fail(Error{path, "cannot be written: " + (code ? code.message() : std::string("the disk refused it")),
                          "check the folder and its rights"});
    }
    return path;
}

std::size_t columns(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\x1b') {
            while (i < text.size() && text[i] != 'm') ++i;
            continue;
        }
        if ((static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80u) ++count;
    }
    return count;
}

std::string Table::text(std::size_t indent) const {
    std::vector<std::size_t> widths(right_.size(), 0);
    for (const auto& cells : rows_)
        for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], columns(cells[i]));
    std::size_t total = 0;
    for (const std::size_t width : widths) total += width + 2;
    std::string out;
    for (const auto& cells : rows_) {
        std::string line(indent, ' ');
        if (cells.empty()) line += std::string(total < 2 ? 0 : total - 2, '-');
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string pad(widths[i] - columns(cells[i]), ' ');
            line += right_[i] ? pad + cells[i] : cells[i] + pad;
            line += "  ";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string wrap(std::string_view sentence, std::size_t width, std::size_t indent) {
    std::string out;
    std::string line(indent, ' ');
    bool empty = true;
    for (std::size_t at = 0; at < sentence.size();) {
        const std::size_t end = std::min(sentence.find(' ', at), sentence.size());
        const std::string_view word = sentence.substr(at, end - at);
        if (!empty && columns(line) + 1 + columns(word) > width) {
            out += line + "\n";
            line.assign(indent, ' ');
            empty = true;
        }
        if (!empty) line += ' ';
        line += word;
        empty = false;
        at = end + 1;
    }
    return out + line + "\n";
}

std::string grouped(std::string_view decimal) {
    const std::size_t sign = !decimal.empty() && decimal[0] == '-' ? 1 : 0;
    const std::size_t end = std::min(decimal.find('.'), decimal.size());
    std::string out(decimal.substr(0, sign));
    for (std::size_t i = sign; i < end; ++i) {
        if (i != sign && (end - i) % 3 == 0) out += ',';
        out += decimal[i];
    }
    return out + std::string(decimal.substr(end));
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f %%", 100 * share);
    return text;
}

Progress::~Progress() {
    if (!shown_.empty()) std::fprintf(stderr, "\r\033[K");
}

void Progress::at(const std::string& what) {
    if (!console_.terminal || console_.quiet || what == shown_) return;
    shown_ = what;
    std::fprintf(stderr, "\r%s %s", doing_.c_str(), what.c_str());
}

void Progress::at(std::size_t done, std::size_t of) {
    if (of != 0) at(std::to_string(100 * done / of) + " %");
}

std::string human(double amount) {
    const double size = std::fabs(amount);
    const auto print = [&](double value, const char* unit) {
        std::array<char, 32> buffer{};
        const double shown = std::fabs(value);
        std::snprintf(buffer.data(), buffer.size(), shown >= 100 ? "%.0f%s" : shown >= 10 ? "%.1f%s" : "%.2f%s", value, unit);
        return std::string(buffer.data());
    };
    if (size >= 1e9) return print(amount / 1e9, "B");
    if (size >= 1e6) return print(amount / 1e6, "M");
    if (size >= 1e4) return print(amount / 1e3, "k");
    return size == 0 ? "0" : print(amount, "");
}

}  // namespace plimsoll::cli
