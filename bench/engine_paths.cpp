#include "engine_paths.hpp"

#include "plimsoll/base/random.hpp"

#include <cstdio>
#include <cstdlib>

namespace plimsoll::bench {

namespace {

constexpr std::size_t orders_count = 4'096;

void must_hold(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "bench: %s\n", what);
    std::exit(1);
}

/// As the node has them: decoded commands in a batch, the next of which are asked from memory in time.
void place_and_cancel(EngineBench& b, std::size_t ahead) {
    Engine& engine = *b.venue.engine;
    Command cancel{{}, b.venue.time_ms, {}};
    for (Command& place : b.places) place = {{1, b.ids += 2}, b.venue.time_ms, std::move(place.body)};
    for (std::size_t i = 0; i < b.orders.size(); ++i) {
        if (ahead != 0 && i + ahead < b.orders.size()) engine.prefetch(b.places[i + ahead]);
        const Command& place = b.places[i];
        const Reply reply = engine.execute(place);
        must_hold(reply.accepted(), "an order that passed is refused");
        cancel.id = {1, place.id.low + 1};
        cancel.body = command::CancelOrder{b.orders[i].account, {reply.made}};
        engine.execute(cancel);
    }
    b.sum = engine.chain().low;
}

}  // namespace

EngineBench::EngineBench(std::uint32_t accounts) : venue(make_engine_venue(accounts, 4)) {
    Random random(7);
    for (std::size_t i = 0; i < orders_count; ++i) {
        const AccountId account{static_cast<std::uint32_t>(random.between(0, accounts - 1))};
        const State& state = venue.engine->state();
        const HeldPosition& p = state.positions.of(state.account(account).positions)[static_cast<std::size_t>(random.between(0, 3))];
        const auto side = random.between(0, 1) == 0 ? plimsoll::Side::buy : plimsoll::Side::sell;
        const command::PlaceOrder order{account, {p.market}, side, Leg::net, Size::from_raw(1), venue.marks[p.market], false};
        const Reply reply = venue.send(order);
        if (!reply.accepted()) continue;
        venue.send(command::CancelOrder{account, {reply.made}});
        orders.push_back(order);
    }
    for (const command::PlaceOrder& order : orders) places.push_back({{}, 0, order});
    floor = std::make_unique<CheckFloor>(venue, orders);
    floor->run();
    for (std::size_t i = 0; i < orders.size(); ++i) {
        const Reply reply = venue.send(orders[i]);
        const auto& placed = std::get<event::OrderPlaced>(venue.engine->events().front());
        must_hold(CheckAnswer{narrow64(placed.required), narrow64(placed.available)} == floor->answers()[i],
                  "the floor does not come to the engine's requirement");
        venue.send(command::CancelOrder{orders[i].account, {reply.made}});
    }
}

Path mark_path(const std::shared_ptr<EngineBench>& bench) {
    const auto up = std::make_shared<std::int64_t>(0);
    return {"mark", venue_markets,
            [bench, up] {
                ++*up;
                for (std::uint32_t m = 0; m < venue_markets; ++m) {
                    bench->venue.mark({m}, *up % 2 == 0 ? 100 : -100);
                    bench->examined += bench->venue.engine->examined();
                    ++bench->marks;
                }
            },
            [bench] { return bench->venue.engine->chain().low; }};
}

Path holders_path(const std::shared_ptr<EngineBench>& bench) {
    const auto holders = std::make_shared<std::vector<std::vector<AccountId>>>(venue_markets);
    const State& state = bench->venue.engine->state();
    for (std::uint32_t a = 0; a < bench->venue.accounts; ++a)
        for (const HeldPosition& p : state.positions.of(state.accounts[a].positions)) (*holders)[p.market].push_back({a});
    const auto screen = std::make_shared<Screen>();
    const auto room = std::make_shared<Room>();
    return {"holders", venue_markets,
            [bench, holders, screen, room, &state] {
                screen->refresh(state);
                for (const std::vector<AccountId>& of_market : *holders)
                    for (const AccountId account : of_market)
                        if (!screen->passes(state, account))
                            bench->sum += subject_health(state, {account}, Purpose::maintenance, *room).health < 0 ? 1 : 0;
            },
            [bench] { return bench->sum; }};
}

std::vector<std::string> engine_path_names() { return {"check", "check-batch", "check-floor", "sweep"}; }

Path engine_path(const std::shared_ptr<EngineBench>& bench, const std::string& name) {
    Path path{name, bench->orders.size(), {}, [bench] { return bench->sum; }};
    if (name == "check") path.run = [bench] { place_and_cancel(*bench, 0); };
    if (name == "check-batch") path.run = [bench] { place_and_cancel(*bench, 6); };
    if (name == "sweep") {
        const auto screen = std::make_shared<Screen>();
        const auto left = std::make_shared<std::vector<AccountId>>();
        path.operations = bench->venue.accounts;
        path.run = [bench, screen, left] {
            left->clear();
            screen->refresh(bench->venue.engine->state());
            screen->sift(bench->venue.engine->state(), *left);
        };
    }
    if (name == "check-floor") path.run = [bench] { bench->floor->run(); };
    return path;
}

}  // namespace plimsoll::bench
