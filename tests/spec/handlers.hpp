// How the examples of spec/*.md are executed: each line is dispatched on its first word to a handler of that name.
//
// To add a verb, write it in the handlers_<area>.cpp of its area and register it there:
//
//     Answer spread(const Call& call) { ... return answer("0.05"); }
//     const Verb spread_verb("spread", spread);
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/money/text.hpp"
#include "plimsoll/money/wide.hpp"

#include <any>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::spec {

/// What the lines of one example block share: whatever its setup lines left for the lines below them.
struct Context {
    const std::map<std::string, std::string>& documents;  // the named blocks of the requirement
    std::map<std::string, std::any> kept;
};

struct Call {
    const std::vector<std::string>& words;  // words[0] is the verb
    Context& context;
};

/// The text to compare with what the spec expects, or why the line makes no sense. A setup line answers "".
using Answer = Result<std::string, std::string>;
using Handler = std::function<Answer(const Call&)>;

inline Answer answer(std::string text) { return text; }
inline Answer senseless(std::string why) { return tl::unexpected<std::string>(std::move(why)); }

/// Registers a handler at the start of the program; two of one name are refused by the runner.
struct Verb {
    Verb(const char* name, Handler handler);
};

const std::multimap<std::string, Handler>& verbs();

/// A word that has to be a whole number.
Result<Wide, std::string> whole(const std::string& word);
/// A word that has to be a whole number fit for an int.
Result<int, std::string> small(const std::string& word);

}  // namespace plimsoll::spec
