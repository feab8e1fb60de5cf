#include "plimsoll/formats/tiers.hpp"

#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"
#include "plimsoll/text/json.hpp"

#include <array>

namespace plimsoll::formats {

namespace {

struct Named {
    std::string_view name;
    Reader read;
    Writer write;
};

/// In the order of the enumeration.
constexpr std::array<Named, 8> formats{{
    {"ccxt", read_ccxt, write_ccxt},
    {"binance", read_binance, write_binance},
    {"bybit", read_bybit, write_bybit},
    {"okx", read_okx, write_okx},
    {"dydx", read_dydx, write_dydx},
    {"hyperliquid", read_hyperliquid, write_hyperliquid},
    {"gate", read_gate, write_gate},
    {"freqtrade", read_freqtrade, write_freqtrade},
}};

const Named& named(Format format) { return formats.at(static_cast<std::size_t>(format)); }

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::note: return "note";
        case Severity::repair: return "repair";
        case Severity::error: return "error";
    }
    return "finding";
}

/// Only Bybit's answer comes in pages that people append to each other.
Result<std::vector<text::Value>> parse(Format format, std::string_view source, std::string_view file) {
    if (format == Format::bybit) return text::parse_json_sequence(source, file);
    return text::parse_json(source, file).map([](text::Value document) {
        std::vector<text::Value> one;
        one.push_back(std::move(document));
        return one;
    });
}

}  // namespace

std::string_view to_string(Format format) { return named(format).name; }

std::optional<Format> format_from_name(std::string_view name) {
    for (std::size_t i = 0; i < formats.size(); ++i)
        if (formats.at(i).name == name) return static_cast<Format>(i);
    return std::nullopt;
}

std::vector<std::string_view> format_names() {
    std::vector<std::string_view> names;
    for (const Named& format : formats) names.push_back(format.name);
    return names;
}

std::string to_string(const Finding& finding) {
    std::string line = finding.where.empty() ? "" : finding.where + ": ";
    line += std::string(to_string(finding.severity)) + ": ";
    if (!finding.row.empty()) line += finding.row + ": ";
    line += finding.message;
    if (!finding.cure.empty()) line += "; " + finding.cure;
    return line;
}

void Report::add(Severity severity, text::Place place, std::string row, std::string message, std::string cure) {
    ++counts_[static_cast<std::size_t>(severity)];
    if (findings_.size() >= findings_max) {
        ++left_off_;
        return;
    }
    findings_.push_back({severity, text::to_string(file_, place), std::move(row), std::move(message), std::move(cure)});
}

void Report::add(const Error& error) {
    ++counts_[static_cast<std::size_t>(Severity::error)];
    findings_.push_back({Severity::error, error.where, {}, error.what, error.cure});
}

Import import_tiers(Format format, std::string_view source, std::string_view file) {
    Import import{{}, Report(std::string(file))};
    auto documents = parse(format, source, file);
    if (!documents) {
        import.report.add(documents.error());
        return import;
    }
    named(format).read(*documents, import);
    if (!import.ok()) import.set = {};
    return import;
}

Export export_tiers(Format format, const TierSet& set) {
    Export out{{}, Report("")};
    const bool by_open_interest = format == Format::dydx;
    if (by_open_interest ? set.liquidity_tiers.empty() && !set.tables.empty() : !set.liquidity_tiers.empty()) {
        out.report.add(Severity::error, {}, "",
                       std::string(to_string(format)) + " cannot hold these tables: " +
                           (by_open_interest ? "it scales by open interest" : "they scale by open interest"),
                       "choose a format of the same kind");
        return out;
    }
    const text::Value document = named(format).write(set, out.report);
    if (out.ok()) out.text = text::dump_json(document, text::Layout::pretty);
    return out;
}

std::string row_name(const TierTable& table, const Tier& tier) {
    std::string name = text::shown(table.symbol);
    if (name.empty() && !table.id.empty()) name = "table " + text::shown(table.id);
    return name + (name.empty() ? "tier " : " tier ") + std::to_string(tier.number);
}

std::optional<Decimal> initial_rate(const Tier& tier) {
    if (tier.initial_rate) return tier.initial_rate;
    if (!tier.leverage || tier.leverage->raw <= 0) return std::nullopt;
    return reciprocal(*tier.leverage, rate_digits, Round::ceil);
}

}  // namespace plimsoll::formats
