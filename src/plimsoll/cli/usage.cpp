#include "plimsoll/cli/usage.hpp"

#include "plimsoll/text/source.hpp"

#include <algorithm>

namespace plimsoll::cli {

namespace {

const CLI::App& deepest(const CLI::App& app) {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().back();
    return *at;
}

std::string path_of(const CLI::App& app) {
    return app.get_parent() == nullptr ? app.get_name() : path_of(*app.get_parent()) + " " + app.get_name();
}

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); });
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
    return app.get_options([](const CLI::Option* each) { return !each->get_group().empty(); });
}

std::string list_of(const CLI::App& app) {
    std::string all;
    for (const CLI::App* verb : verbs_of(app)) all += (all.empty() ? "" : ", ") + verb->get_name();
    return all;
}

std::string unknown_command(const CLI::App& app, const std::string& word) {
    std::vector<std::string_view> names;
    for (const CLI::App* verb : verbs_of(app)) names.push_back(verb->get_name());
    const std::string_view near = text::nearest(word, names);
    const std::string what = path_of(app) + ": there is no command '" + text::shown(word) + "'; ";
    return what + (near.empty() ? "" : "did you mean '" + std::string(near) + "'? ") + "there are " + list_of(app);
}

std::string unknown_option(const CLI::App& app, const std::string& word) {
    std::vector<std::string_view> names;
    std::vector<std::string> kept;
    for (const CLI::App* at = &app; at != nullptr; at = at->get_parent())
        for (const CLI::Option* option : options_of(*at))
            for (const std::string& name : option->get_lnames()) kept.push_back("--" + name);
    names.assign(kept.begin(), kept.end());
    const std::string given = word.substr(0, word.find('='));
    const std::string_view near = text::nearest(given, names);
    return path_of(app) + ": there is no option '" + text::shown(given) + "'; " +
           (near.empty() ? "see " + path_of(app) + " --help" : "did you mean '" + std::string(near) + "'?");
}

}  // namespace

std::string usage_fault(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App& at = deepest(app);
    const std::vector<std::string> left = app.remaining(true);
    for (const std::string& word : left)
        if (word.size() > 1 && word[0] == '-' && word != "--") return unknown_option(at, word);
    const bool wants_verb = !verbs_of(at).empty();
    if (wants_verb && !left.empty()) return unknown_command(at, left.front());
    if (wants_verb) return path_of(at) + ": which command? there are " + list_of(at) + "; see " + path_of(at) + " --help";
    if (!left.empty())
        return path_of(at) + ": '" + text::shown(left.front()) + "' is one argument too many; see " + path_of(at) + " --help";
    return path_of(at) + ": " + error.what() + "; see " + path_of(at) + " --help";
}

namespace {

void append_help(const CLI::App& app, std::string& page) {
    page += "\n## " + path_of(app) + "\n\n```text\n" + app.help() + "```\n";
    for (const CLI::App* verb : verbs_of(app)) append_help(*verb, page);
}

std::string words_of(const CLI::App& app) {
    std::string words;
    for (const CLI::App* verb : verbs_of(app)) words += " " + verb->get_name();
    for (const CLI::App* at = &app; at != nullptr; at = at->get_parent())
        for (const CLI::Option* option : options_of(*at))
            for (const std::string& name : option->get_lnames()) words += " --" + name;
    return words.empty() ? words : words.substr(1);
}

/// Calls back for every command that has a help, from the outermost in.
template <class Visit>
void each_command(const CLI::App& app, Visit visit) {
    visit(app);
    for (const CLI::App* verb : verbs_of(app)) each_command(*verb, visit);
}

std::string one_line(std::string text) {
    text = text.substr(0, text.find('\n'));
    std::string out;
    for (const char c : text) out += c == '\'' || c == '[' || c == ']' || c == ':' ? std::string(" ") : std::string(1, c);
    return out;
}

/// bash and zsh (through its bash emulation) share this: the words on the line that are commands pick the list.
std::string shell_cases(const CLI::App& app) {
    std::string cases;
    each_command(app, [&](const CLI::App& at) { cases += "        '" + path_of(at) + "') words='" + words_of(at) + "' ;;\n"; });
    return cases;
}

std::string bash(const CLI::App& app) {
    return "# plimsoll completions for bash: source <(plimsoll completions bash)\n"
           "_plimsoll() {\n"
           "    local path=plimsoll words='' word\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        case \"$path $word\" in\n" +
           [&] {
               std::string known;
               each_command(app, [&](const CLI::App& at) {
                   if (at.get_parent() != nullptr) known += "        '" + path_of(at) + "') path=\"$path $word\" ;;\n";
               });
               return known;
           }() +
           "        esac\n"
           "    done\n"
           "    case \"$path\" in\n" +
           shell_cases(app) +
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
           "}\n"
           "complete -o default -F _plimsoll plimsoll\n";
}

std::string zsh(const CLI::App& app) {
    std::string script = bash(app);
    script.replace(0, script.find('\n') + 1,
                   "#compdef plimsoll\n# plimsoll completions for zsh: source <(plimsoll completions zsh)\nautoload -U +X bashcompinit && "
                   "bashcompinit\n");
    return script;
}

std::string fish(const CLI::App& app) {
    std::string script = "# plimsoll completions for fish: plimsoll completions fish | source\n";
    each_command(app, [&](const CLI::App& at) {
        std::string here;  // every command on the way is on the line, and none of the next level is
        for (const CLI::App* up = &at; up->get_parent() != nullptr; up = up->get_parent())
            here = "; and __fish_seen_subcommand_from " + up->get_name() + here;
        std::string next;
        for (const CLI::App* verb : verbs_of(at)) next += " " + verb->get_name();
        const std::string outermost = "not __fish_seen_subcommand_from" + next;
        const std::string seen = here.empty() ? "true" : here.substr(6);
        const std::string condition = next.empty() ? seen : here.empty() ? outermost : seen + "; and " + outermost;
        for (const CLI::App* verb : verbs_of(at))
            script += "complete -c plimsoll -n '" + condition + "' -f -a " + verb->get_name() + " -d '" +
                      one_line(verb->get_description()) + "'\n";
        for (const CLI::Option* option : options_of(at))
            for (const std::string& name : option->get_lnames())
                script += "complete -c plimsoll -n '" + seen + "' -l " + name + (option->get_items_expected_max() > 0 ? " -r" : "") +
                          " -d '" + one_line(option->get_description()) + "'\n";
    });
    return script;
}

}  // namespace

std::string help_page(CLI::App& app) {
    std::string page = "# The `plimsoll` tool\n\nWritten by the tool (`plimsoll completions markdown`); do not edit by hand.\n";
    append_help(app, page);
    return page;
}

std::string completion_script(const CLI::App& app, const std::string& shell) {
    return shell == "bash" ? bash(app) : shell == "zsh" ? zsh(app) : fish(app);
}

}  // namespace plimsoll::cli
