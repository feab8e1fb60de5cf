// Who may ask what: every way of not being allowed.
#include "desk.hpp"

#include "plimsoll/base/random.hpp"
#include "plimsoll/text/hex.hpp"

#include <gmock/gmock.h>

namespace plimsoll::gateway {
namespace {

using auth::Refusal;
using auth::Scheme;
using auth::Scope;
using auth::Signed;
using ::testing::HasSubstr;

constexpr std::uint64_t start = 1'000'000;

struct Holder {
    auth::NewKey made;
    Request signed_request(const std::string& method, const std::string& target, const std::string& body, std::uint64_t time,
                           const std::string& nonce = {}) const {
        Request request{method, target, body, "", {}};
        request.signature = {made.key.id, std::to_string(time), "", nonce, "", {}, {}, {}};
        resign(request);
        return request;
    }
    void resign(Request& request) const {
        Signed parts = request.signature;
        parts.method = request.method;
        parts.target = request.target;
        parts.body = request.body;
        request.signature.signature = auth::sign(parts, made.key.scheme, made.held);
    }
};

class Guarded : public ::testing::Test {
protected:
    Holder all{auth::make_key("all", Scheme::hmac_sha256)};
    Holder ed{auth::make_key("ed", Scheme::ed25519)};
    Holder reader{auth::make_key("reader", Scheme::hmac_sha256)};
    Holder revoked{auth::make_key("revoked", Scheme::ed25519)};
    Holder expired{auth::make_key("expired", Scheme::hmac_sha256)};
    Holder stranger{auth::make_key("stranger", Scheme::hmac_sha256)};
    std::unique_ptr<auth::Gate> gate;
    Desk desk;
    int nonces = 0;

    void SetUp() override {
        all.made.key.scopes = ed.made.key.scopes = revoked.made.key.scopes = expired.made.key.scopes = auth::every_scope;
        reader.made.key.allow(Scope::read);
        revoked.made.key.revoked = true;
        expired.made.key.expires_ms = start;
        desk.begin();
        open(start);
    }
    void open(std::uint64_t started) {
        gate = std::make_unique<auth::Gate>(std::vector{all.made.key, ed.made.key, reader.made.key, revoked.made.key, expired.made.key},
                                            started);
        desk.rules.gate = gate.get();
    }
    std::string nonce() { return std::to_string(++nonces); }
    Request read(const Holder& holder) { return holder.signed_request("GET", "/v1/venue", "", start, nonce()); }
    std::string said(const Request& request) {
        const Answer answer = desk.ask(request);
        return answer.status == 200 ? "OK" : code_of(answer);
    }
};
using SVC_006 = Guarded;

TEST_F(SVC_006, a_good_signature_of_either_scheme_is_let_in) {
    EXPECT_EQ(said(read(all)), "OK");
    EXPECT_EQ(said(read(ed)), "OK");
    EXPECT_EQ(said(ed.signed_request("POST", "/v1/commands", R"({"command":"tick"})", start)), "OK");
    EXPECT_EQ(said(all.signed_request("GET", "/v1/events?from_seq=1&limit=5", "", start)), "OK");
    EXPECT_EQ(said({"GET", "/livez", "", "", {}}), "OK") << "open to everyone";
}

TEST_F(SVC_006, keys_that_are_none_or_no_more_are_turned_away_everywhere) {
    const Hash128 chain = desk.venue->engine().chain();
    int cases = 0;
    for (const Endpoint& endpoint : endpoints()) {
        if (!endpoint.scope) continue;
        std::string target(endpoint.path);
        for (auto at = target.find('{'); at != std::string::npos; at = target.find('{')) target.replace(at, target.find('}') - at + 1, "0");
        for (const std::string method : {"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
            const bool served = method == endpoint.method || (method == "HEAD" && endpoint.method == "GET");
            const auto expect = [&](const Request& request, const std::string& code) {
                EXPECT_EQ(said(request), served ? code : "METHOD_NOT_ALLOWED") << method << " " << target;
                ++cases;
            };
            const std::string body(endpoint.body);
            expect({method, target, body, "", {}}, "SIGNATURE_MISSING");
            expect(stranger.signed_request(method, target, body, start), "SIGNATURE_UNKNOWN");
            expect(revoked.signed_request(method, target, body, start, nonce()), "KEY_REVOKED");
            expect(expired.signed_request(method, target, body, start, nonce()), "KEY_EXPIRED");
            Request borrowed = stranger.signed_request(method, target, body, start);
            borrowed.signature.key = "all";
            expect(borrowed, "SIGNATURE_UNKNOWN");
        }
    }
    EXPECT_GT(cases, 500);
    EXPECT_EQ(desk.venue->engine().chain(), chain);
}

TEST_F(SVC_006, a_wrong_byte_anywhere_is_a_wrong_signature) {
    Random random(5);
    int cases = 0;
    const auto refused = [&](const Request& request) {
        const std::string code = said(request);
        ++cases;
        return code == "SIGNATURE_UNKNOWN" || code == "SIGNATURE_MISSING" || code == "NOT_FOUND" || code == "METHOD_NOT_ALLOWED";
    };
    const std::string body = R"({"command":"deposit","account":"0","asset":"USDT","amount":"1"})";
    const Hash128 chain = desk.venue->engine().chain();
    for (const Holder* holder : {&all, &ed}) {
        for (int round = 0; round < 6; ++round) {
            const Request good = holder->signed_request("POST", "/v1/commands", body, start, "n" + nonce());
            const auto twist = [&](std::string Request::* part) {
                for (std::size_t i = 0; i < (good.*part).size(); ++i) {
                    for (int times = 0; times < 4; ++times) {
                        Request bad = good;
                        char& c = (bad.*part)[i];
                        const char before = c;
                        while (c == before) c = static_cast<char>(random.between(33, 126));
                        EXPECT_TRUE(refused(bad)) << "byte " << i;
                    }
                }
            };
            const auto twist_header = [&](std::string Signed::* part) {
                for (std::size_t i = 0; i < (good.signature.*part).size(); ++i) {
                    for (const char to : std::string_view("0123456789abcdefXZ-")) {
                        Request bad = good;
                        char& c = (bad.signature.*part)[i];
                        if (c == to) continue;
                        c = to;
                        EXPECT_TRUE(refused(bad)) << "byte " << i << " to " << to;
                    }
                }
            };
            twist(&Request::method);
            twist(&Request::target);
            twist(&Request::body);
            twist_header(&Signed::key);
            twist_header(&Signed::timestamp);
            twist_header(&Signed::nonce);
            twist_header(&Signed::signature);
            for (std::size_t size = 0; size < good.signature.signature.size(); ++size) {
                Request cut = good;
                cut.signature.signature.resize(size);
                EXPECT_TRUE(refused(cut));
            }
            for (const char* more : {"0", "00", " ", "\n"}) {
                Request longer = good;
                longer.signature.signature += more;
                EXPECT_TRUE(refused(longer));
            }
        }
    }
    EXPECT_GT(cases, 20'000);
    EXPECT_EQ(desk.venue->engine().chain(), chain) << "nothing changed";
}

TEST_F(SVC_006, parts_cannot_be_shifted_into_each_other) {
    // The same bytes in other parts: a line break in one of them would make two requests one text.
    Request request{"GET", "/v1/venue", "", "", {}};
    request.signature = {"all", std::to_string(start), "", "a\nGET", "", {}, {}, {}};
    all.resign(request);
    EXPECT_EQ(said(request), "SIGNATURE_MISSING");
}

TEST_F(SVC_006, a_request_is_taken_once_and_in_its_time) {
    const Request once = all.signed_request("POST", "/v1/commands", R"({"command":"tick"})", start);
    EXPECT_EQ(said(once), "OK");
    for (int i = 0; i < 50; ++i) EXPECT_EQ(said(once), "REQUEST_REPLAYED");
    desk.now = start + auth::window_default;
    EXPECT_EQ(said(once), "REQUEST_REPLAYED") << "to the last millisecond of its window";
    desk.now = start + auth::window_default + 1;
    EXPECT_EQ(said(once), "TIMESTAMP_OUTSIDE_WINDOW");
    // After a restart nothing is remembered, so what was signed before it is refused.
    open(desk.now);
    desk.now += 10;
    EXPECT_EQ(said(once), "TIMESTAMP_OUTSIDE_WINDOW");
    EXPECT_EQ(said(all.signed_request("POST", "/v1/commands", R"({"command":"tick"})", desk.now - 11)), "TIMESTAMP_OUTSIDE_WINDOW");
    EXPECT_EQ(said(all.signed_request("POST", "/v1/commands", R"({"command":"tick"})", desk.now - 10)), "OK");
}

TEST_F(SVC_006, windows_have_their_bounds) {
    const auto at = [&](std::uint64_t time, const std::string& window) {
        Request request{"GET", "/v1/venue", "", "", {}};
        request.signature = {"all", std::to_string(time), window, nonce(), "", {}, {}, {}};
        all.resign(request);
        return said(request);
    };
    desk.now = start + 100'000;
    EXPECT_EQ(at(desk.now, "0"), "OK");
    EXPECT_EQ(at(desk.now - 1, "0"), "TIMESTAMP_OUTSIDE_WINDOW");
    EXPECT_EQ(at(desk.now - 60'000, "60000"), "OK");
    EXPECT_EQ(at(desk.now - 60'001, "60000"), "TIMESTAMP_OUTSIDE_WINDOW");
    EXPECT_EQ(at(desk.now, "60001"), "SIGNATURE_MISSING");
    EXPECT_EQ(at(desk.now, "x"), "SIGNATURE_MISSING");
    EXPECT_EQ(at(desk.now + 1'000, ""), "OK") << "a clock may be a little fast";
    EXPECT_EQ(at(desk.now + 1'001, ""), "TIMESTAMP_OUTSIDE_WINDOW");
    EXPECT_EQ(at(~std::uint64_t{0}, ""), "TIMESTAMP_OUTSIDE_WINDOW");
    EXPECT_EQ(at(~std::uint64_t{0} - 30'000, "60000"), "TIMESTAMP_OUTSIDE_WINDOW");
}

TEST_F(SVC_006, a_scope_allows_what_it_names_and_nothing_else) {
    int cases = 0;
    for (int bits = 0; bits < 16; ++bits) {
        Holder holder{auth::make_key("some", Scheme::hmac_sha256)};
        holder.made.key.scopes = static_cast<std::uint8_t>(bits);
        gate = std::make_unique<auth::Gate>(std::vector{holder.made.key}, start);
        desk.rules.gate = gate.get();
        for (const Endpoint& endpoint : endpoints()) {
            if (!endpoint.scope || endpoint.id == "commands") continue;
            std::string target(endpoint.path);
            for (auto at = target.find('{'); at != std::string::npos; at = target.find('{'))
                target.replace(at, target.find('}') - at + 1, "0");
            const std::string code =
                said(holder.signed_request(std::string(endpoint.method), target, std::string(endpoint.body), start, nonce()));
            EXPECT_EQ(code == "SCOPE_MISSING", !holder.made.key.may(*endpoint.scope)) << endpoint.path << " " << code;
            ++cases;
        }
        for (const char* name :
             {"tick", "halt", "place-order", "cancel-order", "deposit", "define-set", "withdraw", "set-leverage", "delist"}) {
            const std::string body = R"({"command":")" + std::string(name) + R"("})";
            const bool may = holder.made.key.may(*scope_of_command(name));
            EXPECT_EQ(said(holder.signed_request("POST", "/v1/commands", body, start, nonce())) == "SCOPE_MISSING", !may) << name;
            EXPECT_EQ(
                said(holder.signed_request("POST", "/v1/commands", R"({"commands":[)" + body + "]}", start, nonce())) == "SCOPE_MISSING",
                !may)
                << name;
            cases += 2;
        }
    }
    EXPECT_GT(cases, 400);
}

TEST_F(SVC_006, what_is_remembered_is_bounded) {
    gate = std::make_unique<auth::Gate>(std::vector{all.made.key}, start, 100);
    desk.rules.gate = gate.get();
    for (int i = 0; i < 100; ++i) EXPECT_EQ(said(read(all)), "OK");
    EXPECT_EQ(said(read(all)), "RATE_LIMITED");
    desk.now = start + auth::window_default + 1;
    EXPECT_EQ(said(all.signed_request("GET", "/v1/venue", "", desk.now)), "OK") << "what is past is forgotten";
    EXPECT_EQ(gate->remembered(), 1u);
}

TEST_F(SVC_006, nobodys_haste_turns_others_away) {
    gate = std::make_unique<auth::Gate>(std::vector{all.made.key, ed.made.key}, start, 100);
    desk.rules.gate = gate.get();
    for (int i = 0; i < 50; ++i) EXPECT_EQ(said(read(all)), "OK");
    EXPECT_EQ(said(read(all)), "RATE_LIMITED") << "its share";
    for (int i = 0; i < 50; ++i) EXPECT_EQ(said(read(ed)), "OK") << "another one's is untouched";
    desk.now = start + auth::window_default + 1;
    EXPECT_EQ(said(all.signed_request("GET", "/v1/venue", "", desk.now)), "OK");
}

TEST(SVC_011, without_keys_nobody_changes_anything_unless_it_is_allowed) {
    Desk desk(std::uint8_t{1} << static_cast<int>(Scope::read));
    EXPECT_EQ(desk.get("/v1/venue").status, 200);
    const Answer refused = desk.post("/v1/commands", R"({"command":"open-account"})");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(code_of(refused), "READ_ONLY");
    EXPECT_THAT(refused.body, HasSubstr("--allow-commands"));
    EXPECT_EQ(desk.venue->engine().seq(), 0u);
}

TEST(SVC_011, a_keys_file_is_read_back_and_its_faults_are_named_without_showing_secrets) {
    std::vector<auth::Key> keys;
    for (const Scheme scheme : {Scheme::hmac_sha256, Scheme::ed25519}) {
        auth::Key key = auth::make_key("k" + std::to_string(keys.size()), scheme).key;
        key.allow(Scope::trade);
        key.revoked = scheme == Scheme::ed25519;
        if (!key.revoked) key.expires_ms = 17;
        keys.push_back(key);
    }
    EXPECT_EQ(auth::read_keys(auth::write_keys(keys), "keys.toml").value(), keys);
    const std::string secret = text::hex(keys[0].secret);
    const std::pair<std::string, std::string> cases[] = {
        {"[[key]]\nid=\"a\"\nscheme=\"hmac-sha256\"\nscopes=[\"raed\"]\nsecret=\"" + secret + "\"", "there is no scope 'raed'"},
        {"[[key]]\nid=\"a\"\nscheme=\"rot13\"\nscopes=[]\nsecret=\"" + secret + "\"", "scheme"},
        {"[[key]]\nid=\"a b\"\nscheme=\"hmac-sha256\"\nscopes=[]\nsecret=\"" + secret + "\"", "letters, digits"},
        {"[[key]]\nid=\"a\"\nscheme=\"hmac-sha256\"\nscopes=[]\nsecret=\"" + secret.substr(1) + "\"", "64 lower-case hexadecimal digits"},
        {"[[key]]\nid=\"a\"\nscheme=\"hmac-sha256\"\nscopes=[]\nsecrte=\"" + secret + "\"", "unknown key"},
        {auth::write_keys({keys[0], keys[0]}), "is given twice"},
        {"[[key]]\n", "missing"},
    };
    for (const auto& [text, says] : cases) {
        const auto read = auth::read_keys(text, "keys.toml");
        ASSERT_FALSE(read) << text;
        std::string all;
        for (const Error& error : read.error()) all += to_string(error) + "\n";
        EXPECT_THAT(all, HasSubstr(says));
        EXPECT_EQ(all.find(secret.substr(1, 20)), std::string::npos) << "a secret is shown: " << all;
    }
}

}  // namespace
}  // namespace plimsoll::gateway
