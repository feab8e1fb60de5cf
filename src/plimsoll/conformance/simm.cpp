// SIMM's concentration factor: one sensitivity s asks weight * |s| * max(1, sqrt(|s| / threshold)), which is a flat rate and a
// root of the notional over a depth. Several sensitivities meet in correlations, which no schedule has.
#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/conformance/kit.hpp"
#include "plimsoll/text/json.hpp"

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
    Exact weight;
    std::optional<Exact> threshold;
};

const text::Value* of_bucket(const text::Value* table, const std::string& bucket) {
    return table == nullptr || table->is(text::Kind::object) == false ? table : table->find(bucket);
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
    const std::string bucket = sensitivity.word_or("bucket", "");
    const text::Value* weight = of_bucket(params->find("rw"), bucket);
    const text::Value* threshold = of_bucket(params->find("threshold_musd"), bucket);
    const auto number = weight == nullptr ? std::nullopt : number_of(*weight);
    if (!number) return t.stop(Stop::needs_data, path + " has no risk weight of bucket " + bucket), std::nullopt;
    return Bucket{*number, threshold == nullptr ? std::nullopt : number_of(*threshold)};
}

void simm_delta(Translation& t) {
    const Inputs in = t.in();
    const auto sensitivities = in.list("sensitivities");
    if (sensitivities.size() != 1) return t.not_expressible("several sensitivities meet in correlations; a schedule is of one market");
    const Inputs& s = sensitivities.front();
    if (s.word("type") == "fx") return t.not_expressible("currency weights and thresholds come by pairs of volatility groups");
    const auto bucket = bucket_of(t, in, s);
    if (!bucket) return;
    // A sensitivity is per one per cent of move: times a hundred it is a notional, and the weight a rate.
    Question q;
    q.notional = s.number("amount_usd").magnitude().moved(2);
    const Exact rate = bucket->weight.moved(-2);
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
