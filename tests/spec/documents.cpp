#include "documents.hpp"

#include <fstream>
#include <sstream>

namespace plimsoll::spec {

Result<std::string, std::string> document(const Context& context, const std::string& name) {
    if (const auto at = context.documents.find(name); at != context.documents.end()) return at->second;
    if (name.find('/') == std::string::npos) return fail("no block of this requirement is called '" + name + "'");
    std::ifstream file(std::string(PLIM_SOURCE_DIR "/") + name);
    if (!file) return fail("there is no file " + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string joined(const std::vector<std::string>& texts, const std::string& separator) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : separator) + text;
    return all;
}

std::string joined(const std::vector<Error>& errors) {
    std::vector<std::string> texts;
    for (const Error& error : errors) texts.push_back(to_string(error));
    return joined(texts, " | ");
}

}  // namespace plimsoll::spec
