// Who a price may harm. Each armed account holds, for every position, the prices between which it certainly stays above maintenance; a
// market keeps the ends of these intervals in buckets by price, and a mark visits only the buckets it passed. What the index names is
// then examined exactly, so it decides nothing: leaving an account out that is below maintenance would be an error, naming one that is
// not costs a little time. It is no part of the state.
#pragma once

#include "plimsoll/engine/screen.hpp"
#include "plimsoll/engine/state.hpp"
#include "plimsoll/engine/view.hpp"

#include <array>
#include <memory>
#include <vector>

namespace plimsoll {

class Watch {
public:
    /// Without intervals everyone is screened at every call: what the index is measured against.
    explicit Watch(bool keeps_intervals = true) : keeps_intervals_(keeps_intervals) {}

    /// Before an event changes an account: its intervals hold no longer.
    void disarm(const State& state, AccountId account);
    /// A position's place came behind the account's others, with an order: nobody's interval changes, and what lay in the place before is
    /// forgotten.
    void begin_place(const State& state, std::uint32_t slot) {
        grow(state);
        ends_[slot] = {};
    }
    /// Parameters changed, or so much moved that intervals were not kept up: nobody is armed.
    void disarm_all();

    /// The accounts that may be below maintenance now, in ascending order, each once: those whose intervals a price has left since the
    /// last call, those that are not armed, those whose requirement can change without a price (`always`), those with a
    /// breach, and those that hold an asset whose price has left its band. Of these, those that the screen lets pass are left out. Above
    /// `sweep_share` of all accounts, everyone is screened.
    /// `events` are those of the command: prices change in no other way than by them.
    void find(const State& state, std::span<const Event> events, std::vector<AccountId>& out);
    /// Arms those that are not and can be, the latest first, at most `most`.
    void arm(const State& state, std::uint32_t most, Room& room);

    static constexpr std::uint32_t sweep_share = 33;  // one in so many: beyond it a sweep is cheaper than visits
    static constexpr std::uint32_t arm_most = 16'384;  // re-arming after a sweep is spread over the marks and ticks that follow
    static constexpr std::uint32_t arm_few = 64;  // and goes on a little with every other command

    /// Whether arm() may find something to do. Accounts that came since then were not asked for yet.
    bool has_unarmed() const { return !unarmed_.empty(); }
    bool swept() const { return swept_; }

private:
    enum class Standing : std::uint8_t { unarmed, armed, always };

    static constexpr int mantissa_bits = 11;  // a bucket is 2^-11 of its price wide, five basis points
    static constexpr std::uint32_t octave_size = 1u << mantissa_bits;
    static constexpr std::uint32_t no_bucket = 0xFFFFFFFFu;
    /// A position's place in the list of one bucket, by its slot in the pool of positions.
    struct Link {
        std::uint32_t before = no_place;
        std::uint32_t after = no_place;
        std::uint32_t bucket = no_bucket;
    };
    struct Ends {
        Link low;
        Link high;
    };
    struct Octave {
        std::array<std::uint32_t, octave_size> heads;
        std::array<std::uint32_t, octave_size> counts;
        void clear() {
            heads.fill(no_place);
            counts.fill(0);
        }
    };
    /// Heads of the lists of one market, one side; octaves of prices come into being when something is put there.
    struct Side {
        std::array<std::unique_ptr<Octave>, 64> octaves;
    };
    struct Market {
        Side low;
        Side high;
        std::int64_t price = -1;  // up to which crossings were visited
    };

    static std::uint32_t bucket_of(std::int64_t price);
    std::uint32_t& head(Side& side, std::uint32_t bucket);
    void link(Side& side, Link Ends::* end, std::uint32_t slot, std::int64_t price);
    void unlink(Side& side, Link Ends::* end, std::uint32_t slot);
    /// Names and disarms everyone in the buckets from `first` to `last`.
    void visit(const State& state, Side& side, std::uint32_t first, std::uint32_t last);
    void name(AccountId account);
    void cross(const State& state, MarketId market);
    /// How many ends the marks of a command passed: an account may have several.
    std::uint64_t passed(const State& state, std::span<const Event> events) const;
    std::uint64_t most(const State& state) const { return state.accounts.size() / sweep_share + 64; }
    void leave_bands(const State& state);
    void keep_unarmed(const State& state);
    void grow(const State& state) {
        if (standing_.size() != state.accounts.size() || steady_.size() != state.markets.size() || bands_.size() != state.assets.size())
            grow_to(state);
    }
    void grow_to(const State& state);
    bool too_many(const State& state) const;
    void sift(const State& state, std::vector<AccountId>& out);

    Standing arm_account(const State& state, AccountId account, Room& room);
    void arm_position(const State& state, AccountId account, std::size_t place, const AccountView& view, Wide share);

    Screen screen_;
    std::vector<Ends> ends_;  // by slot of the pool of positions
    std::vector<Market> markets_;
    std::vector<Standing> standing_;  // by account
    std::vector<std::uint8_t> named_;  // by account: whether find() has it already
    std::vector<std::uint64_t> holds_;  // by account: assets it holds whose value a price changes, a bit each (armed and `always` alike)
    std::vector<std::uint8_t> steady_;  // by market: whether its maintenance margin depends on nothing but size and price
    std::vector<AccountId> unarmed_;  // those that are not armed, perhaps with some that are again
    std::vector<AccountId> always_;
    std::vector<AssetPrice> bands_;  // by asset: the lowest and the highest price for which its holders are armed
    std::vector<AccountId>* out_ = nullptr;
    bool keeps_intervals_ = true;
    bool swept_ = false;
    bool shock_ = false;  // the last marks broke so many intervals that none is trusted
};

}  // namespace plimsoll
