// A venue in memory with the endpoints in front of it: no socket, no thread.
#pragma once

#include "client.hpp"

#include "journal/memory_files.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/gateway/call.hpp"
#include "plimsoll/text/source.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace plimsoll::gateway {

class Desk {
public:
    journal::MemoryFiles disk;
    std::uint64_t now = 1'000'000;
    Rules rules;
    std::optional<node::Venue> venue;

    explicit Desk(std::uint8_t scopes = auth::every_scope) {
        rules.unsigned_scopes = scopes;
        rules.now_ms = [this] { return now; };
        node::VenueOptions options;
        options.limits.accounts = 100;
        options.limits.orders = 100;
        options.journal.segment_bytes = 1 << 20;
        auto opened = node::Venue::open(disk, "venue", options);
        EXPECT_TRUE(opened);
        venue.emplace(std::move(*opened));
    }
    /// With the Binance-style set in force, two accounts with money, and a price.
    void begin() {
        const auto text = text::read_file(PLIM_SOURCE_DIR "/params/venues/binance.toml");
        const auto set = std::make_shared<const ParameterSet>(*formats::read_parameter_set(*text, "binance.toml"));
        EXPECT_TRUE(venue->execute({{}, now, command::DefineSet{set}})->accepted());
        EXPECT_TRUE(venue->execute({{}, now, command::ActivateSet{digest_of(canonical_bytes(*set))}})->accepted());
        for (const char* body :
             {R"({"command":"open-account"})", R"({"command":"open-account"})",
              R"({"command":"deposit","account":"0","asset":"USDT","amount":"1000"})",
              R"({"command":"deposit","account":"1","asset":"USDT","amount":"1000000"})",
              R"({"command":"mark-prices","markets":[{"market":"BTCUSDT","price":"60000"}],"assets":[{"asset":"USDT","price":"1"}]})"})
            EXPECT_EQ(post("/v1/commands", body).status, 200) << body;
    }

    Answer ask(const Request& request) {
        auto planned = plan(request, rules);
        if (auto* answer = std::get_if<Answer>(&planned)) return *answer;
        auto& work = std::get<Planned>(planned);
        lane = work.lane;
        auto answer = work.run(*venue);
        EXPECT_TRUE(answer) << "only the journal may fail";
        EXPECT_TRUE(venue->commit());
        return work.after && answer->status == 200 ? work.after(*answer) : *answer;
    }
    Answer get(const std::string& target) { return ask({"GET", target, "", "", {}}); }
    Answer post(const std::string& target, const std::string& body, const std::string& key = {}) {
        return ask({"POST", target, body, key, {}});
    }

    node::Lane lane = node::Lane::ordinary;  // of the last that was work
};

inline std::string code_of(const Answer& answer) { return service::member(answer.body, "code"); }

}  // namespace plimsoll::gateway
