// `plimsoll margin` and `plimsoll solve ...`: one question from flags or a file, or many on standard input.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <string>
#include <vector>

namespace plimsoll::cli {

struct QuestionOptions {
    std::string params;       // parameter set, TOML
    std::string question;     // a file with one question; replaces the flags below
    std::string batch;        // a file of questions, one a line; "-": standard input
    std::string ask;          // set by the command
    std::string market;
    std::string mark;
    std::string size;         // of the position held; negative: short
    std::string entry;
    std::string leverage;
    std::string open_interest;
    std::string depth;
    std::string side;         // of the order asked about
    std::string limit;
    std::string asset;
    std::string purpose;
    std::string account;                // name, for overrides of the set
    std::vector<std::string> balances;  // NAME=AMOUNT
    std::vector<std::string> prices;    // NAME=PRICE
    bool echo = false;                  // batch: parse and print each question instead of answering it, to measure against
    bool explain = false;
};

/// Exit  no when an order is refused; bad_input when a question is malformed (a batch goes on and says so at its end).
Exit ask_question(const QuestionOptions& options, const Console& console);

}  // namespace plimsoll::cli
