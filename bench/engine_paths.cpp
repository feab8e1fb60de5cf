#include "engine_paths.hpp"

#include "plimsoll/base/random.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace plimsoll::bench {

namespace {

constexpr std::size_t orders_count = 4'096;

void must_hold(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "bench: %s\n", what);
    std::exit(1);
}

/// Each order placed and at once taken back. `ahead`: what comes next is asked from memory in time, as the node does with a batch.
void place_and_cancel(EngineBench& b, std::span<Command> places, bool ahead) {
    Engine& engine = *b.venue.engine;
    Command cancel{{}, b.venue.time_ms, command::CancelOrder{}};
    auto& cancelled = std::get<command::CancelOrder>(cancel.body);
    for (Command& place : places) {
        place.id = {1, b.ids += 2};
        place.time_ms = b.venue.time_ms;
    }
    // Of a cancellation to come all is known but its order.
    const auto at = [&](std::size_t k) -> const Command& {
        const Command& place = places[k / 2];
        if (k % 2 == 0) return place;
        cancel.id = {1, place.id.low + 1};
        cancelled.account = std::get<command::PlaceOrder>(place.body).account;
        return cancel;
    };
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (ahead) engine.fetch_ahead(2 * i, 2 * places.size(), at);
        const Reply reply = engine.execute(places[i]);
        must_hold(reply.accepted(), "an order that passed is refused");
        if (ahead) engine.fetch_ahead(2 * i + 1, 2 * places.size(), at);
        at(2 * i + 1);
        cancelled.order = {reply.made};
        engine.execute(cancel);
    }
}

/// In batches of 512 commands.
void place_and_cancel(EngineBench& b, bool ahead) {
    constexpr std::size_t batch = 256;
    const std::span<Command> all = b.places;
    for (std::size_t i = 0; i < all.size(); i += batch) place_and_cancel(b, all.subspan(i, std::min(batch, all.size() - i)), ahead);
    b.sum = b.venue.engine->chain().low;
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
    if (name == "check") path.run = [bench] { place_and_cancel(*bench, false); };
    if (name == "check-batch") path.run = [bench] { place_and_cancel(*bench, true); };
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
