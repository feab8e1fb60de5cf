// The commands of a request's body.
#pragma once

#include "plimsoll/node/venue.hpp"
#include "plimsoll/text/plain.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::gateway {

/// One command or a list of them. What is plain is read where it stands; the tree is made when something is not, or has to be found fault with. The
/// answer is the same both ways.
class SentCommands {
public:
    /// A list is what stands under `key`, when the body is nothing but that; without a key there is one command.
    ///
    /// Errors  the first that makes it no JSON.
    static Result<std::shared_ptr<SentCommands>> read(std::string body, std::string_view key = {});

    bool is_list() const { return list_; }
    std::size_t size() const { return plain_ ? plain_->size() : list_ ? list().size() : 1; }
    /// What one of them says it is; empty: it does not say.
    std::string_view name(std::size_t i) const;
    bool says_reduce_only(std::size_t i) const;
    /// Reads one of them in place of what is in `command`. What is wrong with it, as codec::read_command() says it; nothing: it was read.
    std::vector<Error> command(std::size_t i, const node::Venue& venue, std::uint64_t stamp, Command& command);

private:
    const std::vector<text::Value>& list() const { return tree_->members.front().value.items; }
    const text::Value& item(std::size_t i) const { return list_ ? list()[i] : *tree_; }
    /// The text of a member; empty: there is none.
    std::string_view member(std::size_t i, std::string_view key, bool strings_only) const;

    std::string body_;
    bool list_ = false;
    std::optional<text::PlainList> plain_;  // looks at body_
    std::optional<text::Value> tree_;  // there at once when nothing is plain
};

}  // namespace plimsoll::gateway
