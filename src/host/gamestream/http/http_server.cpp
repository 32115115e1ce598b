#include "host/gamestream/http/http_server.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "host/gamestream/http/http_exchange.h"
#include "host/gamestream/tcp/connection_table.h"

namespace pf::host::gamestream {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

tcp::endpoint endpoint_of(const net::Address& address) {
  if (address.family == net::Address::Family::v4) {
    asio::ip::address_v4::bytes_type bytes;
    std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
    return {asio::ip::address_v4(bytes), address.port};
  }
  return {asio::ip::address_v6(address.bytes, address.scope), address.port};
}

std::string text_of(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

Result<void> open(tcp::acceptor& acceptor, const net::Address& at) {
  const auto endpoint = endpoint_of(at);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error && at == net::Address::v6_any(at.port)) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return {};
  const auto port = "TCP port " + std::to_string(at.port);
  if (error == asio::error::address_in_use) return fail(ErrorCode::busy, port + " is in use by another program");
  if (error == asio::error::access_denied) return fail(ErrorCode::permission, port + " may be used by root alone");
  return fail(ErrorCode::io, "cannot listen at " + at.to_string() + ": " + error.message());
}

}  // namespace

struct HttpServer::Parts {
  Parts(const Options& given, asio::ssl::context&& given_tls, HttpHandler&& given_handler)
      : options(given), tls(std::move(given_tls)), handler(std::move(given_handler)) {}

  template <class Stream, class... More>
  void accept(tcp::acceptor& acceptor, More&... more) {
    acceptor.async_accept([this, &acceptor, &more...](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) serve<Stream>(std::move(socket), more...);
      // Out of descriptors, accept() would fail at once again and again.
      if (error == asio::error::no_descriptors || error == asio::error::no_memory) {
        pause.expires_after(std::chrono::milliseconds(100));
        pause.async_wait([this, &acceptor, &more...](error_code ended) {
          if (!ended) accept<Stream>(acceptor, more...);
        });
        return;
      }
      accept<Stream>(acceptor, more...);
    });
  }

  template <class Stream, class... More>
  void serve(tcp::socket socket, More&... more) {
    error_code gone;
    const auto remote = text_of(socket.remote_endpoint(gone));
    const auto local = text_of(socket.local_endpoint(gone));
    if (gone) return;
    const auto exchange = std::make_shared<HttpExchange<Stream>>(Stream(std::move(socket), more...),
                                                                 typename HttpExchange<Stream>::Ends{remote, local},
                                                                 options.request_limit, handler);
    auto place = table.admit(remote, [weak = std::weak_ptr(exchange)] {
      if (const auto there = weak.lock()) there->drop();
    });
    if (place) exchange->start(std::move(*place));
  }

  const Options options;
  asio::ssl::context tls;
  const HttpHandler handler;
  ConnectionTable table{{.total = options.connections, .per_address = options.connections_per_address}};
  asio::io_context io{1};  // destroyed before the table that its connections have places in
  tcp::acceptor http{io};
  tcp::acceptor https{io};
  asio::steady_timer pause{io};
  std::jthread thread;
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

HttpServer::~HttpServer() {
  parts_->io.stop();
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const Options& options, HttpHandler handler) {
  auto tls = make_tls_context(options.identity);
  if (!tls) return std::unexpected(tls.error());
  auto parts = std::make_unique<Parts>(options, std::move(*tls), std::move(handler));
  if (auto done = open(parts->http, options.http); !done) return std::unexpected(done.error());
  if (auto done = open(parts->https, options.https); !done) return std::unexpected(done.error());
  parts->accept<PlainStream>(parts->http);
  parts->accept<TlsStream>(parts->https, parts->tls);
  parts->thread = std::jthread([&io = parts->io] { io.run(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

std::uint16_t HttpServer::http_port() const {
  error_code ignored;
  return parts_->http.local_endpoint(ignored).port();
}

std::uint16_t HttpServer::https_port() const {
  error_code ignored;
  return parts_->https.local_endpoint(ignored).port();
}

}  // namespace pf::host::gamestream
