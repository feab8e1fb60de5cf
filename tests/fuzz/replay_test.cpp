// The corpora of the fuzz targets, and what once failed, in the ordinary test run.
#include "fuzz/entries.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace plimsoll::fuzz {
namespace {

/// Feeds every file of one corpus and answers how many there were.
std::size_t replay(const char* corpus, void (*feed)(std::string_view)) {
    std::size_t fed = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(PLIM_SOURCE_DIR) / "tests" / "fuzz" / "corpus" / corpus)) {
        std::ifstream in(entry.path(), std::ios::binary);
        feed(std::string(std::istreambuf_iterator<char>(in), {}));
        ++fed;
    }
    return fed;
}

TEST(BAD_012, the_corpus_of_json_breaks_no_law) { EXPECT_GE(replay("json", feed_json), 10U); }
TEST(BAD_012, the_corpus_of_toml_breaks_no_law) { EXPECT_GE(replay("toml", feed_toml), 10U); }
TEST(BAD_012, the_corpus_of_decimals_breaks_no_law) { EXPECT_GE(replay("decimal", feed_decimal), 10U); }
TEST(PARAM_012, the_corpus_of_parameter_files_breaks_no_law) { EXPECT_GE(replay("params", feed_params), 10U); }
TEST(BAD_012, the_corpus_of_tiers_breaks_no_law) { EXPECT_GE(replay("tiers", feed_tiers), 10U); }
TEST(CLI_012, the_corpus_of_incidents_breaks_no_law) { EXPECT_GE(replay("incident", feed_incident), 10U); }
TEST(CLI_012, the_corpus_of_questions_breaks_no_law) { EXPECT_GE(replay("question", feed_question), 10U); }

TEST(COD_005, the_corpus_of_commands_breaks_no_law) { EXPECT_GE(replay("command", feed_command), 10U); }
TEST(COD_006, the_corpus_of_poison_breaks_no_law) { EXPECT_GE(replay("poison", feed_poison), 10U); }

TEST(SVC_007, the_corpus_of_the_socket_breaks_no_law) { EXPECT_GE(replay("socket", feed_socket), 10U); }
TEST(SVC_007, the_corpus_of_requests_breaks_no_law) { EXPECT_GE(replay("request", feed_request), 10U); }
TEST(SVC_007, the_corpus_of_subscriptions_breaks_no_law) { EXPECT_GE(replay("follower", feed_follower), 5U); }
TEST(SVC_014, the_corpus_of_frames_breaks_no_law) { EXPECT_GE(replay("frames", feed_frames), 5U); }
TEST(CAL_001, the_corpus_of_series_breaks_no_law) { EXPECT_GE(replay("series", feed_series), 8U); }
TEST(SVC_006, the_corpus_of_signatures_breaks_no_law) { EXPECT_GE(replay("signature", feed_signature), 4U); }
TEST(SVC_011, the_corpus_of_keys_breaks_no_law) { EXPECT_GE(replay("keys", feed_keys), 4U); }
TEST(JRN_011, the_corpus_of_records_breaks_no_law) { EXPECT_GE(replay("entry", feed_entry), 5U); }
TEST(JRN_002, the_corpus_of_segments_breaks_no_law) { EXPECT_GE(replay("journal", feed_journal), 2U); }

}  // namespace
}  // namespace plimsoll::fuzz
