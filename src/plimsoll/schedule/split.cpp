#include "plimsoll/schedule/split.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace plimsoll {

namespace {

class Splitting {
public:
    Splitting(const CompiledSchedule& schedule, Level level, const Growing& growing, std::int64_t size, int accounts)
        : schedule_(schedule), level_(level), growing_(growing), size_(size), accounts_(accounts), figures_(growing.figures(size)) {
        group_ = growing.group_others + growing.notional_per_size * size;
    }

    SplitGain run() {
        best_.one = best_.split = asked(size_);
        best_.parts = {{size_, 1}};
        offer({}, size_, accounts_);
        const std::vector<std::int64_t> ends = row_ends();
        best_.exhaustive = counts_of(ends.size()) <= counts_max;
        if (best_.exhaustive) all({}, ends, size_, accounts_);
        else pairs(ends);
        return best_;
    }

private:
    static constexpr std::size_t pairs_all_max = 12;
    static constexpr std::int64_t counts_max = 100'000;

    /// In how many ways up to `accounts_` accounts stand at the ends of that many rows, or more than counts_max.
    std::int64_t counts_of(std::size_t rows) const {
        std::int64_t ways = 1;  // binomial(accounts + rows, rows), factor by factor
        for (std::size_t i = 1; i <= rows && ways <= counts_max; ++i)
            ways = ways * (accounts_ + static_cast<std::int64_t>(i)) / static_cast<std::int64_t>(i);
        return ways;
    }

    /// Every number of accounts at the end of every row, the rest in one account or in equal ones.
    void all(std::vector<SplitPart> fixed, std::span<const std::int64_t> ends, std::int64_t rest, int left) {
        if (ends.empty()) {
            offer(fixed, rest, 1 <= left ? 1 : 0);
            offer(std::move(fixed), rest, left);
            return;
        }
        const std::int64_t end = ends.back();
        for (int many = 0; many <= left && end * many <= rest; ++many) {
            std::vector<SplitPart> further = fixed;
            if (many > 0) further.push_back({end, many});
            all(std::move(further), ends.first(ends.size() - 1), rest - end * many, left - many);
        }
    }

    void pairs(const std::vector<std::int64_t>& ends) {
        for (std::size_t i = 0; i < ends.size(); ++i) {
            for (int many = 1; many < accounts_ && ends[i] <= size_ / many; ++many) {
                const std::int64_t rest = size_ - ends[i] * many;
                offer({{ends[i], many}}, rest, accounts_ - many);
                offer({{ends[i], many}}, rest, 1);
                // Two rows: neighbours always, all pairs while the tables are short.
                for (std::size_t j = 0; j < i; ++j)
                    if (ends.size() <= pairs_all_max || j + 1 == i) two(ends[i], many, ends[j], rest);
            }
        }
    }

    /// Of one account of the owner: the group and the market are the same however the whole is split.
    Wide asked(std::int64_t size) {
        if (const auto known = known_.find(size); known != known_.end()) return known->second;
        const Exposure exposure{growing_.notional_per_size * size, size, group_, growing_.is_short};
        return known_[size] = requirement_exact(schedule_, level_, exposure, figures_, {});
    }

    /// The last size in each row of the tables over own size or own notional.
    std::vector<std::int64_t> row_ends() const {
        std::vector<std::int64_t> ends;
        const CompiledLevel& l = schedule_.level(level_);
        for (std::uint32_t i = 0; i < l.terms; ++i) {
            const CompiledTerm& term = schedule_.terms[l.first_term + i];
            const bool own = term.axis.subject == Subject::own_size || term.axis.subject == Subject::own_notional;
            if (!own || term.axis.per != Per::nothing) continue;
            const Wide per_size = term.axis.subject == Subject::own_size ? 1 : growing_.notional_per_size;
            const auto add = [&](Wide edge) {
                const Wide end = (edge - (term.edge == EdgeRule::lower_row ? 0 : 1)) / per_size;
                if (end > 0 && end < size_) ends.push_back(static_cast<std::int64_t>(end));
            };
            for (std::uint32_t row = 1; row < term.rows; ++row) add(schedule_.edges[term.first_row + row]);
            if (term.kind == CurveKind::steps)
                for (Wide step = 0; step < 8; ++step) add(term.origin + term.width * step);
        }
        std::sort(ends.begin(), ends.end());
        ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
        return ends;
    }

    void two(std::int64_t high, int many, std::int64_t low, std::int64_t rest) {
        const int left = accounts_ - many;
        const auto fit = static_cast<int>(std::min<std::int64_t>(left, rest / low));
        for (const int lows : {fit, fit - 1}) {
            if (lows < 1) continue;
            offer({{high, many}, {low, lows}}, rest - low * lows, std::min(1, left - lows));
        }
    }

    /// Tries `fixed` with `rest` in equal parts over `over` accounts.
    void offer(std::vector<SplitPart> fixed, std::int64_t rest, int over) {
        if ((rest > 0 && over < 1) || (rest == 0 && fixed.empty())) return;
        if (rest > 0) {
            const auto many = static_cast<int>(std::min<std::int64_t>(over, rest));
            const auto larger = static_cast<int>(rest % many);
            if (larger > 0) fixed.push_back({rest / many + 1, larger});
            fixed.push_back({rest / many, many - larger});
        }
        Wide sum = 0;
        for (const SplitPart& part : fixed) {
            const Wide each = asked(part.size);
            if (each > (best_.split - sum) / part.accounts) return;  // dearer already; the product would be larger still
            sum += each * part.accounts;
        }
        if (sum >= best_.split) return;
        best_.split = sum;
        best_.parts = std::move(fixed);
    }

    const CompiledSchedule& schedule_;
    Level level_;
    const Growing& growing_;
    std::int64_t size_;
    int accounts_;
    MarketFigures figures_;
    Wide group_ = 0;
    std::map<std::int64_t, Wide> known_;
    SplitGain best_;
};

}  // namespace

SplitGain split_gain(const CompiledSchedule& schedule, Level level, const Growing& growing, std::int64_t size, int accounts) {
    PLIM_ASSERT(accounts >= 1 && accounts <= split_accounts_max);
    PLIM_ASSERT(size >= 0 && size <= growing.size_max());
    return Splitting(schedule, level, growing, size, accounts).run();
}

}  // namespace plimsoll
