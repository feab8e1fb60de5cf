// The verbs of spec/05-params.md and spec/06-formats.md: sets are read, compared and hashed; tier files are imported.
#include "desk.hpp"
#include "documents.hpp"

#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/formats/tiers_schedule.hpp"
#include "plimsoll/params/canonical.hpp"
#include "plimsoll/params/diff.hpp"

namespace plimsoll::spec {

namespace {

Result<ParameterSet, std::string> set_named(const Call& call, std::size_t word) {
    if (word >= call.words.size()) return fail(std::string("the name of a document is missing"));
    const auto source = document(call.context, call.words[word]);
    if (!source) return fail(source.error());
    auto set = formats::read_parameter_set(*source, call.words[word]);
    if (!set) return fail(joined(set.error()));
    return std::move(*set);
}

/// reads NAME: "as a set", or everything that is wrong with it.
Answer reads_verb(const Call& call) {
    if (call.words.size() != 2) return senseless("reads NAME");
    const auto source = document(call.context, call.words[1]);
    if (!source) return senseless(source.error());
    const auto set = formats::read_parameter_set(*source, call.words[1]);
    return answer(set ? "as a set" : joined(set.error()));
}
const Verb reads_registered("reads", reads_verb);

/// findings NAME: the codes and places of what validation finds in a set.
Answer findings_verb(const Call& call) {
    const auto set = set_named(call, 1);
    if (!set) return senseless(set.error());
    std::vector<std::string> texts;
    for (const Finding& finding : validate(*set))
        if (finding.severity != Severity::note) texts.push_back(finding.code + " (" + finding.where + ")");
    return answer(texts.empty() ? "none" : joined(texts, "; "));
}
const Verb findings_registered("findings", findings_verb);

/// same-hash A B: yes or no.
Answer same_hash_verb(const Call& call) {
    const auto first = set_named(call, 1);
    const auto second = set_named(call, 2);
    if (!first || !second) return senseless(first ? second.error() : first.error());
    return answer(hash_of(*first) == hash_of(*second) ? "yes" : "no");
}
const Verb same_hash_registered("same-hash", same_hash_verb);

/// rewritten NAME: whether writing what was read gives a text that reads as the same set and is written as itself.
Answer rewritten_verb(const Call& call) {
    const auto set = set_named(call, 1);
    if (!set) return senseless(set.error());
    const std::string text = formats::write_parameter_set(*set);
    const auto again = formats::read_parameter_set(text, "rewritten");
    if (!again) return answer(joined(again.error()));
    return answer(*again != *set                                 ? "another set"
                  : formats::write_parameter_set(*again) == text ? "the same set and the same bytes"
                                                                 : "other bytes");
}
const Verb rewritten_registered("rewritten", rewritten_verb);

/// diff A B: every difference and verdict, as a risk manager reads them.
Answer diff_verb(const Call& call) {
    const auto before = set_named(call, 1);
    const auto after = set_named(call, 2);
    if (!before || !after) return senseless(before ? after.error() : before.error());
    const SetDiff changes = diff(*before, *after);
    std::vector<std::string> lines;
    for (const DiffEntry& entry : changes.entries) lines.push_back(to_string(entry));
    return answer(lines.empty() ? "nothing" : joined(lines, "; "));
}
const Verb diff_registered("diff", diff_verb);

/// verdict MARKET LEVEL from A to B
Answer verdict_verb(const Call& call) {
    const auto& words = call.words;
    if (words.size() != 7 || words[3] != "from" || words[5] != "to") return senseless("verdict MARKET LEVEL from A to B");
    const auto before = set_named(call, 4);
    const auto after = set_named(call, 6);
    if (!before || !after) return senseless(before ? after.error() : before.error());
    const auto level = words[2] == "initial" ? Level::initial : words[2] == "maintenance" ? Level::maintenance : Level::closeout;
    for (const Verdict& verdict : diff(*before, *after).verdicts)
        if (verdict.market == words[1] && verdict.level == level) return answer(std::string(to_string(verdict.direction)));
    return answer("none");
}
const Verb verdict_registered("verdict", verdict_verb);

/// The last import of the block.
Result<formats::Import*, std::string> import_of(Context& context) {
    const auto at = context.kept.find("import");
    if (at == context.kept.end()) return fail(std::string("begin the block with: import FORMAT NAME"));
    return std::any_cast<formats::Import>(&at->second);
}

/// import FORMAT NAME: "taken" or "refused", with the findings counted.
Answer import_verb(const Call& call) {
    const auto format = call.words.size() == 3 ? formats::format_from_name(call.words[1]) : std::nullopt;
    if (!format) return senseless("import FORMAT NAME");
    const auto source = document(call.context, call.words[2]);
    if (!source) return senseless(source.error());
    formats::Import import = formats::import_tiers(*format, *source, call.words[2]);
    const std::size_t findings = import.report.findings().size();
    const std::string verdict = import.ok() ? "taken" : "refused";
    call.context.kept["import"] = std::move(import);
    return answer(verdict + (findings == 0 ? "" : ", " + std::to_string(findings) + (findings == 1 ? " finding" : " findings")));
}
const Verb import_registered("import", import_verb);

/// finding N: what the Nth finding of the import says.
Answer finding_verb(const Call& call) {
    const auto import = import_of(call.context);
    const auto number = call.words.size() == 2 ? small(call.words[1]) : fail(std::string());
    if (!import || !number) return senseless(import ? "finding N" : import.error());
    const auto& findings = (*import)->report.findings();
    if (*number < 1 || static_cast<std::size_t>(*number) > findings.size())
        return senseless("there are " + std::to_string(findings.size()) + " findings");
    return answer(to_string(findings[static_cast<std::size_t>(*number) - 1]));
}
const Verb finding_registered("finding", finding_verb);

/// imported N: the Nth imported table is laid on the desk as a schedule, for the verbs of spec/02-schedules.md.
Answer imported_verb(const Call& call) {
    const auto import = import_of(call.context);
    const auto number = call.words.size() == 2 ? small(call.words[1]) : fail(std::string());
    if (!import || !number || *number < 1) return senseless(import ? "imported N" : import.error());
    const auto index = static_cast<std::size_t>(*number) - 1;
    const formats::TierSet& set = (*import)->set;
    if (index >= set.tables.size() + set.liquidity_tiers.size()) return senseless("the import has no table " + call.words[1]);
    const auto schedule = set.tables.empty() ? formats::schedule_of(set.liquidity_tiers[index]) : formats::schedule_of(set.tables[index]);
    return schedule ? lay(call.context, *schedule) : senseless(to_string(schedule.error()));
}
const Verb imported_registered("imported", imported_verb);

/// export-again FORMAT: whether what is exported reads back and is exported byte-equal.
Answer export_again_verb(const Call& call) {
    const auto import = import_of(call.context);
    const auto format = call.words.size() == 2 ? formats::format_from_name(call.words[1]) : std::nullopt;
    if (!import || !format) return senseless(import ? "export-again FORMAT" : import.error());
    const formats::Export first = formats::export_tiers(*format, (*import)->set);
    if (!first.ok()) return answer("refused, " + to_string(first.report.findings().front()));
    const formats::Import back = formats::import_tiers(*format, first.text, "exported");
    if (!back.ok()) return answer("does not read back, " + to_string(back.report.findings().front()));
    return answer(formats::export_tiers(*format, back.set).text == first.text ? "byte-equal" : "other bytes");
}
const Verb export_again_registered("export-again", export_again_verb);

}  // namespace

}  // namespace plimsoll::spec
