#include "plimsoll/gateway/push.hpp"

#include "plimsoll/text/json.hpp"
#include "plimsoll/text/reader.hpp"

#include <algorithm>

namespace plimsoll::gateway {

namespace {

constexpr std::string_view channel_words[] = {"commands", "account", "market", "liquidations"};

void add_once(std::vector<std::string>& names, std::string name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

bool is_of_liquidation(const Event& event) {
    return std::visit(
        [](const auto& e) { return std::string_view(e.name).starts_with("liquidation") || std::string_view(e.name).starts_with("breach"); },
        event);
}

}  // namespace

Push push_of(const node::Venue& venue, const node::Told& told) {
    Push push;
    push.seq = told.seq;
    push.json = told_json(venue, told);
    const State& state = venue.engine().state();
    const auto look = [&](const auto&, const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, AccountId>) add_once(push.accounts, venue.names().of(value));
        if constexpr (std::is_same_v<Value, LiquidationSubject>) add_once(push.accounts, venue.names().of(value.account));
        if constexpr (std::is_same_v<Value, MarketId>)
            if (state.active && value.index < state.active->params().markets.size())
                add_once(push.markets, state.market_params(value).name);
    };
    for (const Event& event : told.events) {
        std::visit([&](const auto& e) { each_field(e, look); }, event);
        push.liquidates = push.liquidates || is_of_liquidation(event);
    }
    return push;
}

bool Follower::wants(const Push& push) const {
    if (push.seq <= seq) return false;
    switch (channel) {
        case Channel::commands: return true;
        case Channel::account: return std::find(push.accounts.begin(), push.accounts.end(), name) != push.accounts.end();
        case Channel::market: return std::find(push.markets.begin(), push.markets.end(), name) != push.markets.end();
        case Channel::liquidations: return push.liquidates;
    }
    return false;
}

std::string push_text(Follower& follower, const Push& push) {
    text::JsonWriter json;
    json.begin_object().key("id").string(follower.id).key("channel").string(channel_words[static_cast<std::size_t>(follower.channel)]);
    json.key("seq").number(std::to_string(push.seq)).key("prev_seq").number(std::to_string(follower.seq)).end_object();
    std::string text = json.take();
    text.insert(text.size() - 1, ",\"command\":" + push.json);
    follower.seq = push.seq;
    return text;
}

Result<Follower, std::vector<Error>> read_follower(const text::Value& message, std::optional<std::uint64_t>& from_seq) {
    text::Issues issues("message");
    text::ObjectReader reader(message, "", issues);
    Follower follower;
    reader.string("op");
    follower.id = reader.string("id").value_or("");
    const auto channel = reader.one_of("channel", {channel_words[0], channel_words[1], channel_words[2], channel_words[3]});
    follower.channel = static_cast<Channel>(channel.value_or(0));
    if (follower.channel == Channel::account) follower.name = reader.string("account").value_or("");
    if (follower.channel == Channel::market) follower.name = reader.string("market").value_or("");
    if (const auto from = reader.integer("from_seq", 1, INT64_MAX, text::Need::optional)) from_seq = static_cast<std::uint64_t>(*from);
    reader.finish();
    if (!issues.empty()) return fail(issues.errors());
    return follower;
}

}  // namespace plimsoll::gateway
