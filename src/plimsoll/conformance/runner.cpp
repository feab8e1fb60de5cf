#include "plimsoll/conformance/runner.hpp"

#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/text/source.hpp"

#include <algorithm>
#include <filesystem>

namespace plimsoll::conformance {

namespace {

/// A wrong figure outweighs everything that could be said of the others.
Outcome worse(Outcome a, Outcome b) {
    if (a == Outcome::off || b == Outcome::off) return Outcome::off;
    return std::max(a, b);
}

Outcome of_stop(Stop stop) {
    switch (stop) {
        case Stop::none: return Outcome::exact;
        case Stop::malformed: return Outcome::malformed;
        case Stop::not_expressible: return Outcome::not_expressible;
        case Stop::outside_scope: return Outcome::outside_scope;
        case Stop::needs_data: return Outcome::needs_data;
    }
    return Outcome::malformed;
}

struct Expected {
    std::string name;
    const text::Value* value;
};

/// Nested objects are compared figure by figure: "marginal.im".
void flatten(const text::Value& object, const std::string& prefix, std::vector<Expected>& out) {
    for (const text::Member& member : object.members) {
        const std::string name = prefix.empty() ? member.key : prefix + "." + member.key;
        if (member.value.is(text::Kind::object)) {
            flatten(member.value, name, out);
        } else if (member.value.is(text::Kind::array)) {
            for (std::size_t i = 0; i < member.value.items.size(); ++i)
                out.push_back({name + "." + std::to_string(i), &member.value.items[i]});
        } else {
            out.push_back({name, &member.value});
        }
    }
}

/// What the source printed beside a computed figure: rounded or cut by hand, so it is shown and never judged.
bool printed_only(const std::string& name) { return name.starts_with("published"); }

Outcome compare(const Answered& answer, const Exact& expected, const Tolerance& tolerance, FieldResult& field) {
    const Exact got = tolerance.truncate ? answer.number->truncated_to(*tolerance.truncate) : *answer.number;
    const Exact difference = got - expected;
    field.got = got.text();
    field.difference = difference.text();
    if (difference.zero()) return Outcome::exact;
    const Exact allowed = tolerance.absolute + tolerance.relative * expected.magnitude();
    const Exact& most = allowed < answer.unit ? answer.unit : allowed;
    return most < difference.magnitude() ? Outcome::off : Outcome::within_unit;
}

FieldResult judge(const Expected& expected, const Translation& translation) {
    FieldResult field{expected.name, text::shown(expected.value->text), {}, {}, {}, Outcome::exact};
    if (expected.value->is(text::Kind::string) || expected.value->is(text::Kind::number)) field.expected = expected.value->text;
    for (const LeftOut& left : translation.left_out()) {
        if (left.name != expected.name && !expected.name.starts_with(left.name + ".")) continue;
        field.left_out = left.reason;
        return field;
    }
    const auto& answers = translation.answers();
    const auto found = std::find_if(answers.begin(), answers.end(), [&](const Answered& a) { return a.name == expected.name; });
    if (found == answers.end()) {
        if (printed_only(expected.name)) {
            field.left_out = "printed by the source, not judged";
        } else {
            field.outcome = Outcome::not_covered;
            field.left_out = "nobody answers this figure";
        }
        return field;
    }
    field.got = found->got;
    const auto number = number_of(*expected.value);
    if (found->number && number) field.outcome = compare(*found, *number, translation.vector().tolerance, field);
    else field.outcome = found->got == expected.value->text ? Outcome::exact : Outcome::off;
    return field;
}

VectorResult malformed(const std::string& file, const std::string& reason) {
    VectorResult result;
    result.file = file;
    result.venue = "unread";
    result.outcome = Outcome::malformed;
    result.reason = reason;
    return result;
}

/// A file that belongs to vectors without being one: an object without a list.
bool is_parameter_file(const std::filesystem::path& path) { return path.filename() == "parameters.json"; }

void run_file(const std::filesystem::path& path, const RunOptions& options, std::vector<VectorResult>& results) {
    auto content = text::read_file(path.string());
    if (!content) return results.push_back(malformed(path.string(), to_string(content.error())));
    const VectorFile file = read_vectors(*content, path.string());
    for (const Error& error : file.errors) results.push_back(malformed(path.string(), to_string(error)));
    for (const Vector& vector : file.vectors) results.push_back(run_vector(vector, options));
}

}  // namespace

VectorResult run_vector(const Vector& vector, const RunOptions& options) {
    VectorResult result{vector.id, vector.source, vector.venue, vector.kind, vector.file, Outcome::exact, {}, {}};
    if (const OutsideEntry* entry = outside_for(vector.venue, vector.kind)) {
        result.outcome = Outcome::outside_scope;
        result.reason = entry->why;
        return result;
    }
    const Translator translate = translator_for(vector.venue, vector.kind);
    if (translate == nullptr) {
        result.outcome = Outcome::not_covered;
        result.reason = "no translator knows the kind '" + text::shown(vector.kind) + "' of venue '" + text::shown(vector.venue) + "'";
        return result;
    }
    Translation translation(vector, options.data_root);
    translate(translation);
    if (translation.stopped()) {
        result.outcome = of_stop(translation.why());
        result.reason = translation.reason();
        return result;
    }
    std::vector<Expected> expected;
    flatten(vector.expected, "", expected);
    bool compared = false;
    for (const Expected& figure : expected) {
        FieldResult field = judge(figure, translation);
        compared = compared || field.left_out.empty();
        result.outcome = worse(result.outcome, field.outcome);
        result.fields.push_back(std::move(field));
    }
    if (!compared && result.outcome == Outcome::exact) {
        result.outcome = Outcome::not_expressible;
        for (const LeftOut& left : translation.left_out()) result.reason = left.reason;
    }
    return result;
}

std::vector<VectorResult> run_paths(const std::vector<std::string>& paths, const RunOptions& options) {
    namespace fs = std::filesystem;
    std::vector<VectorResult> results;
    std::error_code fault;
    for (const std::string& path : paths) {
        if (!fs::is_directory(path, fault)) {
            run_file(path, options, results);
            continue;
        }
        std::vector<fs::path> files;
        for (fs::recursive_directory_iterator walk(path, fault), end; !fault && walk != end; walk.increment(fault))
            if (walk->is_regular_file(fault) && walk->path().extension() == ".json" && !is_parameter_file(walk->path()))
                files.push_back(walk->path());
        if (fault) results.push_back(malformed(path, path + ": cannot be walked: " + fault.message()));
        std::sort(files.begin(), files.end());
        for (const fs::path& file : files) run_file(file, options, results);
    }
    return results;
}

int exit_code(const std::vector<VectorResult>& results) {
    int code = 0;
    for (const VectorResult& result : results) {
        if (result.outcome == Outcome::off) return 1;
        if (result.outcome == Outcome::malformed) code = 3;
    }
    return code;
}

}  // namespace plimsoll::conformance
