// Set against set: assets, markets, overrides, and the schedules through the markets that use them.
#include "plimsoll/params/diff.hpp"

#include "plimsoll/params/diff_rules.hpp"
#include "plimsoll/params/diff_schedule.hpp"
#include "plimsoll/params/figures.hpp"
#include "plimsoll/params/words.hpp"
#include "plimsoll/schedule/evaluate.hpp"
#include "plimsoll/schedule/probes.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace plimsoll {

namespace {

constexpr std::size_t names_shown = 3;

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < names_shown; ++i) text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > names_shown) text += " and " + std::to_string(names.size() - names_shown) + " more";
    return text;
}

/// Which way a requirement goes over every probe of both schedules.
std::vector<Verdict> verdicts(const Schedule& before, const Schedule& after, const Scales& scales, const AccountTerms& terms_before,
                              const AccountTerms& terms_after, const std::string& market) {
    const auto a = compile(before, scales);
    const auto b = compile(after, scales);
    if (!a || !b) return {};
    std::vector<Probe> all = probes(*a);
    const std::vector<Probe> more = probes(*b);
    all.insert(all.end(), more.begin(), more.end());
    std::vector<Verdict> found;
    for (int i = 0; i < levels_count; ++i) {
        const auto level = static_cast<Level>(i);
        bool up = false;
        bool down = false;
        for (const Probe& probe : all) {
            const Wide old_need = requirement_exact(*a, level, probe.exposure, probe.figures, terms_before);
            const Wide new_need = requirement_exact(*b, level, probe.exposure, probe.figures, terms_after);
            up = up || new_need > old_need;
            down = down || new_need < old_need;
        }
        if (up || down) found.push_back({market, level, up && down ? Direction::mixed : up ? Direction::tighter : Direction::looser});
    }
    return found;
}

class SetDiffer {
public:
    SetDiffer(const ParameterSet& before, const ParameterSet& after) : before_(before), after_(after) {}

    SetDiff run() {
        head();
        profit();
        compare_liquidation(notes_, before_.liquidation, after_.liquidation);
        paired(before_.assets, after_.assets, &Asset::name, "asset", [&](const Asset& a, const Asset& b) { asset(a, b); });
        paired(before_.markets, after_.markets, &MarketParams::name, "market",
               [&](const MarketParams& a, const MarketParams& b) { market(a, b); });
        schedules();
        overrides();
        return {notes_.take(), std::move(verdicts_)};
    }

private:
    void head() {
        notes_.text("set", "set.name", "name", before_.name, after_.name);
        notes_.text("set", "set.version", "version", std::to_string(before_.version), std::to_string(after_.version));
        notes_.text("set", "set.source", "source", before_.source, after_.source);
        const auto numeraire = [](const ParameterSet& set) { return set.assets.empty() ? std::string() : set.asset(set.numeraire).name; };
        notes_.text("set", "set.numeraire", "numeraire", numeraire(before_), numeraire(after_), Direction::mixed);
    }

    void profit() {
        const ProfitWeights& a = before_.profit;
        const ProfitWeights& b = after_.profit;
        notes_.plain("profit", "profit.initial", "weight toward initial margin", a.initial, b.initial, Sense::down_is_tighter);
        notes_.plain("profit", "profit.withdrawal", "weight toward withdrawals", a.withdrawal, b.withdrawal, Sense::down_is_tighter);
        notes_.plain("profit", "profit.maintenance", "weight toward maintenance", a.maintenance, b.maintenance, Sense::down_is_tighter);
        notes_.limit("profit", "profit.initial_cap", "cap toward initial margin", a.initial_cap, b.initial_cap);
    }

    /// Items of one name are compared; the others came or went.
    template <class Item, class Compare>
    void paired(const std::vector<Item>& before, const std::vector<Item>& after, std::string Item::* name, const std::string& kind,
                Compare compare) {
        const auto find = [&](const std::vector<Item>& items, const std::string& wanted) {
            return std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.*name == wanted; });
        };
        for (const Item& a : before) {
            const auto b = find(after, a.*name);
            if (b != after.end()) compare(a, *b);
            else notes_.add({kind + " " + a.*name, kind + "." + a.*name, "", "present", "", Direction::neutral});
        }
        for (const Item& b : after)
            if (find(before, b.*name) == before.end())
                notes_.add({kind + " " + b.*name, kind + "." + b.*name, "", "", "present", Direction::neutral});
    }

    void asset(const Asset& a, const Asset& b) {
        const std::string subject = "asset " + a.name;
        const std::string path = "asset." + a.name + ".";
        notes_.text(subject, path + "digits", "digits", std::to_string(a.digits), std::to_string(b.digits));
        notes_.text(subject, path + "price_digits", "price digits", std::to_string(a.price_digits), std::to_string(b.price_digits));
        notes_.text(subject, path + "price_max", "largest price", grouped(a.price_max.raw(), a.price_digits),
                    grouped(b.price_max.raw(), b.price_digits));
        notes_.text(subject, path + "amount_max", "largest balance", grouped(a.amount_max.raw(), a.digits),
                    grouped(b.amount_max.raw(), b.digits));
        notes_.flag(subject, path + "collateral", "collateral", a.collateral, b.collateral, Sense::down_is_tighter);
        const bool one = a.weight_initial == a.weight_maintenance && b.weight_initial == b.weight_maintenance;
        weight(subject, path + "weight_initial", one ? "" : "initial ", a.weight_initial, b.weight_initial);
        if (!one) weight(subject, path + "weight_maintenance", "maintenance ", a.weight_maintenance, b.weight_maintenance);
        notes_.plain(subject, path + "liability_weight_initial", "initial liability weight", a.liability_weight_initial,
                     b.liability_weight_initial, Sense::up_is_tighter);
        notes_.plain(subject, path + "liability_weight_maintenance", "maintenance liability weight", a.liability_weight_maintenance,
                     b.liability_weight_maintenance, Sense::up_is_tighter);
        compare_deposits(notes_, subject, path, a, b);
    }

    void weight(const std::string& subject, const std::string& path, const std::string& level, const WeightCurve& a, const WeightCurve& b) {
        notes_.plain(subject, path, level + "weight", a.weight, b.weight, Sense::down_is_tighter);
        for (std::size_t i = 0; i < std::max(a.tiers.size(), b.tiers.size()); ++i) {
            const std::string what = level + "weight tier " + std::to_string(i + 1);
            const std::string row = path + ".tier." + std::to_string(i + 1);
            if (i >= a.tiers.size()) notes_.add({subject, row, what, "", tier_text(b.tiers[i]), Direction::tighter});
            else if (i >= b.tiers.size()) notes_.add({subject, row, what, tier_text(a.tiers[i]), "", Direction::looser});
            else {
                notes_.plain(subject, row + ".weight", what + ":", a.tiers[i].weight, b.tiers[i].weight, Sense::down_is_tighter);
                notes_.decimal(subject, row + ".from", what + " from", a.tiers[i].from, b.tiers[i].from, Sense::down_is_tighter);
            }
        }
        notes_.text(subject, path + ".root", level + "root discount", root_text(a.root), root_text(b.root), Direction::mixed);
        notes_.text(subject, path + ".linear", level + "linear discount", linear_text(a.linear), linear_text(b.linear), Direction::mixed);
        notes_.limit(subject, path + ".venue_scale_start", level + "weight falls with the venue's total from", a.venue_scale_start,
                     b.venue_scale_start);
    }

    static std::string tier_text(const WeightTier& tier) { return to_text(tier.weight) + " from " + grouped(tier.from); }
    static std::string root_text(const std::optional<RootDiscount>& root) {
        return root ? "top " + to_text(root->top) + ", factor " + to_text(root->factor) : "none";
    }
    static std::string linear_text(const std::optional<LinearDiscount>& linear) {
        return linear ? "slope " + to_text(linear->slope) + ", " + to_text(linear->least) + " to " + to_text(linear->most) : "none";
    }

    void market(const MarketParams& a, const MarketParams& b) {
        const std::string path = "market." + a.name + ".";
        contract(a, b, path);
        notes_.text(a.name, path + "settle", "settle asset", before_.asset(a.settle).name, after_.asset(b.settle).name, Direction::mixed);
        notes_.plain(a.name, path + "margin_multiplier", "margin multiplier", a.multiplier, b.multiplier, Sense::up_is_tighter);
        notes_.text(a.name, path + "open_orders", "open orders", std::string(words::of(a.open_orders)),
                    std::string(words::of(b.open_orders)), Direction::mixed);
        notes_.text(a.name, path + "hedge", "hedge mode", std::string(words::of(a.hedge)), std::string(words::of(b.hedge)),
                    b.hedge == HedgeRule::sum_of_legs ? Direction::tighter : Direction::looser);
        const auto leverage = [](std::uint32_t hundredths) {
            return hundredths == 0 ? std::nullopt : std::optional(Decimal{hundredths, 2});
        };
        notes_.limit(a.name, path + "leverage_max", "largest leverage", leverage(a.leverage_max_hundredths),
                     leverage(b.leverage_max_hundredths));
        compare_fees(notes_, a.name, path, a, b);
        compare_guards(notes_, a.name, path, a, b);
        const Schedule& old_schedule = before_.schedules[a.schedule.index];
        const Schedule& new_schedule = after_.schedules[b.schedule.index];
        notes_.text(a.name, path + "schedule", "schedule", old_schedule.id, new_schedule.id);
        users_[{a.schedule.index, b.schedule.index}].push_back(a.name);
        const bool same = old_schedule == new_schedule && a.multiplier == b.multiplier;
        if (same || scales_of(before_, a) != scales_of(after_, b)) return;
        for (Verdict& verdict :
             verdicts(old_schedule, new_schedule, scales_of(after_, b), {a.multiplier, {}, {}}, {b.multiplier, {}, {}}, a.name))
            verdicts_.push_back(std::move(verdict));
    }

    void contract(const MarketParams& market_a, const MarketParams& market_b, const std::string& path) {
        const Instrument& a = market_a.instrument;
        const Instrument& b = market_b.instrument;
        const std::string& subject = market_a.name;
        notes_.text(subject, path + "kind", "contract", std::string(words::of(a.kind)), std::string(words::of(b.kind)), Direction::mixed);
        notes_.text(subject, path + "price_digits", "price digits", std::to_string(a.price_digits), std::to_string(b.price_digits));
        notes_.text(subject, path + "size_digits", "size digits", std::to_string(a.size_digits), std::to_string(b.size_digits));
        notes_.text(subject, path + "settle_digits", "settle digits", std::to_string(a.settle_digits), std::to_string(b.settle_digits));
        notes_.decimal(subject, path + "contract_multiplier", "contract multiplier", a.multiplier, b.multiplier, Sense::unclear);
        notes_.decimal(subject, path + "price_max", "largest price", {a.price_max.raw(), a.price_digits},
                       {b.price_max.raw(), b.price_digits}, Sense::neutral);
        notes_.decimal(subject, path + "size_max", "largest size", {a.size_max.raw(), a.size_digits}, {b.size_max.raw(), b.size_digits},
                       Sense::down_is_tighter);
        notes_.decimal(subject, path + "tick", "tick", {a.tick.raw(), a.price_digits}, {b.tick.raw(), b.price_digits}, Sense::neutral);
        notes_.decimal(subject, path + "lot", "lot", {a.lot.raw(), a.size_digits}, {b.lot.raw(), b.size_digits}, Sense::neutral);
    }

    /// A schedule is named by the markets that use it; one that none uses in both sets, by its id.
    void schedules() {
        std::set<std::pair<std::uint32_t, std::uint32_t>> done;
        for (const auto& [pair, names] : users_) {
            compare_schedules(notes_, joined(names), before_.schedules[pair.first], after_.schedules[pair.second]);
            done.insert(pair);
        }
        paired(before_.schedules, after_.schedules, &Schedule::id, "schedule", [&](const Schedule& a, const Schedule& b) {
            const auto index = [](const std::vector<Schedule>& all, const Schedule& one) {
                return static_cast<std::uint32_t>(&one - all.data());
            };
            if (!done.contains({index(before_.schedules, a), index(after_.schedules, b)}))
                compare_schedules(notes_, "schedule " + a.id, a, b);
        });
    }

    void overrides() {
        const auto keyed = [](const ParameterSet& set) {
            std::map<std::pair<std::string, std::string>, const Override*> all;
            for (const Override& each : set.overrides)
                all[{each.account, each.market ? "market " + set.market(*each.market).name : "every market"}] = &each;
            return all;
        };
        const auto olds = keyed(before_);
        const auto news = keyed(after_);
        static const Override none;
        std::set<std::pair<std::string, std::string>> keys;
        for (const auto& [key, each] : olds) keys.insert(key);
        for (const auto& [key, each] : news) keys.insert(key);
        for (const auto& key : keys) {
            const Override& a = olds.contains(key) ? *olds.at(key) : none;
            const Override& b = news.contains(key) ? *news.at(key) : none;
            const std::string subject = "account " + key.first + " in " + key.second;
            const std::string path = "override." + key.first + "." + key.second + ".";
            notes_.given(subject, path + "margin_multiplier", "margin multiplier", a.multiplier, b.multiplier);
            notes_.given(subject, path + "initial_floor", "least initial rate", a.initial_floor, b.initial_floor);
        }
    }

    const ParameterSet& before_;
    const ParameterSet& after_;
    Notes notes_;
    std::vector<Verdict> verdicts_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::string>> users_;
};

}  // namespace

std::string_view to_string(Direction direction) {
    static constexpr std::string_view names[] = {"neutral", "tighter", "looser", "mixed"};
    return names[static_cast<std::size_t>(direction)];
}

SetDiff diff(const ParameterSet& before, const ParameterSet& after) { return SetDiffer(before, after).run(); }

SetDiff diff(const Schedule& before, const Schedule& after, const Scales& scales, std::string subject) {
    Notes notes;
    notes.text(subject, "schedule.id", "schedule", before.id, after.id);
    compare_schedules(notes, subject, before, after);
    return {notes.take(), verdicts(before, after, scales, {}, {}, subject)};
}

std::string to_string(const DiffEntry& entry) {
    std::string line = entry.subject;
    if (!entry.what.empty()) line += " " + entry.what;
    const bool bare = entry.before.empty() && entry.after.empty();
    if (!bare && entry.before.empty()) line += entry.what.empty() ? " added" : " added: " + entry.after;
    else if (!bare && entry.after.empty()) line += entry.what.empty() ? " removed" : " removed: " + entry.before;
    else if (!bare) line += " " + entry.before + " → " + entry.after;
    if (entry.direction != Direction::neutral) line += " (" + std::string(to_string(entry.direction)) + ")";
    return line;
}

std::string to_string(const SetDiff& diff) {
    std::string text;
    for (const DiffEntry& entry : diff.entries) text += to_string(entry) + "\n";
    for (const Verdict& verdict : diff.verdicts)
        text +=
            verdict.market + " " + std::string(words::of(verdict.level)) + " margin: " + std::string(to_string(verdict.direction)) + "\n";
    return text;
}

}  // namespace plimsoll
