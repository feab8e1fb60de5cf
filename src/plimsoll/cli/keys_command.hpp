// `plimsoll keys new | list | revoke | sign`: who may ask a service, and requests in their name.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace plimsoll::cli {

struct KeysOptions {
    std::string file;
    std::string id;
    std::string scheme = "hmac-sha256";
    std::vector<std::string> scopes;
    std::optional<std::uint64_t> days;  // until it expires
    std::string secret_file;            // sign: what `new` printed
    std::string method = "GET";
    std::string target;
    std::string body;                   // a file; empty: none
    bool dry_run = false;
};

// Exit  bad_input when the file is none of keys, no when there is no such key or it exists already, io when it cannot be read or written.

/// Adds a key to the file, which only its owner can read, and prints what its holder signs with: it is shown this once.
Exit keys_new(const KeysOptions& options, const Console& console);
/// Ids, scopes and states; no secrets.
Exit keys_list(const KeysOptions& options, const Console& console);
/// The key stays in the file and opens nothing any more.
Exit keys_revoke(const KeysOptions& options, const Console& console);
/// Prints the headers of a request signed now, one a line, as `curl -H @-` takes them.
Exit keys_sign(const KeysOptions& options, const Console& console);

}  // namespace plimsoll::cli
