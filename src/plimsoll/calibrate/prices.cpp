#include "plimsoll/calibrate/prices.hpp"

#include <algorithm>
#include <deque>

namespace plimsoll::calibrate {

std::vector<double> Past::returns(std::size_t every, std::size_t most) const {
    std::vector<double> result;
    if (every == 0) return result;
    for (std::size_t back = bars_.size(); back > every && result.size() < most; back -= every)
        result.push_back(bars_[back - 1].close / bars_[back - 1 - every].close - 1);
    std::reverse(result.begin(), result.end());
    return result;
}

namespace {

/// The extreme of a sliding window, in one pass.
template <class Better>
class Extreme {
public:
    void add(std::size_t at, double value) {
        while (!kept_.empty() && !Better{}(kept_.back().second, value)) kept_.pop_back();
        kept_.emplace_back(at, value);
    }
    double of_last(std::size_t begin) {
        while (kept_.front().first < begin) kept_.pop_front();
        return kept_.front().second;
    }

private:
    std::deque<std::pair<std::size_t, double>> kept_;
};

/// The worst window up to and with each bar.
std::vector<Worst> worst_up_to_each(std::span<const Bar> bars, std::size_t length) {
    std::vector<Worst> all;
    all.reserve(bars.size());
    Worst worst;
    Extreme<std::greater<>> highest;
    Extreme<std::less<>> lowest;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (i != 0) {
            const std::size_t begin = i > length ? i - length : 0;
            worst.down = std::max(worst.down, 1 - bars[i].low / highest.of_last(begin));
            worst.up = std::max(worst.up, bars[i].high / lowest.of_last(begin) - 1);
        }
        all.push_back(worst);
        highest.add(i, bars[i].close);
        lowest.add(i, bars[i].close);
    }
    return all;
}

}  // namespace

Worst Prices::worst_window(const Past& past, std::size_t length) const {
    if (past.empty()) return {};
    auto found = worst_.find(length);
    if (found == worst_.end()) found = worst_.emplace(length, worst_up_to_each(bars_, length)).first;
    return found->second[past.bars().size() - 1];
}

double Past::daily_turnover(std::int64_t step, std::size_t days) const {
    const std::size_t a_day = static_cast<std::size_t>(std::max<std::int64_t>(1, 86'400 / step));
    const std::size_t whole = std::min(days, bars_.size() / a_day);
    if (whole == 0) return 0;
    double sum = 0;
    for (const Bar& bar : bars_.last(whole * a_day)) sum += bar.volume * bar.close;
    return sum / static_cast<double>(whole);
}

Past Prices::as_of(std::int64_t ts) const {
    const auto end = std::partition_point(bars_.begin(), bars_.end(), [&](const Bar& bar) { return bar.ts + step_ <= ts; });
    return Past({bars_.data(), static_cast<std::size_t>(end - bars_.begin())});
}

}  // namespace plimsoll::calibrate
