#include "plimsoll/auth/signature.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/text/hex.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

namespace plimsoll::auth {

namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

std::string sha256_hex(std::string_view text) {
    Bytes digest(SHA256_DIGEST_LENGTH);
    SHA256(bytes_of(text), text.size(), digest.data());
    return text::hex(digest);
}

Bytes hmac(const Bytes& secret, std::string_view text) {
    Bytes mac(SHA256_DIGEST_LENGTH);
    unsigned size = 0;
    const auto* done = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(), mac.data(), &size);
    PLIM_ASSERT(done != nullptr && size == mac.size());
    return mac;
}

constexpr std::size_t ed25519_bytes = 64;

Bytes sign_ed25519(const Bytes& secret, std::string_view text) {
    const KeyHandle key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()));
    const Context context(EVP_MD_CTX_new());
    Bytes signature(ed25519_bytes);
    std::size_t size = signature.size();
    PLIM_ASSERT(key && context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    PLIM_ASSERT(EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(text), text.size()) == 1);
    return signature;
}

bool good_ed25519(const Bytes& half, std::string_view text, const Bytes& signature) {
    const KeyHandle key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, half.data(), half.size()));
    const Context context(EVP_MD_CTX_new());
    // Any 32 bytes may stand in the file; not all of them are a point.
    if (!key || !context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(text), text.size()) == 1;
}

bool good_signature(const Key& key, std::string_view text, const Bytes& signature) {
    if (key.scheme == Scheme::ed25519) return signature.size() == ed25519_bytes && good_ed25519(key.secret, text, signature);
    const Bytes mac = hmac(key.secret, text);
    return signature.size() == mac.size() && CRYPTO_memcmp(mac.data(), signature.data(), mac.size()) == 0;
}

std::optional<std::uint64_t> whole(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool has_line_break(std::string_view text) { return text.find_first_of("\r\n") != std::string_view::npos; }

/// A key that signs nothing anybody can send: an unknown id costs what a known one costs.
const Key& nobody() {
    static const Key key = make_key("nobody", Scheme::hmac_sha256).key;
    return key;
}

constexpr std::array<RefusalText, 9> texts = {{
    {200, "OK", "", ""},
    {401, "SIGNATURE_MISSING", "the request is not signed",
     "send PLIM-API-KEY, PLIM-TIMESTAMP (milliseconds), PLIM-SIGN, and if you like PLIM-RECV-WINDOW (at most 60000) and PLIM-NONCE"},
    {401, "SIGNATURE_UNKNOWN", "no key has this signature",
     "check the id and the secret, and that method, path, query and body are signed as they are sent"},
    {401, "KEY_REVOKED", "the key was revoked", "ask for a new one"},
    {401, "KEY_EXPIRED", "the key has expired", "ask for a new one"},
    {401, "TIMESTAMP_OUTSIDE_WINDOW", "the timestamp is too old, from before the service started, or from the future",
     "set the clock right and sign anew"},
    {401, "REQUEST_REPLAYED", "this request was taken already", "sign anew; PLIM-NONCE tells equal requests of one millisecond apart"},
    {429, "RATE_LIMITED", "too many signed requests within their windows", "use shorter windows, or wait for a second"},
    {403, "SCOPE_MISSING", "the key may not do this", "use a key with the scope that docs/reference/http.md names for it"},
}};

}  // namespace

const RefusalText& text_of(Refusal refusal) { return texts[static_cast<std::size_t>(refusal)]; }

std::string text_to_sign(const Signed& r) {
    std::string text;
    for (const std::string_view part : {std::string_view(r.key), std::string_view(r.timestamp), std::string_view(r.window),
                                        std::string_view(r.nonce), r.method, r.target})
        text.append(part).append(1, '\n');
    return text + sha256_hex(r.body);
}

std::string sign(const Signed& request, Scheme scheme, const Bytes& held) {
    const std::string text = text_to_sign(request);
    return text::hex(scheme == Scheme::hmac_sha256 ? hmac(held, text) : sign_ed25519(held, text));
}

Gate::Gate(std::vector<Key> keys, std::uint64_t started_ms, std::size_t remembered_most)
    : keys_(std::move(keys)), started_ms_(started_ms), most_(remembered_most) {}

const Key* Gate::find(std::string_view id) const {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == id; });
    return found == keys_.end() ? nullptr : &*found;
}

Verdict Gate::check(const Signed& request, std::uint64_t now_ms) {
    const auto no = [](Refusal refusal) { return Verdict{refusal, 0}; };
    const auto time = whole(request.timestamp);
    const auto window = request.window.empty() ? std::optional(window_default) : whole(request.window);
    const auto signature = unhex(request.signature);
    if (request.key.empty() || !time || !window || *window > window_most || !signature || signature->empty())
        return no(Refusal::no_signature);
    // A break in a part would let two requests have one text.
    for (const std::string_view part : {std::string_view(request.key), std::string_view(request.nonce), request.method, request.target})
        if (has_line_break(part)) return no(Refusal::no_signature);
    const Key* key = find(request.key);
    const bool good = good_signature(key != nullptr ? *key : nobody(), text_to_sign(request), *signature);
    if (key == nullptr || !good) return no(Refusal::not_known);
    if (key->revoked) return no(Refusal::revoked);
    if (key->expires_ms && now_ms >= *key->expires_ms) return no(Refusal::expired);
    constexpr std::uint64_t ahead_most = 1'000;  // a caller's clock may be a little fast
    if (*time < started_ms_ || *time > now_ms + ahead_most || now_ms > *time + *window) return no(Refusal::outside_window);
    if (const Refusal used = use_up(request, *time + *window, now_ms); used != Refusal::none) return no(used);
    return {Refusal::none, key->scopes};
}

/// By what was signed and not by the signature: one text may have several good ones.
Refusal Gate::use_up(const Signed& request, std::uint64_t until_ms, std::uint64_t now_ms) {
    while (!order_.empty() && order_.front().until_ms < now_ms) {
        seen_.erase(order_.front().request);
        --of_key_[order_.front().key];
        order_.pop_front();
    }
    const std::string text = text_to_sign(request);
    const Hash128 hash = hash_bytes(text.data(), text.size());
    if (seen_.contains(hash)) return Refusal::replayed;
    const std::uint64_t key = hash_bytes(request.key.data(), request.key.size()).low;
    std::size_t& taken = of_key_[key];
    if (taken >= std::max<std::size_t>(1, most_ / keys_.size())) return Refusal::too_many;
    ++taken;
    seen_.insert(hash);
    // A long window in front keeps shorter ones behind it remembered for longer: never for shorter.
    order_.push_back({until_ms, hash, key});
    return Refusal::none;
}

}  // namespace plimsoll::auth
