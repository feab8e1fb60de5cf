// What the fuzz targets of the engine feed: text that is to be a command, and bytes that are turned into commands which all can be
// read, some of them strange. A poison command is one that would break an assertion whenever the journal is replayed.
#include "fuzz/entries.hpp"

#include "plimsoll/codec/json.hpp"
#include "plimsoll/engine/apply.hpp"
#include "plimsoll/engine/hash.hpp"
#include "reference_engine/gen_venue.hpp"

#include <map>

namespace plimsoll::fuzz {

namespace {

template <class Type>
inline constexpr bool is_count = false;
template <class Tag>
inline constexpr bool is_count<Count<Tag>> = true;

/// Turns bytes into commands; when they have run out, everything is zero.
class Draw {
public:
    Draw(std::string_view bytes, const State& state, std::span<const std::shared_ptr<const ParameterSet>> sets)
        : bytes_(bytes), state_(state), sets_(sets) {}

    bool empty() const { return at_ >= bytes_.size(); }
    std::uint8_t byte() { return empty() ? 0 : static_cast<std::uint8_t>(bytes_[at_++]); }

    CommandBody body() { return body_of(static_cast<const CommandBody*>(nullptr)); }

private:
    template <class... Bodies>
    CommandBody body_of(const std::variant<Bodies...>*) {
        static constexpr std::array<CommandBody (Draw::*)(), sizeof...(Bodies)> makers{&Draw::make<Bodies>...};
        return (this->*makers[byte() % makers.size()])();
    }
    template <class Body>
    CommandBody make() {
        Body body;
        fill(body);
        return body;
    }
    template <class Record>
    void fill(Record& record) {
        each_field(record, [&](const auto&, auto& value) { draw(value); });
    }

    std::uint64_t word() {
        std::uint64_t value = 0;
        for (int i = 0; i < 8; ++i) value = value << 8 | byte();
        return value;
    }
    /// Mostly round figures of every magnitude, sometimes any 64 bits.
    std::int64_t figure() {
        const std::uint8_t kind = byte();
        if (kind == 255) return static_cast<std::int64_t>(word());
        const std::int64_t value = std::int64_t{byte()} * pow10_64(kind % 14) + (kind & 16) / 16;
        return (kind & 224) == 224 ? -value : value;
    }
    template <class Value>
    void draw(Value& value) {
        if constexpr (std::is_same_v<Value, bool>) value = (byte() & 1) != 0;
        else if constexpr (std::is_same_v<Value, Leg>) value = static_cast<Leg>(byte() % 3);
        else if constexpr (std::is_enum_v<Value>) value = static_cast<Value>(byte() % 2);
        else if constexpr (is_count<Value>) value = Value::from_raw(figure());
        else if constexpr (std::is_same_v<Value, std::uint32_t>) value = static_cast<std::uint32_t>(figure());
        else if constexpr (std::is_same_v<Value, std::uint64_t>) value = byte() == 255 ? word() : state_.time_ms + byte();
        else draw_other(value);
    }
    void draw_other(AccountId& id) { id = AccountId{byte() % 9u}; }
    void draw_other(MarketId& id) {
        const std::uint8_t b = byte();
        id = b == 255 ? every_market : MarketId{b % 4u};
    }
    void draw_other(AssetId& id) { id = AssetId{byte() % 4u}; }
    void draw_other(GroupId& id) {
        const std::uint8_t b = byte();
        id = b > 128 ? no_group : GroupId{b % 4u};
    }
    template <class Value, class Id>
    Id living(const SlotPool<Value, Id>& pool) {
        const std::uint8_t b = byte();
        if (b == 255) return Id{word()};
        std::vector<Id> ids;
        pool.each([&](Id id, const Value&) { ids.push_back(id); });
        return ids.empty() ? Id{} : ids[b % ids.size()];
    }
    void draw_other(OrderId& id) { id = living(state_.orders); }
    void draw_other(DepositId& id) { id = living(state_.deposits); }
    void draw_other(LiquidationId& id) { id = living(state_.breaches); }
    void draw_other(Digest& digest) {
        const std::uint8_t b = byte();
        if (b == 255 || state_.ready.empty()) digest = Digest{};
        else digest = state_.ready[b % state_.ready.size()].hash;
    }
    void draw_other(std::shared_ptr<const ParameterSet>& set) {
        const std::uint8_t b = byte();
        set = b == 255 ? nullptr : sets_[b % sets_.size()];
    }
    template <class Item>
    void draw_other(std::vector<Item>& items) {
        const std::size_t count = byte() % 20u;
        for (std::size_t i = 0; i < count; ++i) fill(items.emplace_back());
    }

    std::string_view bytes_;
    const State& state_;
    std::span<const std::shared_ptr<const ParameterSet>> sets_;
    std::size_t at_ = 0;
};

/// The engine, and a state that knows it from its events alone.
class Watched {
public:
    explicit Watched(const Limits& limits) : engine(limits), replica_(limits) {}

    Reply send(std::uint64_t time_ms, CommandBody body) {
        const Hash128 before = state_hash(engine.state());
        const Command command{{1, ++ids_}, time_ms, std::move(body)};
        const Reply reply = engine.execute(command);
        PLIM_ASSERT(check_invariants(engine.state()).empty());
        if (reply.accepted()) {
            replica_.time_ms = time_ms;
            if (std::holds_alternative<command::MarkPrices>(command.body)) ++replica_.marks;
            for (const Event& event : engine.events()) apply(replica_, event);
        }
        PLIM_ASSERT(reply.accepted() || state_hash(engine.state()) == before);
        PLIM_ASSERT(state_hash(replica_) == state_hash(engine.state()));
        return reply;
    }
    Engine engine;

private:
    State replica_;
    std::uint64_t ids_ = 0;
};

constexpr int commands_max = 200;

/// Six accounts with money, and marks: there is something to break.
void found(Watched& watched, const std::shared_ptr<const ParameterSet>& set) {
    watched.send(1, command::DefineSet{set});
    watched.send(1, command::ActivateSet{digest_of(canonical_bytes(*set))});
    for (std::uint32_t a = 0; a < 6; ++a) {
        watched.send(1, command::OpenAccount{a < 2 ? GroupId{0} : no_group});
        for (std::uint32_t asset = 0; asset < set->assets.size(); ++asset) {
            const Reply paid =
                watched.send(1, command::Deposit{{a}, {asset}, Amount::from_raw(set->assets[asset].amount_max.raw() >> (a + 5))});
            if (paid.made != 0) watched.send(1, command::ConfirmDeposit{{paid.made}, 100});
        }
    }
    command::MarkPrices marks;
    for (std::uint32_t m = 0; m < set->markets.size(); ++m)
        marks.markets.push_back({{m}, Price::from_raw(200 * set->markets[m].instrument.tick.raw())});
    watched.send(1, marks);
}

/// A venue and what may come after its set. Drawing and judging one costs more than all that is done with it, so they are kept.
struct Venue {
    Limits limits;
    std::vector<std::shared_ptr<const ParameterSet>> sets;
};
const Venue& venue_of(std::uint8_t seed) {
    static std::map<std::uint8_t, Venue> kept;
    const auto [at, is_new] = kept.try_emplace(seed);
    if (!is_new) return at->second;
    Random random(seed);
    reference::VenueGenerator venues(random);
    at->second.limits = venues.limits();
    at->second.sets.push_back(std::make_shared<const ParameterSet>(venues.set()));
    for (int i = 0; i < 2; ++i) at->second.sets.push_back(std::make_shared<const ParameterSet>(venues.changed(*at->second.sets.back())));
    return at->second;
}

}  // namespace

void feed_command(std::string_view input) {
    static const auto desk = [] {
        Random random(7);
        reference::VenueGenerator venues(random);
        auto watched = std::make_unique<Watched>(venues.limits());
        found(*watched, std::make_shared<const ParameterSet>(venues.set()));
        return watched;
    }();
    static const codec::Names names(desk->engine.state().limits);
    const auto read = codec::read_command(desk->engine.state(), names, input, "fuzz");
    if (!read) {
        PLIM_ASSERT(!read.error().empty());
        return;
    }
    const std::string written = codec::command_json(desk->engine.state(), names, *read);
    const auto again = codec::read_command(desk->engine.state(), names, written, "again");
    PLIM_ASSERT(again && codec::command_json(desk->engine.state(), names, *again) == written);
}

void feed_poison(std::string_view input) {
    if (input.empty()) return;
    const Venue& venue = venue_of(static_cast<std::uint8_t>(input.front()));
    Watched watched(venue.limits);
    found(watched, venue.sets.front());
    Draw draw(input.substr(1), watched.engine.state(), venue.sets);
    std::uint64_t time_ms = 1;
    for (int i = 0; i < commands_max && !draw.empty(); ++i) {
        time_ms += draw.byte();
        watched.send(time_ms, draw.body());
    }
}

}  // namespace plimsoll::fuzz
