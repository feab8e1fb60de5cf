#include "plimsoll/codec/command_bytes.hpp"

#include "plimsoll/formats/params_toml.hpp"

#include <cstring>
#include <utility>

namespace plimsoll::codec {

namespace {

using SetPointer = std::shared_ptr<const ParameterSet>;

/// The text that gives the same set again; empty when there is none.
std::string text_of(const SetPointer& set) {
    if (set == nullptr || !references_hold(*set)) return {};
    std::string text = formats::write_parameter_set(*set);
    const auto back = formats::read_parameter_set(text, "set");
    return back && canonical_bytes(*back) == canonical_bytes(*set) ? text : std::string();
}

/// The largest value of each word that stands in a command.
constexpr std::uint8_t last_of(Side) { return static_cast<std::uint8_t>(Side::sell); }
constexpr std::uint8_t last_of(Leg) { return static_cast<std::uint8_t>(Leg::short_leg); }
constexpr std::uint8_t last_of(MarginMode) { return static_cast<std::uint8_t>(MarginMode::isolated); }
constexpr std::uint8_t last_of(command::PositionMode) { return static_cast<std::uint8_t>(command::PositionMode::hedge); }

class Source {
public:
    explicit Source(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    bool bad() const { return !fault_.empty(); }
    Error error() const { return {"command, byte " + std::to_string(at_), fault_, "the bytes are not those of a command of this version"}; }
    void finish() {
        if (!bad() && at_ != bytes_.size()) fault_ = std::to_string(bytes_.size() - at_) + " bytes are left over";
    }
    void complain(std::string what) {
        if (!bad()) fault_ = std::move(what);
    }

    template <class Whole>
        requires(std::is_integral_v<Whole> && !std::is_same_v<Whole, bool>)
    void get(Whole& value) {
        if (bad()) return;
        if (bytes_.size() - at_ < sizeof value) return complain("the bytes end");
        std::memcpy(&value, bytes_.data() + at_, sizeof value);
        at_ += sizeof value;
    }
    void get(bool& value) {
        std::uint8_t byte = 0;
        get(byte);
        if (byte > 1) complain("a flag of " + std::to_string(byte));
        value = byte == 1;
    }
    template <class Word>
        requires std::is_enum_v<Word>
    void get(Word& value) {
        std::underlying_type_t<Word> number{};
        get(number);
        if (number > last_of(Word{})) return complain("a word of number " + std::to_string(number));
        value = static_cast<Word>(number);
    }
    template <class Tag>
    void get(Count<Tag>& value) {
        std::int64_t raw = 0;
        get(raw);
        value = Count<Tag>::from_raw(raw);
    }
    template <class Tag>
    void get(Id<Tag>& value) {
        get(value.index);
    }
    template <class Tag>
    void get(SlotId<Tag>& value) {
        get(value.value);
    }
    void get(Digest& digest) {
        for (std::uint8_t& byte : digest) get(byte);
    }
    void get(SetPointer& set) {
        std::uint32_t length = 0;
        get(length);
        if (bad() || length == 0) return;
        if (bytes_.size() - at_ < length) return complain("the parameter set ends too early");
        const std::string_view text(reinterpret_cast<const char*>(bytes_.data() + at_), length);
        auto read = formats::read_parameter_set(text, "set");
        if (!read) return complain("its parameter set cannot be read: " + to_string(read.error().front()));
        at_ += length;
        set = std::make_shared<const ParameterSet>(std::move(*read));
    }
    template <class Item>
    void get(std::vector<Item>& items) {
        std::uint32_t count = 0;
        get(count);
        if (!bad() && count > bytes_.size() - at_) complain("a list of " + std::to_string(count) + " in fewer bytes");
        if (bad()) return;
        items.resize(count);
        for (Item& item : items) get(item);
    }
    template <Described Record>
    void get(Record& record) {
        each_field(record, [&](const auto&, auto& value) { get(value); });
    }

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
    std::string fault_;
};

template <std::size_t... Kinds>
void get_body(Source& source, std::uint8_t kind, CommandBody& body, std::index_sequence<Kinds...>) {
    const auto one = [&]<std::size_t Kind>(std::integral_constant<std::size_t, Kind>) {
        if (kind == Kind) source.get(body.emplace<Kind>());
    };
    (one(std::integral_constant<std::size_t, Kinds>{}), ...);
}

}  // namespace

void write_command(const Command& command, ByteSink& sink) {
    sink.put(command.id.high);
    sink.put(command.id.low);
    sink.put(command.time_ms);
    if (const auto* define = std::get_if<command::DefineSet>(&command.body)) {
        const std::string text = text_of(define->set);
        sink.put(static_cast<std::uint8_t>(command.body.index()));
        sink.put(static_cast<std::uint32_t>(text.size()));
        for (const char c : text) sink.put(static_cast<std::uint8_t>(c));
        return;
    }
    sink.put(command.body);
}

Result<Command> read_command_bytes(std::span<const std::uint8_t> bytes) {
    Source source(bytes);
    Command command;
    source.get(command.id.high);
    source.get(command.id.low);
    source.get(command.time_ms);
    std::uint8_t kind = 0;
    source.get(kind);
    constexpr std::size_t kinds = std::variant_size_v<CommandBody>;
    if (kind >= kinds) source.complain("a command of kind " + std::to_string(kind));
    else get_body(source, kind, command.body, std::make_index_sequence<kinds>{});
    source.finish();
    if (source.bad()) return fail(source.error());
    return command;
}

}  // namespace plimsoll::codec
