#include "host/gamestream/stream/rtsp_port.h"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "core/base/thread.h"
#include "host/gamestream/rtsp/rtsp_message.h"
#include "host/gamestream/tcp/connection_table.h"

namespace pf::host::gamestream {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds request_limit{5};
constexpr std::size_t most_bytes = max_rtsp_request + 64;  // with an envelope's head

net::Address to_address(const tcp::endpoint& endpoint) {
  net::Address address;
  address.port = endpoint.port();
  const auto ip = endpoint.address();
  if (ip.is_v4() || ip.to_v6().is_v4_mapped()) {
    const auto v4 = ip.is_v4() ? ip.to_v4() : asio::ip::make_address_v4(asio::ip::v4_mapped, ip.to_v6());
    std::ranges::copy(v4.to_bytes(), address.bytes.begin());
    return address;
  }
  address.family = net::Address::Family::v6;
  std::ranges::copy(ip.to_v6().to_bytes(), address.bytes.begin());
  address.scope = static_cast<std::uint32_t>(ip.to_v6().scope_id());
  return address;
}

tcp::endpoint to_endpoint(const net::Address& address) {
  if (address.family == net::Address::Family::v6) {
    asio::ip::address_v6::bytes_type bytes{};
    std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
    return {asio::ip::address_v6(bytes, address.scope), address.port};
  }
  asio::ip::address_v4::bytes_type bytes{};
  std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
  return {asio::ip::address_v4(bytes), address.port};
}

/// One connection, from its acceptance to its close.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(tcp::socket socket, const net::Address& from, const RtspPort::Handler& handler)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), from_(from), handler_(handler) {}

  void start(ConnectionTable::Place place) {
    place_.emplace(std::move(place));
    timer_.expires_after(request_limit);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec) self->close();
    });
    read();
  }
  void close() {
    error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
  }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](error_code ec, std::size_t size) {
      if (ec)
        self->close();
      else
        self->take(size);
    });
  }
  void take(std::size_t size) {
    request_.insert(request_.end(), chunk_.begin(), chunk_.begin() + static_cast<std::ptrdiff_t>(size));
    if (request_.size() > most_bytes) return close();
    auto answer = handler_(from_, request_);
    if (!answer) return close();
    if (!*answer) return read();
    answer_ = std::move(**answer);
    asio::async_write(socket_, asio::buffer(answer_), [self = shared_from_this()](error_code, std::size_t) {
      error_code ignored;
      self->socket_.shutdown(tcp::socket::shutdown_both, ignored);
      self->close();
    });
  }

  std::optional<ConnectionTable::Place> place_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  net::Address from_;
  const RtspPort::Handler& handler_;
  std::array<std::byte, 4096> chunk_{};
  std::vector<std::byte> request_;
  std::vector<std::byte> answer_;
};

}  // namespace

struct RtspPort::Parts {
  explicit Parts(Handler on_request) : handler(std::move(on_request)) {}

  Result<void> listen(const net::Address& bind) {
    const auto endpoint = to_endpoint(bind);
    error_code ec;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(static_cast<int>(max_connections), ec);
    if (ec == boost::system::errc::address_in_use)
      return fail(ErrorCode::busy, "TCP port " + std::to_string(bind.port) + " is taken by another program");
    if (ec) return fail(ErrorCode::io, "TCP port " + std::to_string(bind.port) + " can't be used: " + ec.message());
    accept();
    return {};
  }
  void accept() {
    acceptor.async_accept([this](error_code ec, tcp::socket socket) {
      if (ec == asio::error::operation_aborted) return;
      if (!ec) admit(std::move(socket));
      accept();
    });
  }
  void admit(tcp::socket socket) {
    error_code ec;
    const auto from = to_address(socket.remote_endpoint(ec));
    if (ec) return;
    auto where = from;
    where.port = 0;
    const auto exchange = std::make_shared<Exchange>(std::move(socket), from, handler);
    auto place = table.admit(where.to_string(), [weak = std::weak_ptr(exchange)] {
      if (const auto there = weak.lock()) there->close();
    });
    if (place) exchange->start(std::move(*place));
  }

  Handler handler;
  ConnectionTable table{{.total = max_connections, .per_address = max_from_one_address}};
  asio::io_context io{1};  // destroyed before the table that its connections have places in
  tcp::acceptor acceptor{io};
};

Result<std::unique_ptr<RtspPort>> RtspPort::open(const net::Address& bind, Handler handler) {
  auto parts = std::make_unique<Parts>(std::move(handler));
  if (auto ok = parts->listen(bind); !ok) return std::unexpected(ok.error());
  return std::unique_ptr<RtspPort>(new RtspPort(std::move(parts)));
}

RtspPort::RtspPort(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)), thread_([io = &parts_->io] {
        begin_thread("pf-gs-rtsp");
        io->run();
      }) {}

RtspPort::~RtspPort() {
  parts_->io.stop();
  thread_.join();
}

std::uint16_t RtspPort::port() const {
  return parts_->acceptor.local_endpoint().port();
}

}  // namespace pf::host::gamestream
