// The identity of a parameter set: the layout of its file does not change it, any field of it does.
#include "support/cases.hpp"
#include "support/params_change.hpp"
#include "support/params_gen.hpp"

#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/params/canonical.hpp"

namespace plimsoll::testing {

TEST(PARAM_007, a_change_of_any_field_changes_the_hash) {
    std::vector<int> tried(all_changes().size(), 0);
    for_cases(
        [&](Random& random) -> std::string {
            const ParameterSet set = SetGenerator(random).set();
            const std::string before = hash_of(set);
            for (std::size_t i = 0; i < all_changes().size(); ++i) {
                ParameterSet changed = set;
                if (!all_changes()[i].apply(changed, random)) continue;
                ++tried[i];
                if (hash_of(changed) == before) return std::string("the hash does not see a change of ") + all_changes()[i].name;
            }
            return "";
        },
        100);
    for (std::size_t i = 0; i < tried.size(); ++i) EXPECT_GT(tried[i], 0) << all_changes()[i].name << " was never tried";
}

TEST(PARAM_006, the_order_of_tables_does_not_change_the_hash) {
    for_cases(
        [](Random& random) -> std::string {
            const ParameterSet set = SetGenerator(random).set();
            ParameterSet turned = set;
            const auto last_asset = static_cast<std::uint32_t>(set.assets.size() - 1);
            const auto last_schedule = static_cast<std::uint32_t>(set.schedules.size() - 1);
            const auto last_market = static_cast<std::uint32_t>(set.markets.size() - 1);
            std::reverse(turned.assets.begin(), turned.assets.end());
            std::reverse(turned.schedules.begin(), turned.schedules.end());
            std::reverse(turned.markets.begin(), turned.markets.end());
            std::reverse(turned.overrides.begin(), turned.overrides.end());
            turned.numeraire.index = last_asset - set.numeraire.index;
            for (MarketParams& market : turned.markets) {
                market.settle.index = last_asset - market.settle.index;
                market.schedule.index = last_schedule - market.schedule.index;
            }
            for (Override& each : turned.overrides)
                if (each.market) each.market->index = last_market - each.market->index;
            return hash_of(set) == hash_of(turned) ? "" : "another hash for\n" + formats::write_parameter_set(turned);
        },
        20);
}

TEST(PARAM_006, a_set_keeps_its_hash_through_its_text) {
    for_cases(
        [](Random& random) -> std::string {
            const ParameterSet set = SetGenerator(random).set();
            const auto back = formats::read_parameter_set(formats::write_parameter_set(set), "set.toml");
            return back && hash_of(*back) == hash_of(set) ? "" : formats::write_parameter_set(set);
        },
        100);
}

TEST(PARAM_006, equal_figures_have_one_encoding) {
    Schedule a;
    a.initial.terms.resize(1);
    Schedule b = a;
    a.initial.terms[0].curve.base = {rate_one, 20};
    b.initial.terms[0].curve.base = {50'000'000, 1};
    a.clamp.minimum = {500, 2};
    b.clamp.minimum = {5, 0};
    EXPECT_EQ(hash_of(a), hash_of(b));
}

TEST(PARAM_006, the_hash_is_sha_256) {
    // FIPS 180-4, the example for the message "abc".
    const Digest digest = digest_of({'a', 'b', 'c'});
    EXPECT_EQ(digest[0], 0xba);
    EXPECT_EQ(digest[1], 0x78);
    EXPECT_EQ(digest[31], 0xad);
}

}  // namespace plimsoll::testing
