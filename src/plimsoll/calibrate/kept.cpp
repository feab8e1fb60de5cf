#include "plimsoll/calibrate/kept.hpp"

#include "plimsoll/base/hash.hpp"
#include "plimsoll/text/hex.hpp"
#include "plimsoll/text/source.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace plimsoll::calibrate {

namespace {

/// Which build of which version this is, by the bytes of the program: another one may measure in another way, and what it kept is not mixed
/// with what is measured now.
const std::string& program_id() {
    static const std::string id = [] {
        std::ifstream self("/proc/self/exe", std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(self)), {});
        const Hash128 hash = hash_bytes(bytes.data(), bytes.size());
        return std::string("program=" PLIM_VERSION "-") + (bytes.empty() ? "unknown" : text::hex(hash.high, hash.low).substr(0, 12)) + " ";
    }();
    return id;
}

/// Of "horizon_s=3600 coverage=0.99" and "horizon_s=3600 coverage=0.995": what was asked there and what is asked here.
std::string difference(const std::string& there, const std::string& here) {
    std::istringstream was(there), is(here);
    std::string old, now;
    while (was >> old && is >> now) {
        const std::size_t equals = old.find('=');
        if (old == now) continue;
        if (equals == std::string::npos || now.compare(0, equals + 1, old, 0, equals + 1) != 0) break;
        return ": " + old.substr(0, equals) + " was " + text::shown(old.substr(equals + 1)) + " and is " + now.substr(equals + 1);
    }
    return {};
}

Result<void> check_head(const std::string& file, const std::string& there, const std::string& what, const std::string& head,
                        const std::string& asked) {
    if (there == head + asked) return {};
    if (there.compare(0, head.size(), head) != 0)
        return fail(Error{file, "it is no file of " + what + " that were kept: it begins with '" + text::shown(there.substr(0, 60)) + "'",
                          "name another file"});
    const std::string noun = what.substr(what.rfind(' ') + 1);
    if (there.compare(head.size(), 8, "program=") != 0)
        return fail(Error{file, "it holds " + noun + " of a version of this program that did not say so", "name another file"});
    return fail(Error{file, "it holds " + noun + " of another question" + difference(there.substr(head.size()), asked),
                      "name another file, or ask as before"});
}

}  // namespace

Result<void> Kept::open(const std::string& file, const std::string& what, const std::string& asked,
                        const std::function<bool(std::uint64_t, const std::string&)>& take) {
    if (file.empty()) return {};
    const std::string head = "plimsoll " + what + " 1 ", question = program_id() + asked;
    std::string sound = head + question + "\n";
    std::ifstream in(file);
    std::string line;
    if (in && std::getline(in, line)) {
        if (const auto checked = check_head(file, line, what, head, question); !checked) return checked;
        // Only a row that ends in a line feed was written to its end.
        while (std::getline(in, line) && !in.eof()) {
            char* end = nullptr;
            const std::uint64_t index = std::strtoull(line.c_str(), &end, 10);
            if (end == line.c_str() || *end != ' ' || !take(index, end + 1)) break;
            sound += line + "\n";
        }
    }
    in.close();
    const auto unwritable = [&] { return fail(Error{file, "cannot be written", "check the folder"}); };
    // Written anew without a row that broke off, aside first, then added to.
    const std::string aside = file + ".new";
    std::ofstream out(aside);
    out << sound << std::flush;
    if (!out || std::rename(aside.c_str(), file.c_str()) != 0) return unwritable();
    file_.reset(std::fopen(file.c_str(), "ae"));
    if (file_ == nullptr) return unwritable();
    return {};
}

void Kept::add(std::uint64_t index, const std::string& row) {
    if (file_ == nullptr) return;
    const std::string line = std::to_string(index) + " " + row + "\n";
    std::fwrite(line.data(), 1, line.size(), file_.get());
    std::fflush(file_.get());
}

}  // namespace plimsoll::calibrate
