// Who may ask: API keys with their scopes, in a file that only the service's user can read.
#pragma once

#include "plimsoll/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::auth {

/// What a key may do. No scope contains another.
enum class Scope : std::uint8_t {
    read,     // look and ask: markets, accounts, what-if
    trade,    // what an account does for itself: orders, leverage, margin
    operate,  // what the venue does: fills, money in and out, prices, funding
    admin,    // what changes the rules: parameter sets, overrides, halts, the fund
};
inline constexpr int scopes_count = 4;
inline constexpr std::uint8_t every_scope = (1 << scopes_count) - 1;
std::string_view word(Scope scope);
std::optional<Scope> scope_of(std::string_view word);

enum class Scheme : std::uint8_t { hmac_sha256, ed25519 };
std::string_view word(Scheme scheme);

using Bytes = std::vector<std::uint8_t>;

struct Key {
    std::string id;
    Scheme scheme = Scheme::hmac_sha256;
    Bytes secret;             // HMAC: what both sides know, 32 bytes; Ed25519: the public key, 32 bytes
    std::uint8_t scopes = 0;  // a bit each
    std::optional<std::uint64_t> expires_ms;
    bool revoked = false;

    bool may(Scope scope) const { return (scopes >> static_cast<int>(scope) & 1) != 0; }
    void allow(Scope scope) { scopes = static_cast<std::uint8_t>(scopes | 1 << static_cast<int>(scope)); }
    friend bool operator==(const Key&, const Key&) = default;
};

inline constexpr std::size_t secret_bytes = 32;
inline constexpr std::size_t key_id_most = 64;

/// Why an id is refused; empty when it is fine. Letters, digits, "-", "_" and ".".
std::string key_id_fault(std::string_view id);

/// Errors  every finding with its place: unknown keys, an id twice, a secret of another length, a scope that does not exist.
Result<std::vector<Key>, std::vector<Error>> read_keys(std::string_view text, std::string_view file);
/// The file that gives the same keys again.
std::string write_keys(const std::vector<Key>& keys);

/// A new key, and what its holder gets: for HMAC the same secret, for Ed25519 the private half, which is written nowhere else.
struct NewKey {
    Key key;
    Bytes held;
};
NewKey make_key(std::string id, Scheme scheme);

/// Lower-case digits, two a byte; absent otherwise.
std::optional<Bytes> unhex(std::string_view text);

}  // namespace plimsoll::auth
