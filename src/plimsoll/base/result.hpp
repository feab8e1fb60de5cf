// Result<T, E>: a value or the reason why there is none. It has the members of C++23's std::expected.
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace plimsoll {

/// What went wrong with an input, where, and what to do about it. `where` is a path or "file:line:column".
struct Error {
    std::string where;
    std::string what;
    std::string cure;

    friend bool operator==(const Error&, const Error&) = default;
};

/// One line: "where: what; cure".
std::string to_string(const Error& error);

template <class T, class E = Error>
using Result = tl::expected<T, E>;

/// The unhappy side of a Result: `return fail(Error{...})`.
template <class E>
constexpr auto fail(E&& error) {
    return tl::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

}  // namespace plimsoll
