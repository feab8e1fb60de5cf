#include "plimsoll/cli/question_command.hpp"

#include "plimsoll/cli/lines.hpp"
#include "plimsoll/cli/question.hpp"
#include "plimsoll/cli/question_flags.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/text/json.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace plimsoll::cli {

namespace {

using text::Value;

bool says_no(const Value& answer) {
    const Value* admitted = answer.find("admitted");
    return admitted != nullptr && !admitted->truth();
}

Exit show(const Oracle& oracle, const Question& question, const Console& console) {
    const std::string answer = answer_json(oracle.context(), question);
    const auto parsed = text::parse_json(answer, "answer");
    console.print(console.json ? answer + "\n" : answer_text(oracle.context(), question, *parsed, console));
    return says_no(*parsed) ? Exit::no : Exit::ok;
}

/// An error of a batch is an answer too: the line number, the id if it could be read, and every finding.
std::string error_line(std::size_t line, const Value* id, const std::vector<Error>& errors) {
    text::JsonWriter out;
    out.begin_object();
    if (id != nullptr) out.key("id").value(*id);
    out.key("line").number(static_cast<std::int64_t>(line)).key("errors").begin_array();
    for (const Error& error : errors) out.string(to_string(error));
    out.end_array().end_object();
    return out.take();
}

/// One answer a line, in the order of the questions; what was answered is written out before the input can wait.
class Batch {
public:
    Batch(Oracle& oracle, std::string name, bool echo, const Console& console)
        : oracle_(oracle), name_(std::move(name)), echo_(echo), console_(console) {}

    Exit run(LineReader& input) {
        for (std::string_view line;;) {
            const LineReader::Got got = input.next(line);
            if ((got == LineReader::Got::drained || out_.size() > written_at) && !flush()) return Exit::io;
            if (got == LineReader::Got::drained) continue;
            if (got == LineReader::Got::end) break;
            if (got == LineReader::Got::failed) {
                console_.complain(Error{name_, std::string("cannot be read to its end: ") + std::strerror(input.fault()),
                                        "check that it is a file and no folder"});
                return Exit::io;
            }
            ++line_;
            if (got == LineReader::Got::too_long)
                refuse(nullptr, {Error{place(), "the line is longer than " + std::to_string(text::source_bytes_max) + " bytes",
                                       "split the question"}});
            else if (line.find_first_not_of(" \t") != std::string_view::npos) answer(line);
        }
        flush();
        if (refused_ > 0)
            console_.complain(std::to_string(refused_) + " of " + std::to_string(asked_) + (asked_ == 1 ? " question" : " questions") +
                              " could not be read; their answers say why");
        return refused_ > 0 ? Exit::bad_input : Exit::ok;
    }

private:
    static constexpr std::size_t written_at = std::size_t{1} << 17;

    void answer(std::string_view line) {
        const auto document = text::parse_json(line, name_);
        if (!document) return refuse(nullptr, {moved(document.error())});
        if (echo_) return take(text::dump_json(*document, text::Layout::compact));
        const auto question = oracle_.read(*document, name_);
        if (!question) {
            std::vector<Error> errors = question.error();
            for (Error& error : errors) error = moved(std::move(error));
            return refuse(document->find("id"), errors);
        }
        take(answer_json(oracle_.context(), *question));
    }

    void take(const std::string& answer) {
        ++asked_;
        out_ += answer;
        out_ += '\n';
    }

    void refuse(const Value* id, const std::vector<Error>& errors) {
        ++refused_;
        take(error_line(line_, id, errors));
    }

    std::string place() const { return name_ + ":" + std::to_string(line_); }

    /// A question is parsed as a document of its own, so its places are on line 1: they move to the line of the batch.
    Error moved(Error error) const {
        const std::string first = name_ + ":1:";
        if (error.where.starts_with(first)) error.where = place() + ":" + error.where.substr(first.size());
        return error;
    }

    bool flush() {
        console_.print(out_);
        out_.clear();
        return console_.flush();
    }

    Oracle& oracle_;
    std::string name_;
    bool echo_;
    const Console& console_;
    std::string out_;
    std::size_t line_ = 0;
    std::size_t asked_ = 0;
    std::size_t refused_ = 0;
};

Exit answer_batch(Oracle& oracle, const QuestionOptions& options, const Console& console) {
    const int descriptor = options.batch == "-" ? STDIN_FILENO : ::open(options.batch.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        console.complain(Error{options.batch, std::string("cannot be read: ") + std::strerror(errno), "check the path"});
        return Exit::io;
    }
    LineReader input(descriptor);
    return Batch(oracle, display_name(options.batch), options.echo, console).run(input);
}

Exit answer_file(Oracle& oracle, const std::string& path, const Console& console) {
    const auto content = read_file(path);
    if (!content) {
        console.complain(content.error());
        return Exit::io;
    }
    const auto document = text::parse_json(*content, display_name(path));
    if (!document) {
        console.complain(document.error());
        return Exit::bad_input;
    }
    const auto question = oracle.read(*document, display_name(path));
    if (question) return show(oracle, *question, console);
    console.complain(question.error());
    return Exit::bad_input;
}

Exit answer_flags(Oracle& oracle, const QuestionOptions& options, const Console& console) {
    const auto stated = question_from_flags(options, oracle.context().set());
    if (!stated) {
        console.complain(stated.error());
        return Exit::usage;
    }
    const auto question = oracle.read(stated->document, "command line");
    if (question) return show(oracle, *question, console);
    console.complain(in_flags(question.error(), *stated));
    return Exit::usage;
}

}  // namespace

Exit ask_question(const QuestionOptions& options, const Console& console) {
    const auto source = read_file(options.params);
    if (!source) {
        console.complain(source.error());
        return Exit::io;
    }
    auto set = formats::read_parameter_set(*source, display_name(options.params));
    if (!set) {
        console.complain(set.error());
        return Exit::bad_input;
    }
    auto context = RiskContext::make(std::move(*set));
    if (!context) {
        for (const Finding& finding : context.error()) console.complain(display_name(options.params) + ": " + to_string(finding));
        return Exit::bad_input;
    }
    const auto* const verb = std::find(ask_names.begin(), ask_names.end(), options.ask);
    Oracle oracle(std::move(*context), static_cast<Ask>(verb - ask_names.begin()));
    if (!options.batch.empty()) return answer_batch(oracle, options, console);
    if (!options.question.empty()) return answer_file(oracle, options.question, console);
    return answer_flags(oracle, options, console);
}

}  // namespace plimsoll::cli
