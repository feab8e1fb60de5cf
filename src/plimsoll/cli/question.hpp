// Questions about accounts, as JSON in and JSON out: `margin`, `solve` and their batches all speak this form, described in
// docs/reference/questions.md. One oracle serves one parameter set.
#pragma once

#include "plimsoll/cli/console.hpp"
#include "plimsoll/risk/admission.hpp"
#include "plimsoll/schedule/explain.hpp"
#include "plimsoll/text/reader.hpp"
#include "plimsoll/text/value.hpp"

#include <array>
#include <string>
#include <vector>

namespace plimsoll::cli {

enum class Ask : std::uint8_t { margin, order, max_size, liquidation_price, max_withdrawal, deposit_needed };
inline constexpr std::array<std::string_view, 6> ask_names{"margin",         "order",         "max-size", "liquidation-price",
                                                           "max-withdrawal", "deposit-needed"};

/// A question read and checked against the set: every figure is in domain.
struct Question {
    text::Value id;  // echoed; null when the question has none
    Ask ask = Ask::margin;
    std::string account_name;    // for the overrides of the set; empty: none
    Account account;
    std::vector<GroupSize> group;
    OrderRequest order;          // order, max-size; its market is that of liquidation-price too
    AssetId asset;               // max-withdrawal, deposit-needed
    Purpose purpose = Purpose::open;
    bool explain = false;

    AccountView view() const;
};

/// Why a position requires what it does, at each level: initial, maintenance, closeout.
std::vector<MarginAnswer> explain_position(const RiskContext& context, const AccountView& account, std::size_t position);

/// The answer as one JSON object on one line. Amounts are decimal strings in the numeraire, per-position figures in the
/// settle asset; see docs/reference/questions.md.
std::string answer_json(const RiskContext& context, const Question& question);

/// The same answer for a person: tables, sentences that prove an inverse answer, and explanations when they were asked for.
std::string answer_text(const RiskContext& context, const Question& question, const text::Value& answer, const Console& console);

/// Answers questions against one parameter set. Each question states all the prices it needs; nothing is remembered from
/// the one before.
class Oracle {
public:
    /// `otherwise` is what a question asks that names no "ask".
    Oracle(RiskContext context, Ask otherwise)
        : context_(std::move(context)),
          otherwise_(otherwise),
          named_markets_(context_.market_count()),
          named_assets_(context_.set().assets.size()) {}

    /// Reads a question and brings the context to its prices; answer_json() then answers it.
    ///
    /// Errors  every finding of the question, each with its place.
    Result<Question, std::vector<Error>> read(const text::Value& document, const std::string& file);

    const RiskContext& context() const { return context_; }

private:
    void read_markets(text::ObjectReader& reader, text::Issues& issues);
    void read_assets(text::ObjectReader& reader, text::Issues& issues);
    void read_position(text::ObjectReader& reader, Question& question, text::Issues& issues);
    void take_terms(Question& question, MarketId market, PositionTerms stated, text::ObjectReader& reader) const;
    void read_account(text::ObjectReader& reader, Question& question, text::Issues& issues);
    void read_group(text::ObjectReader& account, Question& question, text::Issues& issues);
    void read_target(text::ObjectReader& reader, Question& question, text::Issues& issues);
    std::optional<MarketId> market_of(text::ObjectReader& reader, std::string_view key);

    RiskContext context_;
    Ask otherwise_;
    std::vector<bool> named_markets_;  // priced by the question at hand
    std::vector<bool> named_assets_;
};

}  // namespace plimsoll::cli
