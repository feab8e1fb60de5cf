#include "plimsoll/conformance/vector.hpp"

#include "plimsoll/text/json.hpp"
#include "plimsoll/text/reader.hpp"

namespace plimsoll::conformance {

namespace {

std::optional<Exact> positive(const text::Value& value, std::string_view path, text::Issues& issues) {
    const auto number = number_of(value);
    if (number && !number->negative()) return number;
    issues.add(value.place, std::string(path) + " is " + std::string(text::describe(value.kind)) + " that is no decimal of 0 or more",
               "write a tolerance such as \"0.005\" or \"1e-9\"");
    return std::nullopt;
}

Tolerance read_tolerance(const text::Value& value, text::Issues& issues) {
    Tolerance tolerance;
    if (!value.is(text::Kind::object)) {
        if (const auto absolute = positive(value, "tolerance", issues)) tolerance.absolute = *absolute;
        return tolerance;
    }
    text::ObjectReader reader(value, "tolerance", issues);
    const auto part = [&](std::string_view key) -> std::optional<Exact> {
        const text::Value* found = reader.get(key, text::Need::optional);
        return found == nullptr ? std::nullopt : positive(*found, reader.path_of(key), issues);
    };
    if (const auto absolute = part("abs")) tolerance.absolute = *absolute;
    if (const auto relative = part("rel")) tolerance.relative = *relative;
    const auto mode = reader.one_of("mode", {"truncate"}, text::Need::optional);
    const auto unit = part("unit");
    if (unit && unit->zero()) reader.issue("unit", "a unit of 0 truncates nothing", "give the venue's last place, such as \"0.01\"");
    else if (mode) tolerance.truncate = unit ? *unit : Exact::of(1, 0);
    reader.finish();
    return tolerance;
}

std::optional<Vector> read_vector(const text::Value& value, std::size_t index, text::Issues& issues) {
    const std::size_t before = issues.errors().size();
    text::ObjectReader reader(value, "vectors[" + std::to_string(index) + "]", issues);
    Vector vector;
    vector.place = value.place;
    vector.file = issues.file();
    vector.id = reader.string("id").value_or("");
    vector.source = reader.string("source").value_or("");
    vector.venue = reader.string("venue").value_or("");
    vector.kind = reader.string("kind").value_or("");
    const auto object = [&](std::string_view key, text::Value& out) {
        const text::Value* found = reader.get(key);
        if (found == nullptr) return;
        if (found->is(text::Kind::object)) out = *found;
        else
            reader.issue(key, reader.path_of(key) + " must be an object, and it is " + std::string(text::describe(found->kind)),
                         "write { ... }");
    };
    object("inputs", vector.inputs);
    object("expected", vector.expected);
    if (vector.expected.is(text::Kind::object) && vector.expected.members.empty())
        reader.issue("expected", "nothing is expected, so nothing is tested", "name at least one figure");
    if (const text::Value* tolerance = reader.get("tolerance", text::Need::optional)) vector.tolerance = read_tolerance(*tolerance, issues);
    reader.string("note", text::Need::optional);
    reader.finish();
    if (issues.errors().size() != before) return std::nullopt;
    return vector;
}

const text::Value* list_of(const text::Value& document, text::Issues& issues) {
    if (document.is(text::Kind::array)) return &document;
    if (const text::Value* list = document.find("vectors"); list != nullptr && list->is(text::Kind::array)) return list;
    issues.add(document.place,
               "a vector file is a list of vectors, and this is " + std::string(text::describe(document.kind)) + " without one",
               "write [ {\"id\": ..., \"source\": ..., \"venue\": ..., \"kind\": ..., \"inputs\": {...}, \"expected\": {...}} ]");
    return nullptr;
}

}  // namespace

std::optional<Exact> number_of(const text::Value& value) {
    if (!value.is(text::Kind::string) && !value.is(text::Kind::number)) return std::nullopt;
    return Exact::parse(value.text);
}

VectorFile read_vectors(std::string_view source, const std::string& file) {
    VectorFile result{file, {}, {}};
    const auto document = text::parse_json(source, file);
    if (!document) {
        result.errors.push_back(document.error());
        return result;
    }
    text::Issues issues(file);
    if (const text::Value* list = list_of(*document, issues)) {
        for (std::size_t i = 0; i < list->items.size(); ++i)
            if (auto vector = read_vector(list->items[i], i, issues)) result.vectors.push_back(std::move(*vector));
    }
    result.errors = issues.errors();
    return result;
}

}  // namespace plimsoll::conformance
