#include "plimsoll/stress/ensemble.hpp"

#include "plimsoll/calibrate/kept.hpp"
#include "plimsoll/stress/draw.hpp"
#include "plimsoll/text/hex.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace plimsoll::stress {

namespace {

#define PLIM_FIGURE(member, meaning)                                                      \
    OutcomeFigure {                                                                       \
        #member, meaning, [](const Outcome& o) { return static_cast<double>(o.member); }, \
            [](Outcome& o, double v) { o.member = static_cast<decltype(o.member)>(v); }   \
    }

constexpr std::array figures{
    PLIM_FIGURE(fall, "largest fall of the reference from a peak, share"),
    PLIM_FIGURE(shortfall, "what accounts could not pay"),
    PLIM_FIGURE(fund_paid, "of that, by the insurance fund"),
    PLIM_FIGURE(shared, "of that, by others"),
    PLIM_FIGURE(booked, "of that, by nobody"),
    PLIM_FIGURE(largest, "of that, one owner's, the largest"),
    PLIM_FIGURE(two_largest, "and the two largest together"),
    PLIM_FIGURE(liquidated, "notional that liquidations sold"),
    PLIM_FIGURE(deleveraged, "notional of winners closed against their will"),
    PLIM_FIGURE(pledge_bought, "of the fund, paid for collateral of accounts that could not pay otherwise"),
    PLIM_FIGURE(unfilled, "notional of liquidations that waited, at the worst moment"),
    PLIM_FIGURE(uncarried, "notional that books had a price for and no maker the means, at the worst moment"),
    PLIM_FIGURE(worst_offset, "furthest that the own book was pressed, |ln|"),
    PLIM_FIGURE(slowest_s, "longest liquidation, seconds"),
    PLIM_FIGURE(liquidations, "how many"),
    PLIM_FIGURE(accounts_liquidated, "accounts"),
    PLIM_FIGURE(stopped, "accounts that left by their own stop"),
    PLIM_FIGURE(hurt, "accounts that bore what others could not pay, or were closed for it"),
    PLIM_FIGURE(unfinished, "liquidations that went on at the end"),
    PLIM_FIGURE(commands, "sent to the engine"),
};
#undef PLIM_FIGURE

std::string row_of(const Outcome& outcome) {
    char text[64];
    std::string row;
    for (const OutcomeFigure& figure : figures) {
        std::snprintf(text, sizeof text, "%.17g ", figure.get(outcome));
        row += text;
    }
    return row + text::hex(outcome.chain.high, outcome.chain.low);
}

std::optional<Outcome> read_row(const std::string& row) {
    const char* at = row.c_str();
    Outcome read;
    for (const OutcomeFigure& figure : figures) {
        char* end = nullptr;
        const double value = std::strtod(at, &end);
        if (end == at) return std::nullopt;
        figure.set(read, value);
        at = end;
    }
    int length = 0;
    if (std::sscanf(at, " %16" SCNx64 "%16" SCNx64 "%n", &read.chain.high, &read.chain.low, &length) != 2 || length != 33)
        return std::nullopt;
    return read;
}

/// Paths are handed out one by one; outcomes go to their places.
class Work {
public:
    Work(const Crash& crash, const Ensemble& ensemble, std::vector<Outcome>& outcomes, const std::vector<bool>& done, calibrate::Kept& kept)
        : crash_(crash), ensemble_(ensemble), outcomes_(outcomes), kept_(kept) {
        for (std::uint64_t i = 0; i < done.size(); ++i)
            if (!done[i]) left_.push_back(i);
        finished_ = done.size() - left_.size();
    }

    void run() {
        const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
        const std::size_t threads = std::min<std::size_t>(ensemble_.threads > 0 ? ensemble_.threads : cores, left_.size());
        std::vector<std::jthread> workers;
        for (std::size_t i = 0; i < threads; ++i) workers.emplace_back([this] { take_part(); });
        std::unique_lock lock(mutex_);
        while (finished_ < outcomes_.size()) {
            changed_.wait_for(lock, std::chrono::milliseconds(100));
            if (!ensemble_.progress) continue;
            const std::uint64_t finished = finished_;
            lock.unlock();
            ensemble_.progress(finished);
            lock.lock();
        }
    }

private:
    void take_part() {
        for (std::size_t at = next_++; at < left_.size(); at = next_++) {
            const std::uint64_t index = left_[at];
            const Outcome outcome = crash_.run(ensemble_.path(index));
            const std::lock_guard lock(mutex_);
            outcomes_[index] = outcome;
            kept_.add(index, row_of(outcome));
            ++finished_;
            if (finished_ == outcomes_.size()) changed_.notify_all();
        }
    }

    const Crash& crash_;
    const Ensemble& ensemble_;
    std::vector<Outcome>& outcomes_;
    calibrate::Kept& kept_;
    std::vector<std::uint64_t> left_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t finished_ = 0;
};

}  // namespace

std::span<const OutcomeFigure> outcome_figures() { return figures; }

Result<std::vector<Outcome>> run_all(const Crash& crash, const Ensemble& ensemble) {
    std::vector<Outcome> outcomes(ensemble.paths);
    std::vector<bool> done(ensemble.paths);
    calibrate::Kept kept;
    // Rows are figures in an order: with others than today's a file belongs to another question.
    const std::string asked = ensemble.asked + "|" + std::to_string(figures.size()) + " figures";
    const auto opened = kept.open(ensemble.kept, "stress paths", asked, [&](std::uint64_t index, const std::string& row) {
        const auto outcome = read_row(row);
        if (!outcome) return false;
        if (index >= ensemble.paths) return true;
        outcomes[index] = *outcome;
        done[index] = true;
        return true;
    });
    if (!opened) return fail(opened.error());
    Work(crash, ensemble, outcomes, done, kept).run();
    return outcomes;
}

Spread spread_of(std::vector<double> values) {
    Spread spread;
    if (values.empty()) return spread;
    std::sort(values.begin(), values.end());
    for (const double value : values) spread.mean += value / static_cast<double>(values.size());
    const auto at = [&](double share) {
        const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
        return values[std::min(values.size(), std::max<std::size_t>(1, rank)) - 1];
    };
    spread.median = at(0.5);
    spread.p95 = at(0.95);
    spread.p99 = at(0.99);
    spread.most = values.back();
    return spread;
}

Summary summary_of(std::span<const Outcome> outcomes) {
    const auto spread = [&](auto get) {
        std::vector<double> values;
        for (const Outcome& outcome : outcomes) values.push_back(get(outcome));
        return spread_of(std::move(values));
    };
    Summary s;
    s.paths = outcomes.size();
    s.shortfall = spread([](const Outcome& o) { return o.shortfall; });
    s.fund_paid = spread([](const Outcome& o) { return o.fund_paid; });
    s.beyond_fund = spread([](const Outcome& o) { return o.shared + o.booked; });
    s.deleveraged = spread([](const Outcome& o) { return o.deleveraged; });
    s.liquidated = spread([](const Outcome& o) { return o.liquidated; });
    s.uncarried = spread([](const Outcome& o) { return o.uncarried; });
    s.pledge_bought = spread([](const Outcome& o) { return o.pledge_bought; });
    s.hurt = spread([](const Outcome& o) { return static_cast<double>(o.hurt); });
    for (const Outcome& o : outcomes) {
        s.ruined += (o.shared + o.booked > 0 ? 1.0 : 0.0) / static_cast<double>(outcomes.size());
        s.cover_1 = std::max(s.cover_1, o.largest);
        s.cover_2 = std::max(s.cover_2, o.two_largest);
    }
    return s;
}

double fund_for(std::span<const Outcome> outcomes, std::size_t days, double ruin, std::uint64_t seed, std::size_t draws) {
    PLIM_ASSERT(!outcomes.empty() && ruin > 0 && ruin < 1 && draws > 0);
    std::vector<double> sums(draws);
    for (std::size_t i = 0; i < draws; ++i) {
        // Each draw has its own stream, so that more days add to the same ones.
        Draw draw(seed + 0x9E3779B97F4A7C15u * i);
        for (std::size_t day = 0; day < days; ++day) sums[i] += outcomes[draw.below(outcomes.size())].shortfall;
    }
    std::sort(sums.begin(), sums.end());
    const auto beyond = static_cast<std::size_t>(std::floor(ruin * static_cast<double>(draws)));
    return sums[draws - 1 - std::min(beyond, draws - 1)];
}

}  // namespace plimsoll::stress
