#include "plimsoll/node/snapshot.hpp"

#include "plimsoll/engine/byte_source.hpp"
#include "plimsoll/engine/image.hpp"
#include "plimsoll/node/record.hpp"

namespace plimsoll::node {

namespace {

constexpr std::uint32_t content_version = 2;

/// A part with its length in front.
void put_part(std::span<const std::uint8_t> bytes, ByteSink& sink) {
    sink.put(static_cast<std::uint64_t>(bytes.size()));
    sink.put_bytes(bytes);
}
std::span<const std::uint8_t> take_part(ByteSource& source) {
    std::uint64_t size = 0;
    source.get(size);
    return source.take(size);
}

/// A set stands as the command that brought it.
void put_set(const std::shared_ptr<const ParameterSet>& set, ByteSink& sink) {
    ByteSink part;
    codec::write_command({{}, 0, command::DefineSet{set}}, part);
    put_part(part.bytes(), sink);
}
Result<std::shared_ptr<const ParameterSet>> read_set(std::span<const std::uint8_t> bytes) {
    const auto command = codec::read_command_bytes(bytes);
    if (!command) return fail(command.error());
    const auto* define = std::get_if<command::DefineSet>(&command->body);
    if (define == nullptr || define->set == nullptr) return fail(Error{"snapshot", "a parameter set is none", ""});
    return define->set;
}

}  // namespace

void write_engine(const Engine& engine, ByteSink& sink) {
    ByteSink part;
    write_entry(Genesis{engine.state().limits}, part);
    put_part(part.bytes(), sink);
    const Sets sets = sets_of(engine);
    sink.put(static_cast<std::uint32_t>(sets.size()));
    for (const auto& set : sets) put_set(set, sink);
    write_image(engine, sink);
}

void write_content(const History& history, const Engine& engine, ByteSink& sink) {
    sink.put(content_version);
    sink.put(static_cast<std::uint32_t>(history.all().size()));
    for (const InForce& one : history.all()) {
        sink.put(one.seq);
        sink.put(one.time_ms);
        put_set(one.set, sink);
    }
    write_engine(engine, sink);
}

Result<Content> read_content(std::span<const std::uint8_t> bytes) {
    ByteSource source(bytes, "snapshot");
    std::uint32_t version = 0;
    source.get(version);
    if (version != content_version) source.complain("content of version " + std::to_string(version));
    Content content;
    const std::uint32_t count = source.get_count();
    for (std::uint32_t i = 0; i < count; ++i) {
        InForce one;
        source.get(one.seq);
        source.get(one.time_ms);
        const auto part = take_part(source);
        if (source.bad()) return fail(source.error());
        auto set = read_set(part);
        if (!set) return fail(set.error());
        one.hash = digest_of(canonical_bytes(**set));
        one.set = std::move(*set);
        content.history.add(std::move(one));
    }
    if (source.bad()) return fail(source.error());
    auto engine = read_engine(source.take(source.left()));
    if (!engine) return fail(engine.error());
    content.engine = std::move(*engine);
    return content;
}

Result<std::unique_ptr<Engine>> read_engine(std::span<const std::uint8_t> bytes) {
    ByteSource source(bytes, "engine");
    const auto head = take_part(source);
    if (source.bad()) return fail(source.error());
    const auto entry = read_entry(head);
    if (!entry) return fail(entry.error());
    const auto* genesis = std::get_if<Genesis>(&*entry);
    if (genesis == nullptr) return fail(Error{"snapshot", "it does not begin with the limits of an engine", ""});
    Sets sets;
    const std::uint32_t count = source.get_count();
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto part = take_part(source);
        if (source.bad()) return fail(source.error());
        auto set = read_set(part);
        if (!set) return fail(set.error());
        sets.push_back(std::move(*set));
    }
    if (source.bad()) return fail(source.error());
    return read_image(genesis->limits, source.take(source.left()), sets);
}

}  // namespace plimsoll::node
