// Drives the real tool as a shell does: a command line in, standard output, standard error and the exit code out.
#pragma once

#include <string>
#include <vector>

namespace plimsoll::tool {

struct Ran {
    int code = 0;  // 128 + signal when a signal ended it
    std::string out;
    std::string err;
};

/// Runs a command line through sh in the root of the source tree; `plimsoll` is the tool of this build. Standard input is
/// empty unless the line says otherwise, and NO_COLOR, COLUMNS and the like are not set.
Ran sh(const std::string& line);

/// A folder of this test's own, empty, gone at the end of the program.
std::string scratch(const std::string& name);

/// The value of the first member of that name in JSON, without quotes; "absent".
std::string field(const std::string& json, const std::string& key);
std::string content_of(const std::string& path);
void write(const std::string& path, const std::string& content);
std::vector<std::string> lines_of(const std::string& text);

/// Runs every "$ command" of a transcript and gives the transcript as it should read: below each command its output,
/// standard error as lines that start with "! ", and "[exit N]" when it is not 0. In Markdown only ```console blocks are
/// transcripts; elsewhere lines that start with "# " are kept as comments.
std::string replayed(const std::string& transcript, bool markdown);

/// Compares a transcript file with its replay; with PLIM_REWRITE=1 writes it anew instead.
void expect_transcript(const std::string& path);

}  // namespace plimsoll::tool
