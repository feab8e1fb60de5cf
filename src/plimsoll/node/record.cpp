#include "plimsoll/node/record.hpp"

#include <array>
#include <cstring>

namespace plimsoll::node {

namespace {

constexpr std::uint32_t entry_version = 1;
enum class Kind : std::uint8_t { genesis = 0, decided = 1 };

/// Every limit, in the order in which they stand in engine/limits.hpp.
std::array<std::uint32_t Limits::*, 14> each_limit() {
    static_assert(sizeof(Limits) == 14 * sizeof(std::uint32_t), "a limit was added: write it here and raise entry_version");
    return {&Limits::accounts,          &Limits::groups,   &Limits::position_slots,     &Limits::positions_per_account,
            &Limits::balance_slots,     &Limits::orders,   &Limits::orders_per_account, &Limits::isolated,
            &Limits::overrides,         &Limits::deposits, &Limits::breaches,           &Limits::replies,
            &Limits::marks_per_command, &Limits::sets};
}

Result<Entry> read_genesis(std::span<const std::uint8_t> bytes) {
    const auto limits = each_limit();
    if (bytes.size() != 4 * (1 + limits.size())) return fail(Error{"record", "limits of another length", ""});
    const auto number = [&](std::size_t i) {
        std::uint32_t value = 0;
        std::memcpy(&value, bytes.data() + 4 * i, 4);
        return value;
    };
    if (number(0) != entry_version)
        return fail(Error{"record", "records of version " + std::to_string(number(0)), "use a program as new as the journal"});
    Genesis genesis;
    for (std::size_t i = 0; i < limits.size(); ++i) genesis.limits.*limits[i] = number(1 + i);
    return Entry{genesis};
}

}  // namespace

void write_entry(const Genesis& genesis, ByteSink& sink) {
    sink.put(static_cast<std::uint8_t>(Kind::genesis));
    sink.put(entry_version);
    for (const auto limit : each_limit()) sink.put(genesis.limits.*limit);
}

void write_entry(Hash128 chain, const Command& command, ByteSink& sink) {
    sink.put(static_cast<std::uint8_t>(Kind::decided));
    sink.put(chain.high);
    sink.put(chain.low);
    codec::write_command(command, sink);
}

Result<Entry> read_entry(std::span<const std::uint8_t> bytes) {
    constexpr std::size_t chain_bytes = 16;
    if (bytes.empty()) return fail(Error{"record", "it is empty", ""});
    const auto rest = bytes.subspan(1);
    if (bytes[0] == static_cast<std::uint8_t>(Kind::genesis)) return read_genesis(rest);
    if (bytes[0] != static_cast<std::uint8_t>(Kind::decided) || rest.size() < chain_bytes)
        return fail(Error{"record", "it is of a kind this program does not know", "use a program as new as the journal"});
    Decided decided;
    std::memcpy(&decided.chain.high, rest.data(), 8);
    std::memcpy(&decided.chain.low, rest.data() + 8, 8);
    auto command = codec::read_command_bytes(rest.subspan(chain_bytes));
    if (!command) return fail(command.error());
    decided.command = std::move(*command);
    return Entry{std::move(decided)};
}

}  // namespace plimsoll::node
