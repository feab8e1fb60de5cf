#include "plimsoll/stress/crash.hpp"

#include "plimsoll/engine/view.hpp"
#include "plimsoll/stress/draw.hpp"
#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/stress/teller.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace plimsoll::stress {

namespace {

constexpr std::uint32_t makers_count = 64;
constexpr int tries_most = 4;  // makers that are asked for one opening
constexpr double money_used = 0.98;  // of an owner's capital; the rest is air for rounding and the first marks

std::string words(const Reject& reject) { return std::string(to_string(reject.code)); }

}  // namespace

Result<ParameterSet> market_alone(const ParameterSet& set, MarketId market, std::optional<AssetId> pledged) {
    return markets_alone(set, std::array{market}, pledged);
}

Result<ParameterSet> markets_alone(const ParameterSet& set, std::span<const MarketId> markets, std::optional<AssetId> pledged) {
    ParameterSet alone = set;
    alone.assets = {set.asset(set.numeraire)};
    alone.schedules.clear();
    alone.markets.clear();
    alone.overrides.clear();
    for (const MarketId id : markets) {
        const MarketParams& market = set.market(id);
        if (market.instrument.kind != ContractKind::linear)
            return fail(Error{market.name, "a stress needs a linear contract", "choose a market that is settled in its quote currency"});
        if (market.settle != set.numeraire)
            return fail(Error{market.name, "it is not settled in the numeraire " + set.asset(set.numeraire).name,
                              "choose a market that is settled in it"});
        if (alone.find_market(market.name) != nullptr) return fail(Error{market.name, "it is named twice", "name each market once"});
        alone.name += " " + market.name;
        alone.schedules.push_back(set.schedules[market.schedule.index]);
        alone.markets.push_back(market);
        alone.markets.back().settle = AssetId{0};
        alone.markets.back().schedule = ScheduleId{static_cast<std::uint32_t>(alone.schedules.size() - 1)};
        // Two markets of one schedule each have it under a name of their own.
        for (std::size_t i = 0; i + 1 < alone.schedules.size(); ++i)
            if (alone.schedules[i].id == alone.schedules.back().id) alone.schedules.back().id += "-" + market.name;
    }
    if (pledged) {
        const Asset& asset = set.asset(*pledged);
        if (*pledged == set.numeraire || !asset.collateral)
            return fail(Error{asset.name,
                              *pledged == set.numeraire ? "it is the money of the market" : "the set does not take it as collateral",
                              "choose another asset that the set takes"});
        alone.assets.push_back(asset);
    }
    for (Asset& asset : alone.assets) asset.confirmations = 0;
    alone.numeraire = AssetId{0};
    return alone;
}

ParameterSet with_flat_rate(ParameterSet alone, double initial, double maintenance) {
    // What a set asks on average may be nothing, or more than all of it.
    const auto decimal = [](double rate) {
        const double raw = std::clamp(rate * static_cast<double>(rate_one), 1.0, static_cast<double>(rate_max.raw()));
        return Decimal{std::llround(raw), rate_digits};
    };
    Schedule flat = flat_scheme(decimal(initial));
    flat.id = "flat";
    flat.maintenance = {};
    flat.maintenance.terms = flat_scheme(decimal(std::min(maintenance, initial))).initial.terms;
    alone.schedules = {flat};
    for (MarketParams& market : alone.markets) market.schedule = ScheduleId{0};
    return alone;
}

ParameterSet with_caps(ParameterSet set, MarketId id, double position, double open_interest) {
    MarketParams& market = set.markets[id.index];
    const auto shares = [&](const MarketParams& other) { return other.schedule == market.schedule; };
    Schedule capped = set.schedules[market.schedule.index];
    const auto lower = [](std::optional<Decimal>& cap, double value) {
        PLIM_ASSERT(value >= 1);
        const Decimal whole{static_cast<std::int64_t>(value), 0};
        if (!cap || static_cast<double>(cap->raw) / std::pow(10.0, cap->digits) > static_cast<double>(whole.raw)) cap = whole;
    };
    lower(capped.caps.position, position);
    lower(capped.caps.open_interest, open_interest);
    if (std::count_if(set.markets.begin(), set.markets.end(), shares) == 1) {
        set.schedules[market.schedule.index] = std::move(capped);
        return set;
    }
    capped.id += "-" + market.name + "-capped";
    market.schedule = ScheduleId{static_cast<std::uint32_t>(set.schedules.size())};
    set.schedules.push_back(std::move(capped));
    return set;
}

Result<void> Crash::open_accounts(Desk& desk, const std::vector<Agent>& crowd) {
    const Asset& asset = scene_.set.assets.front();
    const std::uint32_t each = scene_.crowd.accounts_each;
    double wanted = 0;
    double capital = 0;
    for (const Agent& agent : crowd) capital += agent.capital;
    // What a venue holds of an asset is a count too; a quarter of it for the crowd leaves the makers theirs.
    const double venue_most = static_cast<double>(amount_max.raw()) / 4;
    if ((capital + scene_.fund) / units().quote_of(1) > venue_most)
        return fail(Error{
            "crowd",
            "its capital with the fund, " + std::to_string(capital + scene_.fund) + ", is more than a venue can hold of " + asset.name,
            "give fewer owners, or less to each"});
    for (std::uint32_t owner = 0; owner < crowd.size(); ++owner) {
        const Agent& agent = crowd[owner];
        wanted += agent.capital * agent.leverage;
        const double share = scene_.pledge ? scene_.pledge->share : 0;
        const double money = agent.capital * (1 - share) / each / units().quote_of(1);
        if ((share < 1 && !(money >= 1)) || money > static_cast<double>(asset.amount_max.raw()))
            return fail(Error{"crowd", "an owner's capital of " + std::to_string(agent.capital) + " is no balance of " + asset.name,
                              "give capitals between its last place and amount_max"});
        for (std::uint32_t i = 0; i < each; ++i) {
            holders_.push_back(
                {desk.open_account(static_cast<Wide>(money), scene_.owners_grouped ? GroupId{owner} : no_group), owner, {}, 0});
            if (!scene_.pledge || share <= 0) continue;
            const auto pledged = units().pledged_of(agent.capital * share / each / scene_.pledge->price);
            if (!pledged || !desk.send(command::Deposit{holders_.back().account, pledged_asset, *pledged}).accepted())
                return fail(Error{"crowd", "so much collateral is no balance of " + scene_.set.assets.back().name,
                                  "give owners less, or more, or a smaller share of it"});
        }
    }
    // Means for any margin of what the crowd may hold, far from the bound of a balance.
    const Wide means = std::min({Wide{asset.amount_max.raw() / 4}, static_cast<Wide>(std::min(20 * wanted / units().quote_of(1), 1e30)) + 1,
                                 static_cast<Wide>(venue_most) / makers_count});
    for (std::uint32_t i = 0; i < makers_count; ++i) makers_.push_back(desk.open_account(means));
    made_.assign(markets(), std::vector<double>(makers_count));
    opened_.wanted = wanted;
    return {};
}

void Crash::open_positions(Desk& desk, const std::vector<Agent>& crowd) {
    // A stream of its own: what owners are and want does not hang on how many markets there are.
    Draw draw(scene_.seed ^ 0xB5297A4D3F84D5A7u);
    double weights = 1;
    for (const Beside& beside : scene_.beside) weights += beside.weight;
    std::uint32_t maker = 0;
    for (Holder& holder : holders_) {
        const Agent& agent = crowd[holder.owner];
        const double wanted = agent.capital / scene_.crowd.accounts_each * money_used * agent.leverage;
        double left = weights;
        holder.size = open_position(desk, holder.account, MarketId{0}, agent.is_short, wanted / weights, 1 / left, maker);
        for (std::uint32_t i = 1; i < markets(); ++i) {
            const double weight = scene_.beside[i - 1].weight;
            left -= i == 1 ? 1 : scene_.beside[i - 2].weight;
            const bool is_short = draw.chance(scene_.same_side) ? agent.is_short : !agent.is_short;
            const double share = i + 1 == markets() ? 1 : weight / left;
            holder.beside.push_back(open_position(desk, holder.account, MarketId{i}, is_short, wanted * weight / weights, share, maker));
        }
    }
}

/// As much of a notional as the engine lets an account have, from the next maker that can give it, and at most a share of all that it would
/// let it have: the rest of its margin is for other markets. Signed.
Size Crash::open_position(Desk& desk, AccountId account, MarketId market, bool is_short, double notional, double share,
                          std::uint32_t& maker) {
    const double at = price_at(start(), market);
    const Price price = units(market).price_of(at);
    const Side side = is_short ? Side::sell : Side::buy;
    // The instrument's largest size bounds a side of the market too: a whale gets what is left of it.
    const auto& held = desk.state().active->credit.market(market).state;
    const Instrument& instrument = scene_.set.market(market).instrument;
    const Size room = instrument.size_max - (is_short ? held.open_interest_short : held.open_interest_long);
    Size size = std::min(units(market).size_of(notional / at), room);
    if (share < 1 && size.raw() > 0) {
        const Reply most = desk.send(command::PlaceOrder{account, market, side, Leg::net, room, price, false});
        if (most.accepted()) desk.must(command::CancelOrder{account, OrderId{most.made}});
        const Size passes = most.accepted() ? room : most.reject.size_passes ? most.reject.largest_size : Size{};
        const auto part = static_cast<std::int64_t>(share * static_cast<double>(passes.raw()));
        size = std::min(size, Size::from_raw(part / instrument.lot.raw() * instrument.lot.raw()));
    }
    if (size.raw() == 0) return {};
    const Reply asked = desk.send(command::PlaceOrder{account, market, side, Leg::net, size, price, false});
    if (asked.accepted()) desk.must(command::CancelOrder{account, OrderId{asked.made}});
    else if (asked.reject.size_passes) size = asked.reject.largest_size;
    else return {};
    for (int i = 0; i < tries_most && size.raw() > 0; ++i, maker = (maker + 1) % makers_count) {
        const AccountId other = makers_[maker];
        const RejectCode code =
            is_short ? desk.trade(other, account, market, size, price) : desk.trade(account, other, market, size, price);
        if (code != RejectCode::none) continue;
        const Size signed_size = is_short ? -size : size;
        made_[market.index][maker] -= units(market).base_of(signed_size);
        return signed_size;
    }
    return {};
}

/// Takes from makers what their positions do not need, and gives them their budget. At the opening they could carry everything: that somebody took the other side is how
/// the crowd came to hold what it holds.
void Crash::limit_makers(Desk& desk) const {
    if (scene_.makers <= 0) return;
    const Amount share = units().amount_of(scene_.makers / makers_count);
    for (const AccountId maker : makers_) {
        desk.withdraw(maker, AssetId{0}, Wide{amount_max.raw()});
        if (share.raw() > 0) desk.must(command::Deposit{maker, AssetId{0}, share});
    }
}

Crash::Crash(Scene scene) : scene_(std::move(scene)) {
    for (std::uint32_t i = 0; i < scene_.set.markets.size(); ++i) units_.emplace_back(scene_.set, MarketId{i});
}

std::vector<Sources> Crash::sources() const {
    std::vector<Sources> all{Sources(scene_.sources)};
    for (const Beside& beside : scene_.beside) all.emplace_back(beside.sources);
    return all;
}

PathPoint Crash::start() const { return {0, price_, 1, 1, std::vector<double>(scene_.beside.size(), 1.0)}; }

double Crash::notional_of(const Holder& holder) const {
    double notional = std::abs(units().base_of(holder.size)) * price_;
    for (std::uint32_t i = 1; i < markets(); ++i)
        notional += std::abs(units(MarketId{i}).base_of(holder.beside[i - 1])) * price_at(start(), MarketId{i});
    return notional;
}

double Crash::margin_of_crowd(const Desk& desk) const {
    double margin = 0;
    std::vector<Position> positions;
    std::vector<Balance> balances;
    for (const Holder& holder : holders_) {
        const AccountView view = view_of(desk.state(), holder.account, Reading::held, positions, balances);
        margin += units().quote_of(health(desk.state().active->credit, view, Purpose::open).requirement);
    }
    return margin;
}

void Crash::look_at_holdings(const Desk& desk, const std::vector<Agent>& crowd) {
    std::vector<double> by_owner(crowd.size());
    std::vector<Position> positions;
    std::vector<Balance> balances;
    opened_.margin = margin_of_crowd(desk);
    for (Holder& holder : holders_) {
        const Agent& agent = crowd[holder.owner];
        const double notional = notional_of(holder);
        by_owner[holder.owner] += notional;
        opened_.notional += notional;
        const AccountView view = view_of(desk.state(), holder.account, Reading::held, positions, balances);
        opened_.maintenance += units().quote_of(health(desk.state().active->credit, view, Purpose::maintenance).requirement);
        const double loss = agent.stop_loss * agent.capital / scene_.crowd.accounts_each;
        if (loss <= 0 || notional <= 0) continue;
        if (holder.beside.empty()) holder.stop_at = std::max(0.0, price_ - loss / units().base_of(holder.size));
        else holder.loss_at = loss;
    }
    for (std::size_t i = 0; i < crowd.size(); ++i) {
        opened_.capital += crowd[i].capital;
        // A lot more or less is no cut.
        if (by_owner[i] < money_used * crowd[i].capital * crowd[i].leverage * 0.999) ++opened_.cut;
    }
    opened_.concentration = concentration_of(std::move(by_owner));
}

Result<void> Crash::open(double price) {
    const std::vector<Agent> crowd = make_crowd(scene_.crowd, scene_.seed);
    const auto owners = static_cast<std::uint32_t>(crowd.size());
    const std::uint32_t accounts = owners * scene_.crowd.accounts_each + makers_count;
    limits_ = Desk::limits_of(accounts, scene_.owners_grouped ? owners : 1);
    price_ = units().worth_of(units().price_of(price));
    if (std::abs(price_ / price - 1) > 1e-3)
        return fail(Error{"path", "a price of " + std::to_string(price) + " does not fit the market's digits",
                          "let the path begin at a price of that market (--price)"});
    auto engine = std::make_unique<Engine>(limits_);
    Desk desk(std::move(engine), now_ms_ = 1'000'000);
    const Reply defined = desk.send(command::DefineSet{std::make_shared<const ParameterSet>(scene_.set)});
    if (!defined.accepted())
        return fail(
            Error{scene_.set.name, "the engine does not take the set: " + words(defined.reject), "check it: plimsoll schedule check"});
    desk.adopt(scene_.set);
    if (const auto opened = open_accounts(desk, crowd); !opened) return opened;
    if (scene_.fund > 0) desk.must(command::MoveFund{AssetId{0}, units().amount_of(scene_.fund)});
    Teller(*this).tell(desk, sources(), start());
    open_positions(desk, crowd);
    limit_makers(desk);
    look_at_holdings(desk, crowd);
    if (opened_.notional <= 0)
        return fail(Error{scene_.set.markets.front().name, "nobody of the crowd could open a position",
                          "give owners more capital, or check the market's guard and caps"});
    ByteSink sink;
    write_image(desk.engine(), sink);
    image_.assign(sink.bytes().begin(), sink.bytes().end());
    sets_ = sets_of(desk.engine());
    now_ms_ = desk.now_ms();
    return {};
}

Result<Crash> Crash::make(Scene scene, double price) {
    PLIM_ASSERT(scene.set.markets.size() == 1 + scene.beside.size() && !scene.sources.empty() && price > 0);
    PLIM_ASSERT(scene.set.assets.size() == (scene.pledge ? 2 : 1));
    Crash crash(std::move(scene));
    if (const auto opened = crash.open(price); !opened) return fail(opened.error());
    return crash;
}

}  // namespace plimsoll::stress
