#include "plimsoll/gateway/sent_commands.hpp"

#include "plimsoll/codec/json.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::gateway {

Result<std::shared_ptr<SentCommands>> SentCommands::read(std::string body, std::string_view key) {
    auto commands = std::make_shared<SentCommands>();
    commands->body_ = std::move(body);
    if (!key.empty()) commands->plain_ = text::read_plain_list(commands->body_, key);
    commands->list_ = commands->plain_.has_value();
    if (commands->list_) return commands;
    if ((commands->plain_ = text::read_plain_object(commands->body_))) return commands;
    auto tree = text::parse_json(commands->body_, "body");
    if (!tree) return fail(tree.error());
    const bool one_member = tree->is(text::Kind::object) && tree->members.size() == 1;
    commands->list_ = one_member && !key.empty() && tree->members.front().key == key && tree->members.front().value.is(text::Kind::array);
    commands->tree_ = std::move(*tree);
    return commands;
}

std::string_view SentCommands::member(std::size_t i, std::string_view key, bool strings_only) const {
    const auto fits = [&](text::Kind kind) { return !strings_only || kind == text::Kind::string; };
    if (plain_) {
        const text::PlainObject object = plain_->object(i);
        for (std::size_t m = 0; m < object.size(); ++m)
            if (object.key(m) == key) return fits(object.kind(m)) ? object.text(m) : std::string_view();
        return {};
    }
    const text::Value* found = item(i).find(key);
    return found != nullptr && fits(found->kind) ? std::string_view(found->text) : std::string_view();
}

std::string_view SentCommands::name(std::size_t i) const { return member(i, "command", true); }
bool SentCommands::says_reduce_only(std::size_t i) const { return member(i, "reduce_only", false) == "true"; }

std::vector<Error> SentCommands::command(std::size_t i, const node::Venue& venue, std::uint64_t stamp, Command& command) {
    const State& state = venue.engine().state();
    if (plain_ && codec::read_plain_command(state, venue.names(), plain_->object(i), stamp, command)) return {};
    if (!tree_) tree_ = *text::parse_json(body_, "body");  // what is plain is JSON
    auto read = codec::read_command(state, venue.names(), item(i), "body", stamp);
    if (!read) return std::move(read.error());
    command = std::move(*read);
    return {};
}

}  // namespace plimsoll::gateway
