#include "support/moonlight_http.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

namespace pf::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

tcp::socket connect(asio::io_context& io, std::uint16_t port, const std::string& host) {
  tcp::socket socket(io);
  socket.connect({asio::ip::make_address(host), port});
  return socket;
}

template <class Stream>
HttpAnswer exchange(Stream& stream, const std::string& target, const std::string& host) {
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, host.find(':') == std::string::npos ? host : "[" + host + "]");
  error_code error;
  http::write(stream, request, error);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  if (!error) http::read(stream, buffer, response, error);
  if (error) return {0, error.message()};
  return {response.result_int(), response.body()};
}

boost::property_tree::ptree tree_of(const std::string& body) {
  std::istringstream in(body);
  boost::property_tree::ptree tree;
  boost::property_tree::read_xml(in, tree);
  return tree;
}

}  // namespace

std::string HttpAnswer::attribute(const std::string& name) const {
  return tree_of(body).get("root.<xmlattr>." + name, "");
}

std::string HttpAnswer::element(const std::string& name) const {
  return tree_of(body).get("root." + name, "");
}

HttpAnswer http_get(std::uint16_t port, const std::string& target, const std::string& host) {
  asio::io_context io;
  auto socket = connect(io, port, host);
  return exchange(socket, target, host);
}

HttpAnswer https_get(std::uint16_t port, const std::string& target, const std::optional<MoonlightIdentity>& identity,
                     const std::string& host) {
  asio::io_context io;
  asio::ssl::context tls(asio::ssl::context::tls_client);
  if (identity) {
    tls.use_certificate(asio::buffer(identity->certificate), asio::ssl::context::pem);
    tls.use_private_key(asio::buffer(identity->key), asio::ssl::context::pem);
  }
  boost::beast::ssl_stream<tcp::socket> stream(connect(io, port, host), tls);
  error_code error;
  stream.handshake(asio::ssl::stream_base::client, error);
  if (error) return {0, error.message()};
  return exchange(stream, target, host);
}

std::string raw_exchange(std::uint16_t port, const std::string& bytes) {
  asio::io_context io;
  auto socket = connect(io, port, "127.0.0.1");
  error_code error;
  asio::write(socket, asio::buffer(bytes), error);
  std::string answer;
  asio::read(socket, asio::dynamic_buffer(answer), error);
  return answer;
}

}  // namespace pf::test
