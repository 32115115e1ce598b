// One connection of HttpServer: handshake where there is TLS, one request, one answer.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "host/gamestream/http/http_message.h"
#include "host/gamestream/http/tls.h"
#include "host/gamestream/tcp/connection_table.h"

namespace pf::host::gamestream {

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

/// Keeps itself alive until the connection has ended. On the server's thread, but for the answer, which may come from
/// any.
template <class Stream>
class HttpExchange : public std::enable_shared_from_this<HttpExchange<Stream>> {
 public:
  static constexpr bool secure = std::is_same_v<Stream, TlsStream>;
  struct Ends {
    std::string remote;
    std::string local;
  };

  HttpExchange(Stream stream, Ends ends, std::chrono::seconds limit, const HttpHandler& handler)
      : stream_(std::move(stream)), limit_(limit), handler_(handler) {
    request_.secure = secure;
    request_.remote = std::move(ends.remote);
    request_.local = std::move(ends.local);
    parser_.header_limit(max_target + 8'192);
    parser_.body_limit(0);
  }

  void start(ConnectionTable::Place place) {
    place_.emplace(std::move(place));
    if constexpr (secure) {
      limit();
      stream_.async_handshake(boost::asio::ssl::stream_base::server, [self = this->shared_from_this()](auto error) {
        if (error) return;
        self->request_.certificate = peer_certificate(self->stream_.native_handle());
        self->read();
      });
    } else {
      read();
    }
  }
  /// The connection ends, whatever it is about.
  void drop() { boost::beast::get_lowest_layer(stream_).close(); }

 private:
  using Error = boost::beast::error_code;

  /// For the next operation as a whole, however slowly its bytes trickle in.
  void limit() { boost::beast::get_lowest_layer(stream_).expires_after(limit_); }

  void read() {
    limit();
    boost::beast::http::async_read(stream_, buffer_, parser_,
                                   [self = this->shared_from_this()](Error error, std::size_t) {
                                     if (!error) self->serve();
                                   });
  }

  void serve() {
    // The user may take minutes to type a PIN in; the desk and the table of connections bound how many wait.
    boost::beast::get_lowest_layer(stream_).expires_never();
    const auto& message = parser_.get();
    const auto target = message.target();
    auto query = Query::parse({target.data(), target.size()});
    if (message.method() != boost::beast::http::verb::get)
      return write({405, "text/plain", "only GET is understood here\n"});
    if (!query) return write({400, "text/plain", query.error().message + "\n"});
    request_.query = std::move(*query);
    place_->set_owed(true);
    handler_(request_, [self = this->shared_from_this()](HttpResponse response) {
      boost::asio::post(self->stream_.get_executor(),
                        [self, response = std::move(response)]() mutable { self->write(std::move(response)); });
    });
  }

  void write(HttpResponse response) {
    place_->set_owed(false);
    limit();
    response_.version(parser_.get().version());
    response_.result(response.status);
    response_.set(boost::beast::http::field::content_type, response.type);
    response_.keep_alive(false);
    response_.body() = std::move(response.body);
    response_.prepare_payload();
    boost::beast::http::async_write(stream_, response_, [self = this->shared_from_this()](Error error, std::size_t) {
      if (!error) self->close();
    });
  }

  void close() {
    if constexpr (secure) {
      limit();
      stream_.async_shutdown([self = this->shared_from_this()](Error) {});
    } else {
      Error ignored;
      stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    }
  }

  std::optional<ConnectionTable::Place> place_;
  Stream stream_;
  const std::chrono::seconds limit_;
  const HttpHandler& handler_;
  HttpRequest request_;
  boost::beast::flat_buffer buffer_{32'768};
  boost::beast::http::request_parser<boost::beast::http::empty_body> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
};

}  // namespace pf::host::gamestream
