#include "plimsoll/schedule/probes.hpp"

#include "plimsoll/money/mul_div.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr Wide large = notional_max / 1024;  // leaves room for what a test adds

class Probing {
public:
    explicit Probing(const CompiledSchedule& schedule) : schedule_(schedule) {
        for (const CompiledTerm& term : schedule.terms) collect(term);
        for (const CompiledModulator& m : schedule.modulators) strain_ = std::max({strain_, m.start, m.start + m.span});
        for (std::vector<Wide>* stations : {&notionals_, &sizes_, &groups_, &interests_, &shares_}) tidy(*stations);
    }

    std::vector<Probe> run() {
        Wide unit = pow10(schedule_.scales.notional_digits);
        for (Wide n = 1; n < large; n *= 10) notionals_.push_back(n);
        for (const Wide n : notionals_) ask({n, size_of(n), n, false});
        for (const Wide size : sizes_)
            for (const Wide n : {unit, large}) ask({n, size, n, false});
        for (const Wide group : groups_)
            for (const Wide n : {Wide{1}, group}) ask({n, size_of(n), group, false});
        for (const Wide side : interests_) ask({std::min(side, unit), 1, std::min(side, unit), false}, side);
        for (const Wide share : shares_) divided(share);
        return std::move(probes_);
    }

private:
    static void tidy(std::vector<Wide>& stations) {
        std::sort(stations.begin(), stations.end());
        stations.erase(std::unique(stations.begin(), stations.end()), stations.end());
    }

    Wide size_of(Wide notional) const {
        return std::max<Wide>(1, notional / pow10(std::max(0, schedule_.scales.notional_digits - schedule_.scales.size_digits)));
    }

    void around(std::vector<Wide>& stations, Wide at) {
        for (Wide x = at - 1; x <= at + 1; ++x)
            if (x > 0 && x <= large) stations.push_back(x);
    }

    void collect(const CompiledTerm& term) {
        std::vector<Wide>& stations = term.axis.per != Per::nothing                      ? shares_
                                      : term.axis.subject == Subject::own_size           ? sizes_
                                      : term.axis.subject == Subject::group_notional     ? groups_
                                      : term.axis.subject == Subject::side_open_interest ? interests_
                                                                                         : notionals_;
        for (std::uint32_t row = 0; row < term.rows; ++row) around(stations, schedule_.edges[term.first_row + row]);
        around(stations, term.origin);
        for (int step = 1; step <= 3 && term.width > 0 && term.width < large / 4; ++step) around(stations, term.origin + term.width * step);
        for (Wide x = 1; x < large && &stations != &notionals_; x *= 10) stations.push_back(x);
    }

    /// A position that is `share` (10^-9) of whatever it is divided by.
    void divided(Wide share) {
        const Wide notional = large;
        const Wide figure = std::clamp<Wide>(notional / share * rate_one, 1, notional_max);
        ask({notional, size_of(notional), notional, false}, figure, figure);
    }

    void ask(const Exposure& exposure, Wide side = 0, Wide measured = large) {
        Probe probe;
        probe.exposure = exposure;
        probe.figures.depth = probe.figures.daily_volume = measured;
        probe.figures.open_interest_long = std::max(side, exposure.notional);
        probe.figures.open_interest_short = 0;
        probe.figures.reserve_ratio = Rate::max();
        probes_.push_back(probe);
        probe.strained = true;
        probe.figures.open_interest_long = std::clamp<Wide>(strain_, probe.figures.open_interest_long, large);
        probe.figures.volatility = Rate::max();
        probe.figures.reserve_ratio = Rate{};
        probes_.push_back(probe);
    }

    const CompiledSchedule& schedule_;
    std::vector<Probe> probes_;
    std::vector<Wide> notionals_, sizes_, groups_, interests_, shares_;
    Wide strain_ = 0;
};

}  // namespace

std::vector<Probe> probes(const CompiledSchedule& schedule) { return Probing(schedule).run(); }

}  // namespace plimsoll
