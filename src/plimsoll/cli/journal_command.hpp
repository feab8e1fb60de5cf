// `plimsoll journal verify | replay | dump | truncate`: what a venue's journal holds, and what is done when it holds something wrong.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace plimsoll::cli {

struct JournalOptions {
    std::string folder;
    std::uint64_t from = 1;             // record
    std::optional<std::uint64_t> to;    // record, included
    std::uint64_t at = 0;               // truncate: the first record that goes
    bool dry_run = false;
    bool events = false;                // dump: what each command did as well
};

// Exit  no when the journal is damaged or differs, io when it cannot be read.
Exit journal_verify(const JournalOptions& options, const Console& console);
Exit journal_replay(const JournalOptions& options, const Console& console);
Exit journal_dump(const JournalOptions& options, const Console& console);
Exit journal_truncate(const JournalOptions& options, const Console& console);

}  // namespace plimsoll::cli
