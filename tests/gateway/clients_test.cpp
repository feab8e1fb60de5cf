// Ordinary clients, as people have them: curl, Python, Node, and one that is generated in Perl.
#include "client.hpp"

#include "support/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace plimsoll::service {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct Ran {
    int code = 0;
    std::string out;  // and what it says on standard error
};

Ran sh(const std::string& line) {
    Ran ran;
    FILE* pipe = popen(("cd " PLIM_SOURCE_DIR " && export PATH=" PLIM_BINARY_DIR "/bin:$PATH && { " + line + "\n} 2>&1").c_str(), "r");
    char bytes[4096];
    while (const std::size_t got = std::fread(bytes, 1, sizeof bytes, pipe)) ran.out.append(bytes, got);
    const int status = pclose(pipe);
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ran;
}

std::string fresh(const std::string& name) {
    const std::string path = testing::scratch(name);
    fs::create_directories(path);
    return path;
}

std::vector<std::string> serving(const std::string& folder, std::vector<std::string> more) {
    std::vector<std::string> arguments = {"--data",          folder + "/data", "--params", PLIM_SOURCE_DIR "/params/venues/binance.toml",
                                          "--segment-bytes", "1048576"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

TEST(SVC_010, python_signs_and_is_understood) {
    const std::string folder = fresh("python");
    ASSERT_EQ(sh("plimsoll keys new py --scopes read,operate --file " + folder + "/keys.toml > " + folder + "/secret").code, 0);
    Process service(serving(folder, {"--keys", folder + "/keys.toml"}));
    ASSERT_NE(service.port(), 0) << service.log();
    const Ran ran = sh("python3 tests/gateway/clients/client.py " + std::to_string(service.port()) + " " + folder + "/secret");
    EXPECT_EQ(ran.code, 0) << ran.out;
    EXPECT_EQ(ran.out, "python: fine\n");
}

TEST(SVC_010, a_client_generated_from_the_openapi_document_gets_along_and_sends_nothing_that_does_not_fit) {
    Process service(serving(fresh("perl"), {"--allow-commands"}));
    ASSERT_NE(service.port(), 0) << service.log();
    const Ran ran = sh("perl tests/gateway/clients/client.pl " + std::to_string(service.port()));
    EXPECT_EQ(ran.code, 0) << ran.out;
    EXPECT_EQ(ran.out, "perl: fine\n");
}

TEST(SVC_008, a_socket_tells_state_changes_and_what_was_missed) {
    const std::string folder = fresh("node");
    Process service(serving(folder, {"--allow-commands"}));
    ASSERT_NE(service.port(), 0) << service.log();
    const Ran ran = sh("NODE_PATH=${NODE_PATH:-/usr/share/nodejs} node tests/gateway/clients/client.js " + std::to_string(service.port()));
    EXPECT_EQ(ran.code, 0) << ran.out;
    EXPECT_EQ(ran.out, "node: fine\n");
}

TEST(SVC_010, curl_signs_by_the_tool_and_speaks_tls) {
    const std::string folder = fresh("curl");
    ASSERT_EQ(
        sh("plimsoll keys new c --scheme ed25519 --scopes read,operate --days 1 --file " + folder + "/keys.toml > " + folder + "/secret")
            .code,
        0);
    const Ran certificate =
        sh("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext "
           "subjectAltName=DNS:localhost -keyout " +
           folder + "/key.pem -out " + folder + "/cert.pem");
    ASSERT_EQ(certificate.code, 0) << certificate.out;
    Process service(serving(folder, {"--address", "127.0.0.2", "--keys", folder + "/keys.toml", "--tls-cert", folder + "/cert.pem",
                                     "--tls-key", folder + "/key.pem"}));
    ASSERT_NE(service.port(), 0) << service.log();
    const std::string port = std::to_string(service.port());
    const std::string curl = "curl -sS -w ' %{http_code}' --cacert " + folder + "/cert.pem --resolve localhost:" + port + ":127.0.0.2 ";
    const std::string url = "https://localhost:" + port;
    EXPECT_EQ(sh(curl + url + "/livez").out, R"({"status":"ok"} 200)");
    EXPECT_THAT(sh(curl + url + "/v1/venue").out, HasSubstr("SIGNATURE_MISSING"));
    const std::string sign = "plimsoll keys sign c --secret-file " + folder + "/secret ";
    const Ran read = sh(sign + "--target /v1/venue | " + curl + "-H @- " + url + "/v1/venue");
    EXPECT_THAT(read.out, HasSubstr(R"("set":{"name":"binance-style")"));
    EXPECT_THAT(read.out, ::testing::EndsWith(" 200"));
    const std::string body = R"('{"command":"open-account"}')";
    const Ran opened = sh("printf %s " + body + " | " + sign + "--method POST --target /v1/commands --body - | " + curl + "-H @- -d " +
                          body + " " + url + "/v1/commands");
    EXPECT_THAT(opened.out, HasSubstr(R"("accepted":true)"));
    const Ran halted = sh("printf %s '{}' | " + sign + "--method POST --target /v1/commands --body - | " + curl + "-H @- -d " + body + " " +
                          url + "/v1/commands");
    EXPECT_THAT(halted.out, HasSubstr("SIGNATURE_UNKNOWN"));
    EXPECT_NE(sh("curl -sS http://127.0.0.2:" + port + "/livez").code, 0) << "there is no plain way in";
    ASSERT_EQ(sh("plimsoll keys revoke c --file " + folder + "/keys.toml").code, 0);
    EXPECT_THAT(sh("plimsoll keys list --file " + folder + "/keys.toml").out, HasSubstr("c   ed25519  read,operate  revoked"));
}

/// The commands of a page and what it says they print.
struct Page {
    std::vector<std::string> commands;
    std::vector<std::string> prints;
};
Page read_page(const std::string& path) {
    Page page;
    std::ifstream file(path);
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("```")) inside = line == "```console";
        else if (inside && line.starts_with("$ ")) {
            page.commands.push_back(line.substr(2));
            page.prints.emplace_back();
        } else if (inside) page.prints.back() += line + "\n";
    }
    return page;
}

TEST(SVC_013, the_five_minutes_print_what_they_say) {
    const std::string folder = fresh("start");
    const Page page = read_page(PLIM_SOURCE_DIR "/docs/start/README.md");
    ASSERT_GT(page.commands.size(), 10u);
    std::ofstream script(folder + "/script");
    script << "cd " << folder << "\nln -s " PLIM_SOURCE_DIR "/params params\n";
    for (std::size_t i = 0; i < page.commands.size(); ++i) script << page.commands[i] << "\necho '@@" << i << "'\n";
    script.close();
    const Ran ran = sh("bash " + folder + "/script");
    std::size_t at = 0;
    for (std::size_t i = 0; i < page.commands.size(); ++i) {
        const std::string mark = "@@" + std::to_string(i) + "\n";
        const std::size_t end = ran.out.find(mark, at);
        ASSERT_NE(end, std::string::npos) << ran.out;
        EXPECT_EQ(ran.out.substr(at, end - at), page.prints[i]) << page.commands[i];
        at = end + mark.size();
    }
}

/// Runs a line until it says what is waited for; what it said last.
std::string until(const std::string& line, const std::string& says) {
    std::string out;
    for (int i = 0; i < 100 && out.find(says) == std::string::npos; ++i) out = sh(line + "; sleep 0.05").out;
    return out;
}

TEST(SVC_011, a_key_that_is_revoked_opens_nothing_from_a_hangup_on) {
    const std::string folder = fresh("hangup");
    const std::string file = folder + "/keys.toml";
    for (const std::string id : {"a", "b"})
        ASSERT_EQ(sh("plimsoll keys new " + id + " --scopes read --file " + file + " > " + folder + "/" + id).code, 0);
    Process service(serving(folder, {"--keys", file}));
    ASSERT_NE(service.port(), 0) << service.log();
    const std::string base = "http://127.0.0.1:" + std::to_string(service.port());
    const auto ask = [&](const std::string& id) {
        return "plimsoll keys sign " + id + " --secret-file " + folder + "/" + id + " --target /v1/venue | curl -sS -H @- " + base +
               "/v1/venue";
    };
    EXPECT_THAT(sh(ask("a")).out, HasSubstr("\"chain\""));
    // A socket of b's, which lasts until b has to sign anew.
    const std::string socket =
        "node -e 'const W=require(\"ws\");const "
        "h=Object.fromEntries(require(\"fs\").readFileSync(0,\"utf8\").trim().split(\"\\n\").map(l=>l.split(\": \")));"
        "const s=new W(\"" +
        base +
        "/v1/ws\".replace(\"http\",\"ws\"),{headers:h});s.on(\"open\",()=>console.log(\"open\"));"
        "s.on(\"close\",c=>{console.log(\"closed \"+c);process.exit(0)});setTimeout(()=>process.exit(1),20000)'";
    ASSERT_EQ(
        sh("plimsoll keys sign b --secret-file " + folder + "/b --target /v1/ws > " + folder +
           "/headers; (NODE_PATH=${NODE_PATH:-/usr/share/nodejs} " + socket + " < " + folder + "/headers > " + folder + "/socket 2>&1 &)")
            .code,
        0);
    EXPECT_THAT(until("cat " + folder + "/socket", "open"), HasSubstr("open"));
    ASSERT_EQ(sh("plimsoll keys revoke a --file " + file).code, 0);
    EXPECT_THAT(sh(ask("a")).out, HasSubstr("\"chain\"")) << "the service has not been told yet";
    service.send(SIGHUP);
    EXPECT_THAT(until(ask("a"), "KEY_REVOKED"), HasSubstr("KEY_REVOKED"));
    EXPECT_THAT(sh(ask("b")).out, HasSubstr("\"chain\""));
    EXPECT_THAT(until("cat " + folder + "/socket", "closed"), HasSubstr("closed 1001"));
    // A file that cannot be used changes nothing, and is named.
    ASSERT_EQ(sh("echo nonsense >> " + file).code, 0);
    service.send(SIGHUP);
    for (int i = 0; i < 100 && service.log().find("the keys are as they were") == std::string::npos; ++i) sh("sleep 0.05");
    EXPECT_THAT(service.log(), HasSubstr("the keys are as they were"));
    EXPECT_THAT(sh(ask("b")).out, HasSubstr("\"chain\""));
    service.send(SIGTERM);
    EXPECT_EQ(service.wait(), 0);
}

TEST(SVC_011, a_keys_file_is_its_owners_alone_and_shows_no_secret_twice) {
    const std::string folder = fresh("keys");
    const std::string file = folder + "/keys.toml";
    const Ran made = sh("plimsoll keys new a --scopes read --file " + file);
    EXPECT_EQ(fs::status(file).permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(sh("plimsoll keys new a --scopes read --file " + file).code, 1);
    EXPECT_EQ(sh("plimsoll keys new 'a b' --scopes read --file " + file).code, 2);
    EXPECT_EQ(sh("plimsoll keys new b --scopes fly --file " + file).code, 2);
    EXPECT_EQ(sh("plimsoll keys revoke nobody --file " + file).code, 1);
    const std::string secret = made.out.substr(made.out.find("hmac-sha256 ") + 12, 64);
    EXPECT_EQ(sh("plimsoll keys list --file " + file).out.find(secret), std::string::npos);
    EXPECT_EQ(sh("plimsoll keys new c --scopes read --dry-run --file " + folder + "/none.toml").code, 0);
    EXPECT_FALSE(fs::exists(folder + "/none.toml"));
}

}  // namespace
}  // namespace plimsoll::service
