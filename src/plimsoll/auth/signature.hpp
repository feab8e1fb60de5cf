// What a request is signed with, and whether it was. docs/reference/http.md, "Signing", is the page for callers.
#pragma once

#include "plimsoll/auth/keys.hpp"
#include "plimsoll/base/hash.hpp"

#include <deque>
#include <unordered_map>
#include <unordered_set>

namespace plimsoll::auth {

/// The parts of a request that are signed, as they came.
struct Signed {
    std::string key;        // PLIM-API-KEY
    std::string timestamp;  // PLIM-TIMESTAMP: milliseconds since 1970
    std::string window;     // PLIM-RECV-WINDOW: for how long it is good, milliseconds; empty: window_default
    std::string nonce;      // PLIM-NONCE: tells two equal requests of one millisecond apart; may be empty
    std::string signature;  // PLIM-SIGN: hexadecimal
    std::string_view method;
    std::string_view target;  // path and query
    std::string_view body;
};

inline constexpr std::uint64_t window_default = 5'000;
inline constexpr std::uint64_t window_most = 60'000;

/// What the signature is over: each part on a line of its own, the body as its SHA-256 in hexadecimal.
std::string text_to_sign(const Signed& request);
/// The signature of a holder: `held` is what make_key() gave him.
std::string sign(const Signed& request, Scheme scheme, const Bytes& held);

enum class Refusal : std::uint8_t {
    none,
    no_signature,    // a header is missing or is not of its form
    not_known,       // no such key, or not its signature: which of them is not told
    revoked,
    expired,
    outside_window,  // too old, from before this process started, or from the future
    replayed,
    too_many,        // more signed requests within their windows than are remembered
    scope,           // the key is good, but not for this: said by whoever knows what is asked
};
struct RefusalText {
    int status;
    std::string_view code;
    std::string_view title;
    std::string_view cure;
};
const RefusalText& text_of(Refusal refusal);

struct Verdict {
    Refusal refusal = Refusal::none;
    std::uint8_t scopes = 0;  // of the key; none when it is refused
};

/// Holds requests to the keys. One thread.
class Gate {
public:
    /// Requests signed before `started_ms` are refused: what was taken then is not remembered any more.
    /// Of `remembered_most` requests every key has an even share, so that nobody's haste turns others away.
    Gate(std::vector<Key> keys, std::uint64_t started_ms, std::size_t remembered_most = 1'000'000);

    /// Whether the request was signed by a key, now and for the first time, and what that key may do.
    ///
    /// Shape  the key's state is told to nobody who cannot sign with it; comparisons take the same time wherever the difference is. A request is
    ///        used up when its signature is good, whatever the answer.
    Verdict check(const Signed& request, std::uint64_t now_ms);

    /// Other keys from now on. What was used up stays so.
    void replace(std::vector<Key> keys) { keys_ = std::move(keys); }

    std::size_t remembered() const { return order_.size(); }

private:
    const Key* find(std::string_view id) const;
    Refusal use_up(const Signed& request, std::uint64_t until_ms, std::uint64_t now_ms);

    struct Seen {
        std::uint64_t until_ms;
        Hash128 request;
        std::uint64_t key;  // hash of its id
    };
    struct Spread {
        std::size_t operator()(Hash128 hash) const { return hash.low; }
    };
    std::vector<Key> keys_;
    std::uint64_t started_ms_;
    std::size_t most_;
    std::unordered_set<Hash128, Spread> seen_;
    std::deque<Seen> order_;  // in the order in which they came
    std::unordered_map<std::uint64_t, std::size_t> of_key_;  // how many of them
};

}  // namespace plimsoll::auth
