#include "plimsoll/stress/incident_scene.hpp"

#include "plimsoll/stress/engine_recipes.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::stress {

namespace {

double number(const Decimal& value) { return static_cast<double>(value.raw) / std::pow(10.0, value.digits); }

double move_of(Figures& f) {
    return number(f.decimal("price_to", f.replay().price_to)) / number(f.decimal("price_from", f.replay().price_from));
}

using Maker = IncidentScene (*)(Figures&, double rate);

IncidentScene market_moves(Figures& f, double) {
    IncidentScene scene;
    const Replay& r = f.replay();
    scene.turns = {{.market = move_of(f)}};
    scene.is_short = r.is_short.value_or(false);
    if (r.position_notional && r.collateral) {
        scene.position = number(*r.position_notional);
        scene.capital = number(*r.collateral);
        scene.assumptions.push_back("one hand wants the position of the incident on the money of the incident, in one account");
    }
    return scene;
}

IncidentScene collateral_moves(Figures& f, double) {
    IncidentScene scene;
    scene.turns = {{.pledged = move_of(f)}};
    scene.pledged = true;
    scene.assumptions.push_back("the collateral moves as the incident's did, and the market stands still");
    return scene;
}

IncidentScene floor_of_a_feed(Figures& f, double rate) {
    IncidentScene scene = collateral_moves(f, rate);
    scene.turns.front().at_once = true;
    scene.assumptions.push_back("the feed stands at its floor, and what it missed is told at the end, at once");
    return scene;
}

IncidentScene spread_in_margins(Figures& f, double rate) {
    IncidentScene scene;
    const double margins =
        number(Decimal{narrow64(f.fact("spread_move_eur")), figure_digits}) / number(f.param("SPREAD_MARGIN", "calibrated_move"));
    scene.turns = {{.market = std::max(0.01, 1 - margins * rate)}};
    scene.assumptions.push_back("the move is known in margins alone: as many times what this market asks of a small position");
    return scene;
}

IncidentScene rounds_of_an_index(Figures& f, double) {
    constexpr int rounds = 5;
    IncidentScene scene;
    const double push = number(f.param("MANIPULATION_BOUND", "r_max"));
    for (int i = 0; i < rounds; ++i) {
        scene.turns.push_back({.market = push});
        scene.turns.push_back({});
    }
    scene.assumptions.push_back("five rounds: the index is pushed as far as the reference check has it, and falls back");
    return scene;
}

/// An incident whose price is not simply that of a market, by its id.
struct Special {
    std::string_view id;
    Maker make;  // empty: it cannot be played, and `why` says so
    const char* why;
};
constexpr Special specials[] = {
    {"2018-09-10-nasdaq-clearing-aas", spread_in_margins, ""},
    {"2021-05-18-venus-xvs", collateral_moves, ""},
    {"2022-05-12-venus-luna-floor", floor_of_a_feed, ""},
    {"2022-09-18-gmx-avax", rounds_of_an_index, ""},
    {"2022-11-ftx-privileged-account", nullptr, "one account was let off the rules there, and the engine has no way to let one off"},
    {"2025-10-10-binance-collateral-depeg", collateral_moves, ""},
};

}  // namespace

Result<IncidentScene> scene_of(const Incident& incident, const Reference& reference, double rate) {
    const auto refuse = [&](const std::string& why) {
        return fail(Error{incident.id, why, "choose another incident; `plimsoll incident list` names them"});
    };
    const auto special = std::find_if(std::begin(specials), std::end(specials), [&](const Special& s) { return s.id == incident.id; });
    if (special != std::end(specials) && special->make == nullptr) return refuse(special->why);
    if (!incident.replay || reference.tables.empty()) return refuse("the file has no replay");
    Figures figures(incident, reference);
    IncidentScene scene = (special != std::end(specials) ? special->make : market_moves)(figures, rate);
    if (!figures.missing().empty()) return refuse("it lacks the " + figures.missing());
    if (incident.replay->depth_1pct) scene.depth_per_percent = number(*incident.replay->depth_1pct);
    return scene;
}

Path path_of(const IncidentScene& scene, double price, std::int64_t minutes) {
    Path path{{0, price}};
    IncidentTurn from;
    const auto parts = static_cast<std::int64_t>(scene.turns.size());
    const std::int64_t each = std::max<std::int64_t>(1, minutes / std::max<std::int64_t>(1, parts));
    for (const IncidentTurn& to : scene.turns) {
        for (std::int64_t i = 1; i <= each; ++i) {
            const double share = to.at_once && i < each ? 0 : static_cast<double>(i) / static_cast<double>(each);
            path.push_back({path.back().ms + 60'000, price * from.market * std::pow(to.market / from.market, share), 1,
                            from.pledged * std::pow(to.pledged / from.pledged, share)});
        }
        from = to;
    }
    return path;
}

}  // namespace plimsoll::stress
