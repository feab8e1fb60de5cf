// The WebSocket: calls, subscriptions and frames on one connection.
#pragma once

#include "plimsoll/gateway/connection.hpp"

#include <boost/beast/core.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl.hpp>

namespace plimsoll::gateway {

using PlainStream = boost::beast::tcp_stream;
using SecureStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

/// Who has opened a socket.
struct Opener {
    std::string key;  // its id; empty: nobody signs
    std::uint8_t scopes = 0;
};

/// Answers an upgrade and serves the socket until it ends.
template <class Stream>
void accept_socket(Stream stream, Shared& shared, const Opener& opener,
                   const boost::beast::http::request<boost::beast::http::string_body>& upgrade);
extern template void accept_socket(PlainStream, Shared&, const Opener&,
                                   const boost::beast::http::request<boost::beast::http::string_body>&);
extern template void accept_socket(SecureStream, Shared&, const Opener&,
                                   const boost::beast::http::request<boost::beast::http::string_body>&);

}  // namespace plimsoll::gateway
