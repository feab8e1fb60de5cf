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

/// Answers an upgrade and serves the socket until it ends; `scopes` of the key it was opened with.
template <class Stream>
void accept_socket(Stream stream, Shared& shared, std::uint8_t scopes,
                   const boost::beast::http::request<boost::beast::http::string_body>& upgrade);
extern template void accept_socket(PlainStream, Shared&, std::uint8_t, const boost::beast::http::request<boost::beast::http::string_body>&);
extern template void accept_socket(SecureStream, Shared&, std::uint8_t,
                                   const boost::beast::http::request<boost::beast::http::string_body>&);

}  // namespace plimsoll::gateway
