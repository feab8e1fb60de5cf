// HTTP on one connection: a request, its answer, and the next.
#pragma once

#include "plimsoll/gateway/connection.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace plimsoll::gateway {

/// Serves a connection until it ends or becomes a WebSocket; by TLS when there is a context.
void begin_session(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls, Shared& shared);

}  // namespace plimsoll::gateway
