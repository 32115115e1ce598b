#include "loss_harness/live_stream.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "core/net/udp_socket.h"

namespace pf::bench {
namespace {

constexpr Duration between_moments = milliseconds{100};
constexpr Duration longest_sleep = milliseconds{1};

/// A socket's namespace is that of the thread that opens it.
Result<std::unique_ptr<net::UdpSocket>> open_socket(const End& end) {
  Result<std::unique_ptr<net::UdpSocket>> socket = fail(ErrorCode::internal, "not opened");
  std::jthread([&] {
    if (!end.network.empty()) {
      const int file = open(("/run/netns/" + end.network).c_str(), O_RDONLY | O_CLOEXEC);
      if (file < 0 || setns(file, CLONE_NEWNET) != 0) {
        socket = fail(ErrorCode::permission, "the network namespace " + end.network + " can't be entered");
        if (file >= 0) close(file);
        return;
      }
      close(file);
    }
    socket = net::UdpSocket::bind(end.address);
  }).join();
  return socket;
}

/// Gathers packets that leave at the same moment, so that they go to the kernel together.
class Outbox {
 public:
  Outbox(net::UdpSocket& socket, const net::Address& to) : socket_(socket), to_(to) {}
  void put(std::span<const std::byte> packet) {
    if (segment_ != packet.size() || bytes_.size() + packet.size() > 60'000 || packets_ == 64) flush();
    segment_ = packet.size();
    ++packets_;
    bytes_.insert(bytes_.end(), packet.begin(), packet.end());
  }
  void flush() {
    // A packet that the kernel has no room for is a lost packet.
    if (!bytes_.empty()) (void)socket_.send_segments(to_, {}, bytes_, segment_);
    bytes_.clear();
    packets_ = 0;
  }

 private:
  net::UdpSocket& socket_;
  net::Address to_;
  test::Bytes bytes_;
  std::size_t segment_ = 0;
  std::size_t packets_ = 0;
};

milliseconds until(TimePoint due, TimePoint now) {
  return std::chrono::ceil<milliseconds>(std::clamp<Duration>(due - now, Duration{0}, longest_sleep));
}

}  // namespace

Result<test::StreamResult> stream_live(const LiveOptions& options) {
  auto host_socket = open_socket(options.host);
  if (!host_socket) return std::unexpected(host_socket.error());
  auto client_socket = open_socket(options.client);
  if (!client_socket) return std::unexpected(client_socket.error());

  auto to_client = (*client_socket)->local();
  std::unique_ptr<test::Relay> relay;
  if (options.relay) {
    auto between = *options.relay;
    between.host = to_client;
    auto started = test::Relay::start(between);
    if (!started) return std::unexpected(started.error());
    relay = std::move(*started);
    to_client = relay->address();
  }

  const SteadyClock clock;
  const auto start = clock.now();
  const auto end = start + options.length;
  test::StreamResult result;
  std::jthread client_thread([&] {
    std::optional<net::Address> host;  // where packets come from
    test::ModelClient client(options.model, clock, [&](auto message) {
      if (host) (void)(*client_socket)->send(*host, {}, message);
    });
    net::ReceiveBatch batch;
    auto due = clock.now();
    // Packets may still be on their way when the host has stopped.
    while (clock.now() < end + options.model.one_way) {
      if (!(*client_socket)->receive(batch, until(due, clock.now()))) break;
      for (const auto& datagram : batch.datagrams()) {
        host = datagram.from;
        client.receive(datagram.payload);
      }
      due = client.advance();
    }
    result.client = client.finish();
  });

  Outbox outbox(**host_socket, to_client);
  test::ModelHost host(options.model, clock, [&](auto packet) { outbox.put(packet); });
  net::ReceiveBatch batch;
  auto next_moment = start;
  while (clock.now() < end) {
    const auto due = host.advance();
    outbox.flush();
    if (clock.now() >= next_moment) {
      next_moment += between_moments;
      result.moments.push_back(test::moment_of(std::chrono::duration<double>(clock.now() - start).count(), host, 0));
    }
    if (auto got = (*host_socket)->receive(batch, until(due, clock.now())); !got) return std::unexpected(got.error());
    for (const auto& datagram : batch.datagrams()) host.receive(datagram.payload);
  }
  result.host = host.counters();
  client_thread.join();
  return result;
}

}  // namespace pf::bench
