// What the fuzz targets of incident files and questions feed.
#include "fuzz/entries.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/cli/question.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/stress/report.hpp"
#include "plimsoll/text/json.hpp"

#include <fstream>
#include <iterator>

namespace plimsoll::fuzz {

namespace {

std::string source_file(const char* path) {
    std::ifstream in(std::string(PLIM_SOURCE_DIR) + "/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

const stress::Reference& reference() {
    static const stress::Reference tables = [] {
        const auto document = text::parse_json(source_file("incidents/reference/schedules.json"), "reference");
        PLIM_ASSERT(document);
        auto read = stress::read_reference(*document, "reference");
        PLIM_ASSERT(read);
        return std::move(*read);
    }();
    return tables;
}

cli::Oracle& oracle() {
    static cli::Oracle made = [] {
        auto set = formats::read_parameter_set(source_file("docs/reference/example.toml"), "example.toml");
        PLIM_ASSERT(set);
        auto context = RiskContext::make(std::move(*set));
        PLIM_ASSERT(context);
        return cli::Oracle(std::move(*context), cli::Ask::margin);
    }();
    return made;
}

void check_errors(const std::vector<Error>& errors) {
    PLIM_ASSERT(!errors.empty());
    for (const Error& error : errors) PLIM_ASSERT(error.where.starts_with("fuzz") && !error.what.empty() && !error.cure.empty());
}

}  // namespace

void feed_incident(std::string_view input) {
    const auto document = text::parse_json(input, "fuzz");
    if (!document) return;
    auto tables = stress::read_reference(*document, "fuzz");
    if (!tables) check_errors(tables.error());
    auto incident = stress::read_incident(*document, "fuzz");
    if (!incident) return check_errors(incident.error());
    const std::size_t checks = incident->checks.size();
    const stress::IncidentResult result = stress::run_incident(std::move(*incident), reference());
    PLIM_ASSERT(result.checks.size() == checks);  // none is skipped
    PLIM_ASSERT(text::parse_json(stress::result_json(result), "result"));
    const std::string page = stress::html_report({result});
    PLIM_ASSERT(page.find("<script") == std::string::npos);
}

void feed_question(std::string_view input) {
    const auto document = text::parse_json(input, "fuzz");
    if (!document) return;
    const auto question = oracle().read(*document, "fuzz");
    if (!question) return check_errors(question.error());
    const auto answer = text::parse_json(cli::answer_json(oracle().context(), *question), "answer");
    PLIM_ASSERT(answer);
    const cli::Console console;
    PLIM_ASSERT(!cli::answer_text(oracle().context(), *question, *answer, console).empty());
    if (question->ask != cli::Ask::max_size || answer->find("max_size")->text == "0") return;
    OrderRequest order = question->order;
    const int digits = oracle().context().market(order.market).params->instrument.size_digits;
    order.size = Size::from_raw(*parse_decimal(answer->find("max_size")->text, digits));
    PLIM_ASSERT(admit(oracle().context(), question->view(), order).admitted());
}

}  // namespace plimsoll::fuzz
