// The two TCP ports that Moonlight asks: plain HTTP for pairing, HTTPS with the client's certificate for the rest.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "core/base/error.h"
#include "core/net/address.h"
#include "host/gamestream/http/http_message.h"

namespace pf::host::gamestream {

/// One thread of its own. A request, its connection and an answer, then the connection is closed: clients don't reuse
/// them. Where there are too many, ConnectionTable says who goes.
class HttpServer {
 public:
  struct Options {
    net::Address http;
    net::Address https;
    control::Identity identity;  // RSA
    // Strangers reach these ports, so that all of it is bounded.
    std::size_t connections = 64;
    std::size_t connections_per_address = 16;
    std::chrono::seconds request_limit{10};  // for handshake and request, and for sending the answer, each
  };
  /// Listens at once. Errors: busy, permission, io (the address), internal (the identity).
  static Result<std::unique_ptr<HttpServer>> listen(const Options& options, HttpHandler handler);
  /// Ends every connection.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t http_port() const;
  [[nodiscard]] std::uint16_t https_port() const;

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pf::host::gamestream
