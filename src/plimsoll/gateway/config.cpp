#include "plimsoll/gateway/config.hpp"

#include "plimsoll/text/json.hpp"
#include "plimsoll/text/reader.hpp"
#include "plimsoll/text/toml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace plimsoll::gateway {

namespace {

constexpr std::string_view prefix = "PLIMSOLLD_";
/// Says where the file is; it cannot stand in the file itself.
constexpr std::string_view file_variable = "PLIMSOLLD_CONFIG";

template <auto Member>
Setting::Place of(Config& config) {
    return &(config.*Member);
}
template <auto Part, auto Member>
Setting::Place of(Config& config) {
    return &(config.*Part.*Member);
}
template <auto Part, auto Inner, auto Member>
Setting::Place of(Config& config) {
    return &(config.*Part.*Inner.*Member);
}

constexpr std::uint64_t millions = 1'000'000;

constexpr std::array<Setting, 20> table = {{
    {"data", "DIR", "folder of the journal; made when it is missing", of<&Config::data>},
    {"params", "FILE", "parameter set that is put in force when none is yet", of<&Config::params>},
    {"address", "ADDRESS", "to listen on; others than loopback need keys and TLS", of<&Config::server, &ServerOptions::address>},
    {"port", "PORT", "0: any that is free", of<&Config::server, &ServerOptions::port>},
    {"keys", "FILE", "who may ask and do what; made by plimsoll keys new. Without it nobody signs", of<&Config::keys>},
    {"allow-commands", "", "without keys: take commands from whoever reaches the address, else all is read-only",
     of<&Config::allow_commands>},
    {"tls-cert", "FILE", "certificate chain, PEM", of<&Config::server, &ServerOptions::certificate>},
    {"tls-key", "FILE", "its key, PEM", of<&Config::server, &ServerOptions::certificate_key>},
    {"accounts", "N", "most accounts of a new journal", of<&Config::venue, &node::VenueOptions::limits, &Limits::accounts>, 1,
     100 * millions},
    {"orders", "N", "most resting orders of a new journal", of<&Config::venue, &node::VenueOptions::limits, &Limits::orders>, 1,
     100 * millions},
    {"replies", "N",
     "latest commands with an id whose replies a new journal's venue remembers; one that is sent again after that is decided again",
     of<&Config::venue, &node::VenueOptions::limits, &Limits::replies>, 1, 100 * millions},
    {"connections", "N", "most at one time", of<&Config::server, &ServerOptions::connections_most>, 1, millions},
    {"idle-seconds", "S", "for a request to come in, and for an answer to be taken", of<&Config::server, &ServerOptions::idle_seconds>, 1,
     3600},
    {"stop-seconds", "S", "for answers to be taken when it stops", of<&Config::server, &ServerOptions::stop_seconds>, 1, 3600},
    {"body-bytes", "N", "of a request", of<&Config::server, &ServerOptions::body_most>, 256, std::uint64_t{1} << 30},
    {"batch", "N", "pieces of work between two syncs", of<&Config::core, &node::CoreOptions::batch_most>, 1, 65'536},
    {"queue", "N", "pieces of work that may wait in each lane; what comes then is answered 429",
     of<&Config::core, &node::CoreOptions::queue_most>, 1, millions},
    {"ordinary-threads", "", "do not ask to run before other programs when a commit is due; /readyz says what the system allows",
     of<&Config::ordinary_threads>},
    {"snapshot-every", "N", "records between snapshots; 0: only when it stops", of<&Config::core, &node::CoreOptions::snapshot_every>},
    {"segment-bytes", "BYTES", "room that a segment of the journal reserves",
     of<&Config::venue, &node::VenueOptions::journal, &journal::Options::segment_bytes>, 4096, std::uint64_t{1} << 40},
}};

const Setting* find(std::string_view name) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const Setting& s) { return s.name == name; });
    return found == table.end() ? nullptr : &*found;
}

/// The largest that its place can hold and its meaning allows.
std::uint64_t most_of(const Setting& setting) {
    Config scratch;
    const std::uint64_t fits = std::visit(
        [](auto* place) -> std::uint64_t {
            using Held = std::remove_pointer_t<decltype(place)>;
            if constexpr (std::is_integral_v<Held>) return static_cast<std::uint64_t>(std::numeric_limits<Held>::max());
            else return 0;
        },
        setting.place(scratch));
    return setting.most == 0 ? fits : std::min(fits, setting.most);
}

std::string bounds_of(const Setting& setting) {
    return "a whole number from " + std::to_string(setting.least) + " to " + std::to_string(most_of(setting));
}

/// Why the text is no value of it; empty: it was put in its place.
std::string put(const Setting& setting, Config& config, const std::string& value) {
    const Setting::Place place = setting.place(config);
    if (auto* const* text = std::get_if<std::string*>(&place)) {
        **text = value;
        return {};
    }
    if (auto* const* flag = std::get_if<bool*>(&place)) {
        if (value != "true" && value != "false") return "true or false";
        **flag = value == "true";
        return {};
    }
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (fault != std::errc() || end != value.data() + value.size() || number < setting.least || number > most_of(setting))
        return bounds_of(setting);
    std::visit(
        [&](auto* held) {
            using Held = std::remove_pointer_t<decltype(held)>;
            if constexpr (std::is_integral_v<Held> && !std::is_same_v<Held, bool>) *held = static_cast<Held>(number);
        },
        place);
    return {};
}

/// As it stands in a file.
std::string as_toml(const Setting& setting, Config& config) {
    return std::visit(
        [](auto* place) -> std::string {
            using Held = std::remove_pointer_t<decltype(place)>;
            if constexpr (std::is_same_v<Held, std::string>) return text::JsonWriter().string(*place).take();
            else if constexpr (std::is_same_v<Held, bool>) return *place ? "true" : "false";
            else return std::to_string(*place);
        },
        setting.place(config));
}

/// The kind of node that its value is in a file.
text::Kind kind_of(const Setting& setting) {
    Config scratch;
    const Setting::Place place = setting.place(scratch);
    if (std::holds_alternative<std::string*>(place)) return text::Kind::string;
    return std::holds_alternative<bool*>(place) ? text::Kind::boolean : text::Kind::number;
}

bool is_loopback(const std::string& address) { return address == "::1" || address.starts_with("127."); }

}  // namespace

std::span<const Setting> settings() { return table; }

std::string key_of(const Setting& setting) {
    std::string key(setting.name);
    std::replace(key.begin(), key.end(), '-', '_');
    return key;
}

std::string variable_of(const Setting& setting) {
    std::string name(prefix);
    for (const char c : key_of(setting)) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

std::optional<Error> Configuration::set(const Setting& setting, const std::string& value, const std::string& where, std::string_view from) {
    if (const std::string wanted = put(setting, config_, value); !wanted.empty())
        return Error{where, "'" + text::shown(value) + "' is no value of " + std::string(setting.name), "give " + wanted};
    from_[setting.name] = from;
    return std::nullopt;
}

std::vector<Error> Configuration::read_file(const std::string& source, const std::string& file) {
    const auto document = text::parse_toml(source, file);
    if (!document) return {document.error()};
    text::Issues issues(file);
    text::ObjectReader reader(*document, "", issues);
    Configuration next = *this;
    for (const Setting& setting : table) {
        const std::string key = key_of(setting);
        const text::Value* value = reader.get(key, text::Need::optional);
        if (value == nullptr) continue;
        if (!value->is(kind_of(setting)))
            reader.issue(key, std::string(text::describe(value->kind)), "give " + std::string(text::describe(kind_of(setting))));
        else if (const auto error = next.set(setting, value->text, "", text::to_string(file, value->place)))
            reader.issue(key, error->what, error->cure);
    }
    reader.finish();
    if (issues.empty()) *this = std::move(next);
    return issues.errors();
}

std::vector<Error> Configuration::read_environment(const std::vector<std::string>& variables) {
    std::vector<Error> errors;
    std::vector<std::string> known;
    known.reserve(table.size());
    for (const Setting& setting : table) known.push_back(variable_of(setting));
    for (const std::string& variable : variables) {
        if (!variable.starts_with(prefix)) continue;
        const std::size_t equals = std::min(variable.find('='), variable.size());
        const std::string name = variable.substr(0, equals);
        if (name == file_variable) continue;
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end()) {
            const std::string_view near = text::nearest(name, {known.begin(), known.end()});
            errors.push_back(
                {name, "this variable is no setting", near.empty() ? "plimsolld --help lists them" : "is it " + std::string(near) + "?"});
            continue;
        }
        const std::string value = equals < variable.size() ? variable.substr(equals + 1) : std::string();
        if (auto error = set(table[static_cast<std::size_t>(found - known.begin())], value, name, name)) errors.push_back(*error);
    }
    return errors;
}

std::optional<Error> Configuration::read_flag(std::string_view name, const std::string& value) {
    const Setting* setting = find(name);
    const std::string flag = "--" + std::string(name);
    if (setting == nullptr) return Error{flag, "there is no such setting", "plimsolld --help lists them"};
    return set(*setting, value, flag, flag);
}

std::string Configuration::show(bool all) const {
    std::string lines;
    Config copy = config_;
    for (const Setting& setting : table) {
        const auto from = from_.find(setting.name);
        if (!all && from == from_.end()) continue;
        std::string line = key_of(setting) + " = " + as_toml(setting, copy);
        line.resize(std::max<std::size_t>(line.size(), 40), ' ');
        lines += line + "  # " + (from == from_.end() ? "as built" : from->second) + "\n";
    }
    return lines;
}

std::optional<Error> check_together(const Config& config) {
    const ServerOptions& server = config.server;
    if (server.certificate.empty() != server.certificate_key.empty())
        return Error{"--tls-cert", "a certificate and its key go together", "give both --tls-cert and --tls-key"};
    if (!config.keys.empty() && config.allow_commands)
        return Error{"--allow-commands", "with keys, what may be done is what the keys may do", "leave it out"};
    const bool guarded = !config.keys.empty() && !server.certificate.empty();
    if (!is_loopback(server.address) && !guarded)
        return Error{"--address " + server.address, "other machines are served with keys and TLS only",
                     "give --keys, --tls-cert and --tls-key, or use 127.0.0.1"};
    return std::nullopt;
}

std::string config_page() {
    std::string page = "<!-- written by ./dev docs; a test holds it to the code -->\n\n"
                       "# Configuration of plimsolld\n\n"
                       "Every setting can be given in a TOML file (`--config FILE`, or the variable `PLIMSOLLD_CONFIG`), in the "
                       "environment, and as a flag. A flag "
                       "counts before the environment, and that before the file. Names that are no settings are refused in all three. "
                       "`plimsolld config show "
                       "--effective` prints what holds, and where each value comes from; it takes the same flags.\n\n"
                       "Paths are relative to the folder in which the service is started. Nothing secret stands in a setting: keys and "
                       "certificates are files.\n\n"
                       "| in the file | flag | variable | as built | meaning |\n| --- | --- | --- | --- | --- |\n";
    Config built;
    for (const Setting& setting : table) {
        const std::string type = setting.type.empty() ? std::string() : " " + std::string(setting.type);
        const std::string bounds = kind_of(setting) == text::Kind::number ? "; " + bounds_of(setting) : std::string();
        page += "| `" + key_of(setting) + "` | `--" + std::string(setting.name) + type + "` | `" + variable_of(setting) + "` | `" +
                as_toml(setting, built) + "` | " + std::string(setting.meaning) + bounds + " |\n";
    }
    return page;
}

}  // namespace plimsoll::gateway
