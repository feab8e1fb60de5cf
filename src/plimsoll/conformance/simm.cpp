// SIMM's concentration factor: one sensitivity s asks weight * |s| * max(1, sqrt(|s| / threshold)), which is a flat rate and a
// root of the notional over a depth. Several factors meet in correlations, which no schedule has.
#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/conformance/kit.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::conformance {

namespace {

const text::Value* walk(const text::Value& from, std::initializer_list<std::string_view> path) {
    const text::Value* at = &from;
    for (const std::string_view key : path)
        if (at != nullptr) at = at->find(key);
    return at;
}

/// The risk weight (per cent) and concentration threshold (million) of one bucket.
struct Bucket {
    std::optional<Exact> weight;
    std::optional<Exact> threshold;
};

const text::Value* of_bucket(const text::Value* table, const std::string& bucket) {
    return table == nullptr || table->is(text::Kind::object) == false ? table : table->find(bucket);
}

bool named_in(const text::Value* list, const std::string& name) {
    if (list == nullptr) return false;
    return std::any_of(list->items.begin(), list->items.end(), [&](const text::Value& item) { return item.text == name; });
}

/// Currencies are weighed by how they move and thresholds by how they trade; the calculation currency is the dollar.
Bucket of_currency(const text::Value& params, const std::string& currency) {
    const std::string_view moves = named_in(params.find("high_vol"), currency) ? "high" : "regular";
    const std::string_view trades = named_in(params.find("cat1"), currency)   ? "cat1"
                                    : named_in(params.find("cat2"), currency) ? "cat2"
                                                                              : "other";
    const text::Value* weight = walk(params, {"rw_calc_usd", moves});
    const text::Value* threshold = walk(params, {"threshold_musd", trades});
    return {weight == nullptr ? std::nullopt : number_of(*weight), threshold == nullptr ? std::nullopt : number_of(*threshold)};
}

Bucket of_bucket(const text::Value& params, const std::string& bucket) {
    const text::Value* weight = of_bucket(params.find("rw"), bucket);
    const text::Value* threshold = of_bucket(params.find("threshold_musd"), bucket);
    return {weight == nullptr ? std::nullopt : number_of(*weight), threshold == nullptr ? std::nullopt : number_of(*threshold)};
}

std::optional<Bucket> bucket_of(Translation& t, const Inputs& in, const Inputs& sensitivity) {
    const std::string path = in.word("parameters");
    const auto content = t.referred(path);
    if (!content) return std::nullopt;
    const auto document = text::parse_json(*content, path);
    if (!document) return t.stop(Stop::needs_data, to_string(document.error())), std::nullopt;
    const std::string horizon = in.word("horizon");
    const std::string type = sensitivity.word("type");
    const text::Value* params = walk(*document, {"params", horizon, type});
    if (params == nullptr) return t.stop(Stop::needs_data, path + " has no parameters of " + type + " at " + horizon), std::nullopt;
    const std::string name = type == "fx" ? sensitivity.word("factor") : sensitivity.word_or("bucket", "");
    const Bucket bucket = type == "fx" ? of_currency(*params, name) : of_bucket(*params, name);
    if (!bucket.weight) return t.stop(Stop::needs_data, path + " has no risk weight of " + name), std::nullopt;
    return bucket;
}

/// The one factor that is left when the calculation currency is dropped and amounts of one factor are one holding.
struct Held {
    const Inputs* first = nullptr;
    Exact amount;
    bool several = false;
};

Held held_of(const std::vector<Inputs>& sensitivities) {
    const auto same = [](const Inputs& a, const Inputs& b) {
        for (const std::string_view key : {"product", "type", "bucket", "factor"})
            if (a.word_or(key, "") != b.word_or(key, "")) return false;
        return true;
    };
    Held held;
    for (const Inputs& s : sensitivities) {
        if (s.word("type") == "fx" && s.word("factor") == "USD") continue;
        held.several = held.several || (held.first != nullptr && !same(*held.first, s));
        if (held.first == nullptr) held.first = &s;
        held.amount = held.amount + s.number("amount_usd");
    }
    return held;
}

void simm_delta(Translation& t) {
    const Inputs in = t.in();
    const auto sensitivities = in.list("sensitivities");
    const Held held = held_of(sensitivities);
    if (held.several) return t.not_expressible("several factors meet in correlations; a schedule is of one market");
    if (held.first == nullptr) return in.fault("sensitivities", "holds nothing to be weighed");
    const auto bucket = bucket_of(t, in, *held.first);
    if (!bucket) return;
    // A sensitivity is per one per cent of move: times a hundred it is a notional, and the weight a rate.
    Question q;
    q.notional = held.amount.magnitude().moved(2);
    const Exact rate = bucket->weight->moved(-2);
    std::vector<Term> terms{flat(t.fraction(rate))};
    // Concentration belongs to the ten-day horizon.
    if (bucket->threshold && in.word("horizon") == "10d") {
        q.depth = bucket->threshold->moved(6 + 2);
        Term concentrated = root_in_size(t.decimal(rate));
        concentrated.axis = {Subject::own_notional, Per::depth};
        terms.push_back(concentrated);
    }
    Asked asked(t, schedule_of(max_of(terms)), q);
    t.answer("im_usd", asked.rounded(Level::initial, 0), Exact::of(1, 0));
}

constexpr std::array entries{KindEntry{"simm", "simm_delta", simm_delta}};

}  // namespace

std::span<const KindEntry> simm_kinds() { return entries; }

}  // namespace plimsoll::conformance
