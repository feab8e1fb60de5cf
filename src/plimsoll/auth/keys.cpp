#include "plimsoll/auth/keys.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/text/hex.hpp"
#include "plimsoll/text/reader.hpp"
#include "plimsoll/text/toml.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>

namespace plimsoll::auth {

namespace {

using text::Issues;
using text::Need;
using text::ObjectReader;

constexpr std::array<std::string_view, scopes_count> scope_words = {"read", "trade", "operate", "admin"};
constexpr std::array<std::string_view, 2> scheme_words = {"hmac-sha256", "ed25519"};

void read_scopes(ObjectReader& table, Key& key, Issues& issues) {
    for (const text::Value& item : table.array("scopes")) {
        const auto name = text::read_string(item, table.path_of("scopes"), issues);
        if (!name) continue;
        if (const auto scope = scope_of(*name)) key.allow(*scope);
        else issues.add(item.place, "there is no scope '" + text::shown(*name) + "'", "read, trade, operate or admin");
    }
}

Key read_key(const text::Value& value, const std::string& path, Issues& issues) {
    ObjectReader table(value, path, issues);
    Key key;
    key.id = table.string("id").value_or("");
    if (const std::string fault = key_id_fault(key.id); table.has("id") && !fault.empty()) table.issue("id", fault, "choose another");
    key.scheme = static_cast<Scheme>(table.one_of("scheme", {scheme_words[0], scheme_words[1]}).value_or(0));
    const std::string_view field = key.scheme == Scheme::hmac_sha256 ? "secret" : "public";
    const auto secret = unhex(table.string(field).value_or(""));
    // The text itself is never shown: this may be a secret with a slip in it.
    if (table.has(field) && (!secret || secret->size() != secret_bytes))
        table.issue(field, "it is not 64 lower-case hexadecimal digits", "make a new key with plimsoll keys new");
    key.secret = secret.value_or(Bytes());
    read_scopes(table, key, issues);
    if (const auto expires = table.integer("expires_ms", 0, INT64_MAX, Need::optional))
        key.expires_ms = static_cast<std::uint64_t>(*expires);
    key.revoked = table.boolean("revoked", Need::optional).value_or(false);
    table.finish();
    return key;
}

Bytes public_half(const Bytes& secret) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()), &EVP_PKEY_free);
    Bytes half(secret_bytes);
    std::size_t size = half.size();
    PLIM_ASSERT(pair && EVP_PKEY_get_raw_public_key(pair.get(), half.data(), &size) == 1 && size == half.size());
    return half;
}

}  // namespace

std::string_view word(Scope scope) { return scope_words[static_cast<std::size_t>(scope)]; }
std::string_view word(Scheme scheme) { return scheme_words[static_cast<std::size_t>(scheme)]; }

std::optional<Scope> scope_of(std::string_view name) {
    const auto found = std::find(scope_words.begin(), scope_words.end(), name);
    return found == scope_words.end() ? std::nullopt : std::optional(static_cast<Scope>(found - scope_words.begin()));
}

std::string key_id_fault(std::string_view id) {
    if (id.empty()) return "an id may not be empty";
    if (id.size() > key_id_most) return "an id has at most 64 characters";
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    return std::all_of(id.begin(), id.end(), fits) ? std::string() : "an id holds letters, digits and -_. only";
}

Result<std::vector<Key>, std::vector<Error>> read_keys(std::string_view source, std::string_view file) {
    const auto document = text::parse_toml(source, file);
    if (!document) return fail(std::vector<Error>{document.error()});
    Issues issues{std::string(file)};
    ObjectReader root(*document, "", issues);
    std::vector<Key> keys;
    const auto tables = root.array("key", Need::optional);
    for (std::size_t i = 0; i < tables.size(); ++i) {
        Key key = read_key(tables[i], "key[" + std::to_string(i) + "]", issues);
        if (std::any_of(keys.begin(), keys.end(), [&](const Key& other) { return other.id == key.id; }))
            issues.add(tables[i].place, "the key '" + text::shown(key.id) + "' is given twice", "remove one of them");
        keys.push_back(std::move(key));
    }
    root.finish();
    if (!issues.empty()) return fail(issues.errors());
    return keys;
}

std::string write_keys(const std::vector<Key>& keys) {
    std::string text = "# Keys of plimsolld. Whoever reads this file can sign in their name.\n";
    for (const Key& key : keys) {
        text += "\n[[key]]\nid = \"" + key.id + "\"\nscheme = \"" + std::string(word(key.scheme)) + "\"\n";
        text += (key.scheme == Scheme::hmac_sha256 ? "secret = \"" : "public = \"") + text::hex(key.secret) + "\"\nscopes = [";
        std::string between;
        for (int i = 0; i < scopes_count; ++i) {
            if (!key.may(static_cast<Scope>(i))) continue;
            text += between + '"' + std::string(word(static_cast<Scope>(i))) + '"';
            between = ", ";
        }
        text += "]\n";
        if (key.expires_ms) text += "expires_ms = " + std::to_string(*key.expires_ms) + "\n";
        if (key.revoked) text += "revoked = true\n";
    }
    return text;
}

NewKey make_key(std::string id, Scheme scheme) {
    NewKey made;
    made.held.resize(secret_bytes);
    PLIM_ASSERT(RAND_priv_bytes(made.held.data(), static_cast<int>(made.held.size())) == 1);
    made.key.id = std::move(id);
    made.key.scheme = scheme;
    made.key.secret = scheme == Scheme::hmac_sha256 ? made.held : public_half(made.held);
    return made;
}

std::optional<Bytes> unhex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    Bytes bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]);
        const int low = digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

}  // namespace plimsoll::auth
