#include "plimsoll/stress/incident_scene.hpp"

#include "support/incident_files.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace plimsoll::stress {
namespace {

using testing::incident_of;
using testing::incident_reference;
using testing::incidents_folder;
using testing::load_json;

Result<IncidentScene> scene(const std::string& id, double rate = 0.1) { return scene_of(incident_of(id), incident_reference(), rate); }

double number(const text::Value& value) { return std::strtod(value.text.c_str(), nullptr); }

TEST(STR_011, every_incident_with_a_move_is_a_scene) {
    int played = 0, refused = 0;
    for (const auto& entry : std::filesystem::directory_iterator(incidents_folder)) {
        if (entry.path().extension() != ".json") continue;
        const text::Value file = load_json(entry.path());
        const std::string id = entry.path().stem().string();
        const auto made = scene(id);
        if (!made) {
            ++refused;
            EXPECT_EQ(id, "2022-11-ftx-privileged-account");
            EXPECT_NE(to_string(made.error()).find("no way to let one off"), std::string::npos);
            continue;
        }
        ++played;
        ASSERT_FALSE(made->turns.empty()) << id;
        // What the file states, read here a second time.
        const text::Value& replay = *file.find("replay");
        const text::Value &from = *replay.find("price_from"), &to = *replay.find("price_to");
        const Path path = path_of(*made, 250, 90);
        EXPECT_EQ(path.front().price, 250);
        EXPECT_EQ(path.front().pledged, 1);
        EXPECT_EQ(path.back().ms, 90 * 60'000) << id;
        if (from.is(text::Kind::string)) {
            const double times = number(to) / number(from);
            EXPECT_NEAR(made->pledged ? path.back().pledged : path.back().price / 250, times, 1e-9 * times) << id;
            EXPECT_NEAR(made->pledged ? path.back().price / 250 : path.back().pledged, 1, 1e-12) << id;
        }
        const text::Value &position = *replay.find("position_notional"), &collateral = *replay.find("collateral");
        if (position.is(text::Kind::string) && collateral.is(text::Kind::string)) {
            EXPECT_NEAR(made->position, number(position), 1e-9 * made->position) << id;
            EXPECT_NEAR(made->capital, number(collateral), 1e-9 * made->capital) << id;
            EXPECT_EQ(made->is_short, replay.find("side")->text == "short") << id;
        } else {
            EXPECT_EQ(made->position, 0) << id;
        }
        const text::Value& depth = *replay.find("depth_1pct");
        EXPECT_EQ(made->depth_per_percent, depth.is(text::Kind::string) ? number(depth) : 0) << id;
        for (std::size_t i = 1; i < path.size(); ++i) EXPECT_EQ(path[i].ms - path[i - 1].ms, 60'000);
    }
    EXPECT_EQ(played, 15);
    EXPECT_EQ(refused, 1);
}

TEST(STR_011, moves_of_their_own_kind) {
    // 5.56 where 4 were margined.
    EXPECT_NEAR(scene("2018-09-10-nasdaq-clearing-aas", 0.2)->turns.front().market, 1 - 0.2 * 1.39, 1e-9);
    EXPECT_NEAR(scene("2018-09-10-nasdaq-clearing-aas", 0.02)->turns.front().market, 1 - 0.02 * 1.39, 1e-9);
    // What a feed at its floor did not tell comes at once.
    const Path floor = path_of(*scene("2022-05-12-venus-luna-floor"), 1, 30);
    EXPECT_EQ(floor[29].pledged, 1);
    EXPECT_NEAR(floor[30].pledged, 0.01 / 0.107, 1e-12);
    // Five rounds of an index pushed by one per cent.
    const Path rounds = path_of(*scene("2022-09-18-gmx-avax"), 1, 10);
    ASSERT_EQ(rounds.size(), 11u);
    for (std::size_t i = 0; i < rounds.size(); ++i) EXPECT_NEAR(rounds[i].price, i % 2 == 1 ? 1.01 : 1, 1e-12) << i;
    // Evenly by the logarithm.
    const Path yfi = path_of(*scene("2023-11-17-dydx-yfi"), 1, 2);
    EXPECT_NEAR(yfi[1].price, std::sqrt(0.55), 1e-12);
}

}  // namespace
}  // namespace plimsoll::stress
