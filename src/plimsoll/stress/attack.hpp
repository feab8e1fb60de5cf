// The best that an attacker can do against a market: how much to hold, over how many accounts, how far, how fast and in which shape to
// push the price, how long to hold it, and how to leave. For books of any shape, with recovery, clamps and limits; extract.hpp has the
// formula for the even book.
#pragma once

#include "plimsoll/calibrate/stake.hpp"
#include "plimsoll/stress/profile.hpp"

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace plimsoll::stress {

/// How the gain is taken.
enum class Leave : std::uint8_t {
    withdraw,  // the gain on paper backs a withdrawal; the position and what margin the price asks stay behind
    close,  // the position is closed at the pushed price, against a pool or whoever trades at the mark; the margin comes back
    two_legs,  // the attacker holds both sides; the winning one is paid, the losing one and its margin are left to the venue
};

/// A market as an attacker sees it. Units  quote currency, seconds, distances as |ln|.
struct AttackedMarket {
    Profile bids{BookSide::bids};  // of the market that makes the price, at a reference of 1
    Profile asks{BookSide::asks};
    double half_life_s = 600;  // in which half of what was taken from it is there again; infinite: it never is
    double resale = 1;  // share of its worth, at the price as it was, that what was bought in pushing fetches afterwards
    double step_s = 60;  // between two marks
    double clamp = std::numeric_limits<double>::infinity();  // furthest that the believed price goes within one interval of its velocity
    int clamp_steps = 1;  // of that interval; the attacker begins when it is about to end, so that two bands meet
    bool waits_for_belief = false;  // nothing leaves while the believed price is held away from the pushed one
    double push_most = 20;  // how many times the price it may become: bands around other sources, and the search's own end
    double window_s = 3'600;  // longest attack, from the first push to the leaving
    double profit_weight = 1;
    double outflow_per_s =
        std::numeric_limits<double>::infinity();  // the venue lets out no more, counted from the first mark of the attack
    double there = std::numeric_limits<double>::infinity();  // what can be taken at all: deposits, fund, backstop
    std::uint32_t accounts_most = 1;
    double open_interest_most = std::numeric_limits<double>::infinity();  // cap of the market, less what others hold
    double position_most = std::numeric_limits<double>::infinity();  // cap of one account
    std::function<double(const calibrate::Stake&)> margin;  // initial margin of one account's position; empty: none
    std::function<double(double notional)> impact;  // what closing so much costs beyond the mark; empty: nothing
    bool margin_follows = true;  // a withdrawal leaves the margin of the position at the pushed price; false: that at the old one
    std::vector<Leave> leaves{Leave::withdraw};
    bool even_only = false;  // pushes in equal parts alone, to see what their shape adds
};

struct AttackPlan {
    Leave leave = Leave::withdraw;
    bool is_short = false;
    double open_interest = 0;
    std::uint32_t accounts = 1;
    double push = 1;  // times the price (short: the price divided by it)
    int push_steps = 0;  // in which it gets there
    int hold_steps = 0;  // for which it is held
    double believed = 1;  // times the price, as the venue's clamp lets it become
    double gain = 0;
    double cost = 0;  // of pushing and holding, less what is fetched afterwards
    double margin = 0;  // left behind
    std::vector<double> path;  // |ln| of the price to what it was, at each mark; the last is that at which it leaves
    double value() const { return gain - cost - margin; }
};

/// How a push is spread over its marks.
struct PushShape {
    double bend = 1;  // after a share t of the marks it has gone t^bend of its way: below 1 most of it early, above 1 late
    int every = 1;  // it goes on at one mark in so many, counted from the last; at the others the attacker rests and the book comes back
    /// Instead of both: at the last mark of each interval of the clamp just as far as the bands after it need, and rests between.
    bool stairs = false;
};

/// What going a way costs and what is believed of it. Units  |ln|, quote currency.
struct Walked {
    double believed = 0;
    double cost = 0;  // of all that was bought (sold), less what it fetches afterwards
    std::vector<double> path;  // where the price was at each mark
};
/// Goes through wished distances, one for each mark: buys what rests nearer than the wish and is there; 0 rests, and the price falls back
/// with what comes back.
Walked walk(const AttackedMarket& market, bool is_short, std::span<const double> wishes);

/// Everything about a market that does not depend on how much is held, worked out once.
class AttackSearch {
public:
    /// Errors  asserted: positive steps and window, push_most at least 1.
    explicit AttackSearch(AttackedMarket market);

    /// The best plan for so much open interest; of value 0 when nothing pays.
    AttackPlan best(double open_interest) const;
    /// The open interest from which on an attack pays, to one part in a thousand; absent: none up to `most` does.
    std::optional<double> safe_open_interest(double most) const;
    const AttackedMarket& market() const { return market_; }

private:
    /// A way of the price and what it costs.
    struct Way {
        bool is_short = false;
        double push = 1;
        int push_steps = 0;
        int hold_steps = 0;
        double believed = 1;
        double cost = 0;
        std::size_t belief = 0;  // place of `believed` and side among beliefs_
        PushShape shape{};
        std::vector<double> wishes{};  // of a way that was shaped mark by mark; empty: of the shape
        std::vector<double> moves{};  // share of the old price that backs a withdrawal at each mark; kept where what leaves is limited
    };
    /// Apart by the marks of pushing and holding where what leaves is limited, because then time is worth something of its own.
    using WaysByTime = std::map<std::pair<int, int>, std::vector<Way>>;
    int marks_most() const;
    void find_ways(bool is_short);
    void find_shaped(bool is_short, WaysByTime& found) const;
    void find_stairs(bool is_short, WaysByTime& found) const;
    void refine(std::vector<Way>& ways) const;
    void refine(Way& way) const;
    void add(Way way, WaysByTime& found) const;
    void keep_best(WaysByTime found);
    static std::vector<Way> undominated(std::vector<Way> ways);
    std::vector<double> wishes_of(const Way& way) const;
    void go(Way& way) const;
    void number_beliefs();
    void keep_moves(Way& way) const;
    double left_by(const Way& way, int marks, double backed) const;
    double lets_out(const Way& way, Leave leave, double backed) const;
    struct Belief {
        double times = 1;  // the price
        bool is_short = false;
    };
    /// Margins of all accounts together.
    struct Margins {
        std::vector<double> at;  // each belief
        double opened[2] = {};  // at the price as it was: of a long, of a short
    };
    Margins margins_at(double open_interest, std::uint32_t accounts) const;
    AttackPlan plan_of(const Way& way, Leave leave, double open_interest, std::uint32_t accounts, const Margins& margins) const;

    AttackedMarket market_;
    std::vector<Way> ways_;
    std::vector<Belief> beliefs_;
};

}  // namespace plimsoll::stress
