// The settings of the service: one table behind its flags, its environment, its file and the page that lists them.
#pragma once

#include "plimsoll/gateway/server.hpp"

#include <map>
#include <variant>

namespace plimsoll::gateway {

struct Config {
    std::string data = "data";
    std::string params;
    std::string keys;
    bool allow_commands = false;
    bool ordinary_threads = false;
    ServerOptions server;
    node::VenueOptions venue;
    node::CoreOptions core;
};

/// One setting. Its flag is `--` and its name, its variable PLIMSOLLD_ and the name in capitals, its key in the file the name with underscores.
struct Setting {
    using Place = std::variant<std::string*, bool*, std::uint16_t*, std::uint32_t*, std::uint64_t*>;

    std::string_view name;  // "tls-cert"
    std::string_view type;  // of its value, in help: FILE; empty: yes or no
    std::string_view meaning;
    Place (*place)(Config&);
    std::uint64_t least = 0;  // of a number
    std::uint64_t most = 0;  // 0: as many as fit
};
std::span<const Setting> settings();

std::string key_of(const Setting& setting);  // "tls_cert"
std::string variable_of(const Setting& setting);  // "PLIMSOLLD_TLS_CERT"

/// A configuration that is put together: what is said later counts, so the file comes first, then the environment, then the flags.
class Configuration {
public:
    const Config& config() const { return config_; }
    Config& config() { return config_; }

    /// A TOML document: every setting by its key.
    ///
    /// Errors  with the place: keys that are no settings, values of the wrong kind or out of bounds. Nothing is taken then.
    std::vector<Error> read_file(const std::string& source, const std::string& file);
    /// Variables as "NAME=value"; those that do not begin with PLIMSOLLD_ are others'.
    ///
    /// Errors  a variable that is no setting, or holds none of its values.
    std::vector<Error> read_environment(const std::vector<std::string>& variables);
    /// Errors  the value is none. `name` must be that of a setting.
    std::optional<Error> read_flag(std::string_view name, const std::string& value);

    /// As a file that gives the same again, with where each value comes from; all of them, or those that somebody has set.
    std::string show(bool all) const;

private:
    std::optional<Error> set(const Setting& setting, const std::string& value, const std::string& where, std::string_view from);

    Config config_;
    std::map<std::string_view, std::string> from_;  // by name; what nobody has said is not in it
};

/// Nothing that would let strangers in by a slip, and nothing half said. Errors  with the settings that do not go together.
std::optional<Error> check_together(const Config& config);

/// docs/reference/config.md.
std::string config_page();

}  // namespace plimsoll::gateway
