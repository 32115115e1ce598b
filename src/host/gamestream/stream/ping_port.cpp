#include "host/gamestream/stream/ping_port.h"

#include <utility>

#include "core/base/thread.h"

namespace pf::host::gamestream {
namespace {

constexpr milliseconds longest_wait{10'000};

}  // namespace

Result<std::unique_ptr<PingPort>> PingPort::open(const net::Address& bind, OnPing on_ping) {
  auto socket = net::UdpSocket::bind(bind);
  if (!socket) return std::unexpected(socket.error());
  return std::unique_ptr<PingPort>(new PingPort(std::move(*socket), std::move(on_ping)));
}

PingPort::PingPort(std::shared_ptr<net::UdpSocket> socket, OnPing on_ping)
    : socket_(std::move(socket)),
      on_ping_(std::move(on_ping)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

PingPort::~PingPort() {
  thread_.request_stop();
  socket_->interrupt();
  thread_.join();
}

void PingPort::run(const std::stop_token& stop) {
  begin_thread("pf-gs-ping");
  net::ReceiveBatch batch;
  while (!stop.stop_requested()) {
    if (!socket_->receive(batch, longest_wait)) continue;
    for (const auto& datagram : batch.datagrams())
      if (const auto ping = parse_ping(datagram.payload)) on_ping_(datagram.from, datagram.to, *ping);
  }
}

}  // namespace pf::host::gamestream
