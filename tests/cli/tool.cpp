#include "cli/tool.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace plimsoll::tool {

namespace fs = std::filesystem;

namespace {

struct Scratch {
    fs::path root = fs::temp_directory_path() / ("plimsoll-cli-" + std::to_string(getpid()));
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
};

Scratch& scratch_root() {
    static Scratch root;
    return root;
}

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string ended(std::string text) {
    if (!text.empty() && text.back() != '\n') text += '\n';
    return text;
}

std::string answer_of(const std::string& command) {
    const Ran ran = sh(command);
    std::string text = "$ " + command + "\n" + ended(ran.out);
    for (const std::string& line : lines_of(ran.err)) text += "! " + line + "\n";
    if (ran.code != 0) text += "[exit " + std::to_string(ran.code) + "]\n";
    return text;
}

}  // namespace

Ran sh(const std::string& line) {
    const std::string folder = scratch("run");
    // The redirections are the shell's, so a test may close or replace any of them inside its line.
    const std::string command = "cd " + quoted(PLIM_SOURCE_DIR) + " && export PATH=" + quoted(PLIM_TOOL_DIR) +
                                ":$PATH && unset NO_COLOR && { " + line + "\n} <" + std::string("/dev/null") + " >" +
                                quoted(folder + "/out") + " 2>" + quoted(folder + "/err");
    const int status = std::system(command.c_str());
    Ran ran;
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ran.out = content_of(folder + "/out");
    ran.err = content_of(folder + "/err");
    return ran;
}

std::string scratch(const std::string& name) {
    const fs::path folder = scratch_root().root / name;
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder.string();
}

std::string field(const std::string& json, const std::string& key) {
    const std::size_t at = json.find('"' + key + "\":");
    if (at == std::string::npos) return "absent";
    std::string rest = json.substr(at + key.size() + 3);
    rest = rest.substr(0, rest.find_first_of(",}]"));
    std::erase(rest, '"');
    return rest;
}

std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

void write(const std::string& path, const std::string& content) { std::ofstream(path, std::ios::binary | std::ios::trunc) << content; }

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string replayed(const std::string& transcript, bool markdown) {
    std::string out;
    bool inside = !markdown;
    bool first = true;
    for (const std::string& line : lines_of(transcript)) {
        if (markdown && line == "```console") {
            inside = first = true;
        } else if (markdown && inside && line == "```") {
            inside = false;
        } else if (inside) {
            const bool command = line.starts_with("$ ");
            if (!command && !line.starts_with("# ")) continue;  // what came out last time
            if (!first) out += "\n";
            first = false;
            out += command ? answer_of(line.substr(2)) : line + "\n";
            if (!command) first = true;  // a comment stands right above its command
            continue;
        }
        out += line + "\n";
    }
    return out;
}

void expect_transcript(const std::string& path) {
    const std::string kept = content_of(path);
    ASSERT_NE(kept.find("$ "), std::string::npos) << path << " holds no command";
    const std::string now = replayed(kept, path.ends_with(".md"));
    if (std::getenv("PLIM_REWRITE") != nullptr) {
        write(path, now);
        return;
    }
    EXPECT_EQ(now, kept) << path << ": run with PLIM_REWRITE=1 and read the difference";
}

}  // namespace plimsoll::tool
