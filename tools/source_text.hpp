// C++ source as the checks see it: comments, and on demand the contents of literals, blanked out in place, so that every
// remaining character keeps its line and column.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::tools {

/// A file by its path relative to the tree it was read from, with '/' between folders.
struct SourceFile {
    std::string path;
    std::string text;
};

/// Every file below `root` whose name ends in one of `endings`, in the order of their paths.
std::vector<SourceFile> read_tree(const std::filesystem::path& root, const std::vector<std::string>& endings);

/// The whole of one file; empty when it cannot be read.
std::string read_text(const std::filesystem::path& path);

enum class Blank { comments, comments_and_literals };

/// The same text, of the same length and with the same line ends, where what `blank` names is replaced by spaces.
/// Knows raw strings, and that the quote in 1'000 opens no character.
std::string blanked(std::string_view text, Blank blank);

/// The lines of a text without their line ends.
std::vector<std::string_view> lines_of(std::string_view text);

inline bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace plimsoll::tools
