#include "plimsoll/cli/keys_command.hpp"

#include "plimsoll/auth/signature.hpp"
#include "plimsoll/text/hex.hpp"
#include "plimsoll/text/json.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace plimsoll::cli {

namespace {

using auth::Key;
using auth::Scheme;

constexpr std::uint64_t day_ms = 86'400'000;

std::uint64_t now_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

struct Loaded {
    std::vector<Key> keys;
    Exit exit = Exit::ok;
};

/// The keys of a file; of a new one none, where that is allowed.
Loaded load(const KeysOptions& options, const Console& console, bool may_be_new) {
    if (may_be_new && !std::filesystem::exists(options.file)) return {};
    const auto text = read_file(options.file);
    if (!text) {
        console.complain(text.error());
        return {{}, Exit::io};
    }
    auto keys = auth::read_keys(*text, options.file);
    if (!keys) {
        console.complain(keys.error());
        return {{}, Exit::bad_input};
    }
    return {std::move(*keys), Exit::ok};
}

Exit save(const KeysOptions& options, const std::vector<Key>& keys, const Console& console) {
    if (options.dry_run) {
        console.say("nothing was written: --dry-run");
        return Exit::ok;
    }
    const mode_t before = umask(S_IRWXG | S_IRWXO);
    const auto written = write_file(options.file, auth::write_keys(keys));
    umask(before);
    if (written) return Exit::ok;
    console.complain(written.error());
    return Exit::io;
}

std::string scopes_text(const Key& key) {
    std::string text;
    for (int i = 0; i < auth::scopes_count; ++i)
        if (key.may(static_cast<auth::Scope>(i))) text += (text.empty() ? "" : ",") + std::string(auth::word(static_cast<auth::Scope>(i)));
    return text;
}

std::string state_of(const Key& key, std::uint64_t now) {
    if (key.revoked) return "revoked";
    return key.expires_ms && now >= *key.expires_ms ? "expired" : "good";
}

auto find(std::vector<Key>& keys, const std::string& id) {
    return std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.id == id; });
}

/// Either of the secrets in a file: the third word of what `new` printed, or the bare digits.
std::optional<std::pair<Scheme, auth::Bytes>> held_of(const std::string& text, const std::string& id) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text + " ") {
        if (c != ' ' && c != '\n' && c != '\t') word += c;
        else if (!word.empty()) words.push_back(std::exchange(word, {}));
    }
    if (words.size() != 3 || words[0] != id) return std::nullopt;
    const auto held = auth::unhex(words[2]);
    if (!held || held->size() != auth::secret_bytes) return std::nullopt;
    return std::pair(words[1] == auth::word(Scheme::ed25519) ? Scheme::ed25519 : Scheme::hmac_sha256, *held);
}

}  // namespace

Exit keys_new(const KeysOptions& options, const Console& console) {
    if (const std::string fault = auth::key_id_fault(options.id); !fault.empty()) {
        console.complain(Error{options.id, fault, "choose another"});
        return Exit::usage;
    }
    Loaded loaded = load(options, console, true);
    if (loaded.exit != Exit::ok) return loaded.exit;
    if (find(loaded.keys, options.id) != loaded.keys.end()) {
        console.complain(
            Error{options.file, "there is a key '" + options.id + "' already", "choose another id; a revoked one is not used again"});
        return Exit::no;
    }
    auth::NewKey made = auth::make_key(options.id, options.scheme == auth::word(Scheme::ed25519) ? Scheme::ed25519 : Scheme::hmac_sha256);
    for (const std::string& scope : options.scopes) made.key.allow(*auth::scope_of(scope));
    if (options.days) made.key.expires_ms = now_ms() + *options.days * day_ms;
    loaded.keys.push_back(made.key);
    if (const Exit exit = save(options, loaded.keys, console); exit != Exit::ok || options.dry_run) return exit;
    console.say("what follows is shown this once; the service takes the key at a hangup (kill -HUP) and when it starts");
    text::JsonWriter json;
    json.begin_object()
        .key("id")
        .string(made.key.id)
        .key("scheme")
        .string(options.scheme)
        .key("secret")
        .string(text::hex(made.held))
        .end_object();
    console.print(console.json ? json.take() + "\n" : made.key.id + " " + options.scheme + " " + text::hex(made.held) + "\n");
    return Exit::ok;
}

Exit keys_list(const KeysOptions& options, const Console& console) {
    const Loaded loaded = load(options, console, false);
    if (loaded.exit != Exit::ok) return loaded.exit;
    Table table({false, false, false, false});
    table.row({"id", "scheme", "scopes", "state"});
    table.rule();
    for (const Key& key : loaded.keys) {
        const std::string state = state_of(key, now_ms());
        table.row({key.id, std::string(auth::word(key.scheme)), scopes_text(key), state});
        text::JsonWriter json;
        json.begin_object().key("id").string(key.id).key("scheme").string(auth::word(key.scheme)).key("scopes").string(scopes_text(key));
        json.key("state").string(state).end_object();
        if (console.json) console.print(json.take() + "\n");
    }
    if (!console.json) console.print(table.text());
    return Exit::ok;
}

Exit keys_revoke(const KeysOptions& options, const Console& console) {
    Loaded loaded = load(options, console, false);
    if (loaded.exit != Exit::ok) return loaded.exit;
    const auto key = find(loaded.keys, options.id);
    if (key == loaded.keys.end()) {
        console.complain(Error{options.file, "there is no key '" + options.id + "'", "plimsoll keys list shows them"});
        return Exit::no;
    }
    key->revoked = true;
    const Exit exit = save(options, loaded.keys, console);
    if (exit == Exit::ok && !options.dry_run) console.say("revoked; a service that runs takes this at a hangup (kill -HUP)");
    return exit;
}

Exit keys_sign(const KeysOptions& options, const Console& console) {
    const auto text = read_file(options.secret_file);
    if (!text) {
        console.complain(text.error());
        return Exit::io;
    }
    const auto held = held_of(*text, options.id);
    if (!held) {
        console.complain(Error{options.secret_file, "this is not what plimsoll keys new printed for '" + options.id + "'",
                               "keep its line: id, scheme, secret"});
        return Exit::bad_input;
    }
    std::string body;
    if (!options.body.empty()) {
        auto read = read_file(options.body);
        if (!read) {
            console.complain(read.error());
            return Exit::io;
        }
        body = std::move(*read);
    }
    auth::Signed request{
        options.id,     std::to_string(now_ms()), "",  text::hex(auth::make_key("nonce", Scheme::hmac_sha256).held).substr(0, 16), "",
        options.method, options.target,           body};
    console.print("PLIM-API-KEY: " + request.key + "\nPLIM-TIMESTAMP: " + request.timestamp + "\nPLIM-NONCE: " + request.nonce +
                  "\nPLIM-SIGN: " + auth::sign(request, held->first, held->second) + "\n");
    return Exit::ok;
}

}  // namespace plimsoll::cli
