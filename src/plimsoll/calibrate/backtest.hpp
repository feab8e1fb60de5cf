// Whether margins would have held: exceptions counted and judged, what they cost, how much the margin moved.
#pragma once

#include "plimsoll/calibrate/curve.hpp"

#include <string>

namespace plimsoll::calibrate {

/// A likelihood ratio and how likely one as large is by chance.
struct LikelihoodTest {
    double statistic = 0;
    double p_value = 1;
    bool passes(double level = 0.05) const { return p_value >= level; }
};
/// Proportion of failures: x exceptions in n, expected with probability p. chi2(1); 0 ln 0 is 0.
LikelihoodTest kupiec(std::size_t n, std::size_t x, double p);
/// From counts of "no exception after none", and so on. chi2(1).
struct Transitions {
    std::size_t n00 = 0, n01 = 0, n10 = 0, n11 = 0;
};
Transitions transitions(std::span<const char> exceptions);
LikelihoodTest christoffersen(const Transitions& counts);
/// Their sum. chi2(2).
LikelihoodTest joint(const LikelihoodTest& coverage, const LikelihoodTest& independence);

/// The chance of at most x exceptions in n.
double binomial_at_most(std::size_t n, std::size_t x, double p);
struct Band {
    std::size_t least = 0;
    std::size_t most = 0;
};
/// The numbers of exceptions that kupiec() accepts at a level.
Band accepted(std::size_t n, double p, double level = 0.05);
enum class Light : std::uint8_t { green, yellow, red };
/// Yellow from a cumulative chance of 95 %, red from 99.99 %.
Light traffic_light(std::size_t n, std::size_t x, double p);
std::string_view to_string(Light light);

/// One window of a backtest. Units  shares of the price.
struct Window {
    std::int64_t ts = 0;      // when it begins
    double margin = 0;
    double loss_down = 0;     // by closes in it
    double loss_up = 0;
    double loss() const { return loss_down > loss_up ? loss_down : loss_up; }
};

struct Verdict {
    std::size_t windows = 0;
    std::size_t exceptions = 0;          // windows in which either side lost more
    double expected = 0;                 // share of them
    LikelihoodTest coverage, independence, both;
    Band band;
    Light light = Light::green;
    double shortfall_mean = 0;           // of (loss - margin) on exceptions, share of the position
    double shortfall_most = 0;
    double shortfall_es = 0;             // mean of the worst quarter of them, one at least
    double notional = 0;                 // Q: what the position is worth when a window begins, quote currency; 0: not told
    double margin_mean = 0;              // what it costs
    double peak_to_trough = 1;
    double rise_1 = 0, rise_5 = 0, rise_20 = 0;  // largest rise of the margin over so many days, share
    double log_deviation = 0;
    std::vector<Window> worst;           // exceptions, the largest shortfall first, at most 20

    /// (L - m)+ Q of a shortfall (L - m)+. Units  quote currency.
    double in_currency(double shortfall) const { return shortfall * notional; }
};
/// `expected`: chance of an exception in a window, both sides together. `notional`: of the position whose margins these are, quote
/// currency.
Verdict judge(const std::vector<Window>& windows, double expected, double notional = 0);

/// A margin each day from what was known when it began, against every window of the horizon in that day. The margin is `margin_of` of what was
/// measured. Days whose past is too short are passed over.
///
/// Days are measured on `threads` threads (0: as many as there are cores); margin_of is called day by day in their order, so it may remember, and what comes out
/// does not depend on the threads.
std::vector<Window> roll(const Prices& prices, std::int64_t from, std::int64_t to, const Appetite& appetite, const CurveInputs& inputs,
                         const std::function<double(const Measured&)>& margin_of,
                         const std::function<void(std::size_t done, std::size_t of)>& progress = {}, unsigned threads = 0);

/// The same, with every day that was measured added to `file` and those that are there not measured again. What comes out is what roll() gives, to the last bit; what is made of a measure
/// may change, what is measured may not.
///
/// Errors  as Kept::open(); asserted: no depth and no book, which a backtest must not know.
Result<std::vector<Window>> roll_kept(const std::string& file, const Prices& prices, std::int64_t from, std::int64_t to,
                                      const Appetite& appetite, const CurveInputs& inputs,
                                      const std::function<double(const Measured&)>& margin_of,
                                      const std::function<void(std::size_t done, std::size_t of)>& progress = {}, unsigned threads = 0);

}  // namespace plimsoll::calibrate
