// What the followers of a socket are told of a decided command, and which of them.
#pragma once

#include "plimsoll/gateway/server.hpp"
#include "plimsoll/text/value.hpp"

#include <optional>

namespace plimsoll::gateway {

Push push_of(const node::Venue& venue, const node::Told& told);

enum class Channel : std::uint8_t { commands, account, market, liquidations };

/// One subscription of a socket.
struct Follower {
    std::string id;    // given by the subscriber; echoed
    Channel channel = Channel::commands;
    std::string name;  // of the account or market
    std::uint64_t seq = 0;  // told up to here

    bool wants(const Push& push) const;
};

/// {"id":…,"channel":…,"seq":…,"prev_seq":…,"command":{…}}. The follower has been told up to it afterwards.
std::string push_text(Follower& follower, const Push& push);

/// Errors  what a subscription lacks or says too much.
Result<Follower, std::vector<Error>> read_follower(const text::Value& message, std::optional<std::uint64_t>& from_seq);

}  // namespace plimsoll::gateway
