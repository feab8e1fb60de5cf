// The verbs of spec/11-market.md: one guard a block, told what is reported and asked what it believes. Prices have six decimals.
#include "handlers.hpp"

#include "plimsoll/market/guard.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::spec {

namespace {

constexpr int price_digits = 6;
constexpr std::array state_names{"normal", "clamped", "stale", "halted"};
constexpr std::array action_names{"open", "reduce", "withdraw", "liquidate"};

struct Watch {
    GuardParams params;
    Guard guard;
    std::vector<std::string> source_names;
    std::vector<SourcePrice> sources;
    Slew slew;   // of `figure` and `pace`
    Paced paced; // what they have let through
};

Watch& watch_of(Context& context) {
    std::any& kept = context.kept["watch"];
    if (!kept.has_value()) kept = Watch{};
    return *std::any_cast<Watch>(&kept);
}

Result<std::uint64_t, std::string> time_of(const std::string& word) {
    const auto value = whole(word);
    if (!value) return fail(value.error());
    if (*value < 0 || *value > static_cast<Wide>(std::numeric_limits<std::uint64_t>::max())) return fail("'" + word + "' is no time");
    return static_cast<std::uint64_t>(*value);
}
template <class CountType>
Result<CountType, std::string> count_of(const std::string& word, int digits) {
    const auto count = parse_count<CountType>(word, digits);
    if (!count) return fail(to_string(describe(count.error(), word, digits)));
    return *count;
}
std::string price_text(std::int64_t raw) { return format_decimal_short(raw, price_digits); }

/// "RATE per MS" from `at` on.
Result<Velocity, std::string> velocity_of(const std::vector<std::string>& words, std::size_t at) {
    if (at + 2 >= words.size() || words[at + 1] != "per") return fail(std::string("a velocity is RATE per MS"));
    const auto rate = count_of<Rate>(words[at], rate_digits);
    const auto interval_ms = time_of(words[at + 2]);
    if (!rate || !interval_ms) return fail(rate ? interval_ms.error() : rate.error());
    return Velocity{*rate, *interval_ms};
}

/// One word and its value into the params.
Result<bool, std::string> take_plain(GuardParams& params, const std::string& key, const std::string& value) {
    if (key == "outlier_max" || key == "mark_band") {
        const auto rate = count_of<Rate>(value, rate_digits);
        if (!rate) return fail(rate.error());
        (key == "mark_band" ? params.mark_band : params.outlier_max) = *rate;
    } else if (key == "source_stale_ms" || key == "mark_stale_ms") {
        const auto time_ms = time_of(value);
        if (!time_ms) return fail(time_ms.error());
        (key == "mark_stale_ms" ? params.mark_stale_ms : params.source_stale_ms) = *time_ms;
    } else if (key == "sources_min") {
        const auto count = small(value);
        if (!count || *count < 0) return fail("'" + value + "' is no number of sources");
        params.sources_min = static_cast<std::uint32_t>(*count);
    } else if (key == "index_required" && value == "true") {
        params.index_required = true;
    } else {
        return fail("a guard has no '" + key + " " + value + "'");
    }
    return true;
}

Result<GuardParams, std::string> params_of(const std::vector<std::string>& words) {
    GuardParams params;
    for (std::size_t at = 1; at < words.size();) {
        if (words[at] == "credit" || words[at] == "liquidation") {
            const auto velocity = velocity_of(words, at + 1);
            if (!velocity) return fail(velocity.error());
            (words[at] == "credit" ? params.credit : params.liquidation) = *velocity;
            at += 4;
            continue;
        }
        const auto taken = at + 1 < words.size() ? take_plain(params, words[at], words[at + 1]) : fail("'" + words[at] + "' needs a value");
        if (!taken) return fail(taken.error());
        at += 2;
    }
    return params;
}

/// guard KEY VALUE ... [credit|liquidation RATE per MS]: the parameters of a market's guard.
Answer guard_verb(const Call& call) {
    const auto params = params_of(call.words);
    if (!params) return senseless(params.error());
    if (!guard_fault(*params).empty()) return senseless(std::string(guard_fault(*params)));
    watch_of(call.context).params = *params;
    return answer("");
}
const Verb guard_registered("guard", guard_verb);

/// fault KEY VALUE ...: why the same parameters are refused.
Answer fault_verb(const Call& call) {
    const auto params = params_of(call.words);
    if (!params) return senseless(params.error());
    const std::string_view fault = guard_fault(*params);
    return answer(fault.empty() ? "none" : std::string(fault));
}
const Verb fault_registered("fault", fault_verb);

/// source NAME PRICE at MS
Answer source_verb(const Call& call) {
    if (call.words.size() != 5 || call.words[3] != "at") return senseless("source NAME PRICE at MS");
    const auto price = count_of<Price>(call.words[2], price_digits);
    const auto time_ms = time_of(call.words[4]);
    if (!price || !time_ms) return senseless(price ? time_ms.error() : price.error());
    Watch& watch = watch_of(call.context);
    const auto at = std::find(watch.source_names.begin(), watch.source_names.end(), call.words[1]);
    const auto name = static_cast<std::size_t>(at - watch.source_names.begin());
    if (at == watch.source_names.end()) {
        watch.source_names.push_back(call.words[1]);
        watch.sources.emplace_back();
    }
    watch.sources[name] = {static_cast<std::uint32_t>(name), *price, *time_ms};
    return answer("");
}
const Verb source_registered("source", source_verb);

/// index at MS: "INDEX of HOW MANY, since MS", which the guard then has, or none.
Answer index_verb(const Call& call) {
    const auto now_ms = call.words.size() == 3 && call.words[1] == "at" ? time_of(call.words[2]) : fail(std::string("index at MS"));
    if (!now_ms) return senseless(now_ms.error());
    Watch& watch = watch_of(call.context);
    const auto index = index_of(watch.params, watch.sources, *now_ms);
    watch.guard.index = index ? index->index : Price{};
    watch.guard.index_ms = index ? index->oldest_ms : 0;
    if (!index) return answer("none");
    return answer(price_text(index->index.raw()) + " of " + std::to_string(index->used) + ", since " + std::to_string(index->oldest_ms));
}
const Verb index_registered("index", index_verb);

/// reported PRICE at MS: a mark comes.
Answer reported_verb(const Call& call) {
    if (call.words.size() != 4 || call.words[2] != "at") return senseless("reported PRICE at MS");
    const auto price = count_of<Price>(call.words[1], price_digits);
    const auto now_ms = time_of(call.words[3]);
    if (!price || !now_ms || *price < Price{}) return senseless("a price from zero and a time");
    Watch& watch = watch_of(call.context);
    watch.guard = advance(watch.params, watch.guard, *price, *now_ms);
    return answer("");
}
const Verb reported_registered("reported", reported_verb);

/// time MS: nothing comes but time.
Answer time_verb(const Call& call) {
    const auto now_ms = call.words.size() == 2 ? time_of(call.words[1]) : fail(std::string("time MS"));
    if (!now_ms) return senseless(now_ms.error());
    Watch& watch = watch_of(call.context);
    watch.guard = advance(watch.params, watch.guard, std::nullopt, *now_ms);
    return answer("");
}
const Verb time_registered("time", time_verb);

/// halt and resume: the command; the guard knows it from the next mark or time on.
Handler halted(bool whether) {
    return [whether](const Call& call) {
        if (call.words.size() != 1) return senseless(call.words[0] + " stands alone");
        watch_of(call.context).guard.halted = whether;
        return answer("");
    };
}
const Verb halt_registered("halt", halted(true));
const Verb resume_registered("resume", halted(false));

/// price-for-credit and price-for-liquidation
Handler guarded(Paced Guard::* which) {
    return [which](const Call& call) {
        if (call.words.size() != 1) return senseless(call.words[0] + " stands alone");
        const Paced& paced = watch_of(call.context).guard.*which;
        return answer(paced.set ? price_text(paced.value) : "none");
    };
}
const Verb credit_registered("price-for-credit", guarded(&Guard::credit));
const Verb liquidation_registered("price-for-liquidation", guarded(&Guard::liquidation));

/// state
const Verb state_registered("state", [](const Call& call) {
    if (call.words.size() != 1) return senseless("state stands alone");
    return answer(state_names[static_cast<std::size_t>(watch_of(call.context).guard.state)]);
});

/// may open|reduce|withdraw|liquidate
Answer may_verb(const Call& call) {
    const auto at = std::find(action_names.begin(), action_names.end(), call.words.back());
    if (call.words.size() != 2 || at == action_names.end()) return senseless("may open|reduce|withdraw|liquidate");
    const Watch& watch = watch_of(call.context);
    const auto action = static_cast<GuardedAction>(at - action_names.begin());
    return answer(watch.params.actions.allows(watch.guard.state, action) ? "yes" : "no");
}
const Verb may_registered("may", may_verb);

/// pace RATE per MS: one value under a velocity, for `toward`.
Answer pace_verb(const Call& call) {
    const auto velocity = call.words.size() == 4 ? velocity_of(call.words, 1) : fail(std::string("pace RATE per MS"));
    if (!velocity) return senseless(velocity.error());
    watch_of(call.context).slew.velocity = *velocity;
    return answer("");
}
const Verb pace_registered("pace", pace_verb);

/// toward PRICE at MS: where the paced value stands afterwards.
Answer toward_verb(const Call& call) {
    if (call.words.size() != 4 || call.words[2] != "at") return senseless("toward PRICE at MS");
    const auto price = count_of<Price>(call.words[1], price_digits);
    const auto now_ms = time_of(call.words[3]);
    if (!price || !now_ms) return senseless(price ? now_ms.error() : price.error());
    Watch& watch = watch_of(call.context);
    watch.paced = paced_toward(watch.paced, watch.slew.velocity, price->raw(), *now_ms);
    return answer(price_text(watch.paced.value));
}
const Verb toward_registered("toward", toward_verb);

/// figure floor AMOUNT cap AMOUNT rate RATE per MS: a measured figure, in whole numbers, for `measured`.
Answer figure_verb(const Call& call) {
    const auto& words = call.words;
    const bool shaped = words.size() == 9 && words[1] == "floor" && words[3] == "cap" && words[5] == "rate";
    const auto velocity = shaped ? velocity_of(words, 6) : fail(std::string("figure floor AMOUNT cap AMOUNT rate RATE per MS"));
    if (!velocity) return senseless(velocity.error());
    const auto floor = count_of<Amount>(words[2], 0);
    const auto cap = count_of<Amount>(words[4], 0);
    if (!floor || !cap) return senseless(floor ? cap.error() : floor.error());
    watch_of(call.context).slew = {floor->raw(), cap->raw(), *velocity};
    return answer("");
}
const Verb figure_registered("figure", figure_verb);

/// measured AMOUNT at MS: what of it is taken.
Answer measured_verb(const Call& call) {
    if (call.words.size() != 4 || call.words[2] != "at") return senseless("measured AMOUNT at MS");
    const auto figure = count_of<Amount>(call.words[1], 0);
    const auto now_ms = time_of(call.words[3]);
    if (!figure || !now_ms) return senseless(figure ? now_ms.error() : figure.error());
    Watch& watch = watch_of(call.context);
    watch.paced = measured(watch.paced, watch.slew, figure->raw(), *now_ms);
    return answer(format_decimal(watch.paced.value, 0));
}
const Verb measured_registered("measured", measured_verb);

}  // namespace

}  // namespace plimsoll::spec
