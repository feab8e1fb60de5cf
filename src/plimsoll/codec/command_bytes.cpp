#include "plimsoll/codec/command_bytes.hpp"

#include "plimsoll/engine/byte_source.hpp"
#include "plimsoll/formats/params_toml.hpp"

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

void get_set(ByteSource& source, SetPointer& set) {
    std::uint32_t length = 0;
    source.get(length);
    const auto bytes = source.take(length);
    if (source.bad() || length == 0) return;
    auto read = formats::read_parameter_set({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "set");
    if (!read) return source.complain("its parameter set cannot be read: " + to_string(read.error().front()));
    set = std::make_shared<const ParameterSet>(std::move(*read));
}

template <std::size_t... Kinds>
void get_body(ByteSource& source, std::uint8_t kind, CommandBody& body, std::index_sequence<Kinds...>) {
    const auto one = [&]<std::size_t Kind>(std::integral_constant<std::size_t, Kind>) {
        if (kind != Kind) return;
        auto& record = body.emplace<Kind>();
        if constexpr (std::is_same_v<std::decay_t<decltype(record)>, command::DefineSet>) get_set(source, record.set);
        else source.get(record);
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
    ByteSource source(bytes, "command");
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
