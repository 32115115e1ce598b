// Sending and receiving over the loopback interface, against sendmmsg(2) and recvmmsg(2) without segmentation offload.
// One iteration sends 50 datagrams of 1,200 bytes and receives them again, on one thread.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "core/net/udp_socket.h"

namespace {

using namespace pf;

constexpr std::size_t datagrams = 50;  // as many as one train of 64 KiB holds
constexpr std::size_t size = 1200;

void count(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(datagrams * size) * state.iterations());
}

void exchange_ours(benchmark::State& state) {
  auto from = net::UdpSocket::bind(net::Address::v4_loopback(0));
  auto to = net::UdpSocket::bind(net::Address::v4_loopback(0));
  if (!from || !to) throw std::runtime_error("no sockets");
  const std::vector<std::byte> payload(datagrams * size);
  net::ReceiveBatch batch;
  for (auto _ : state) {
    if (!(*from)->send_segments((*to)->local(), nullptr, payload, size)) state.SkipWithError("not sent");
    for (std::size_t received = 0; received < datagrams;) {
      if (!(*to)->receive(batch, milliseconds{1000}) || batch.datagrams().empty()) {
        state.SkipWithError("not received");
        break;
      }
      received += batch.datagrams().size();
    }
  }
  count(state);
}

struct PlainSocket {
  PlainSocket() : fd(socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    constexpr int room = 4 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("no socket");
    socklen_t length = sizeof name;
    getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length);
  }
  ~PlainSocket() { close(fd); }
  PlainSocket(const PlainSocket&) = delete;
  PlainSocket& operator=(const PlainSocket&) = delete;
  int fd;
  sockaddr_in name{};
};

void exchange_mmsg(benchmark::State& state) {
  PlainSocket from, to;
  std::vector<std::byte> sent(datagrams * size), received(datagrams * size);
  std::array<iovec, datagrams> out{}, in{};
  std::array<mmsghdr, datagrams> outgoing{}, incoming{};
  for (std::size_t i = 0; i < datagrams; ++i) {
    out[i] = {sent.data() + i * size, size};
    in[i] = {received.data() + i * size, size};
    outgoing[i].msg_hdr.msg_name = &to.name;
    outgoing[i].msg_hdr.msg_namelen = sizeof to.name;
    outgoing[i].msg_hdr.msg_iov = &out[i];
    outgoing[i].msg_hdr.msg_iovlen = 1;
    incoming[i].msg_hdr.msg_iov = &in[i];
    incoming[i].msg_hdr.msg_iovlen = 1;
  }
  for (auto _ : state) {
    if (sendmmsg(from.fd, outgoing.data(), datagrams, 0) != static_cast<int>(datagrams))
      state.SkipWithError("not sent");
    for (std::size_t got = 0; got < datagrams;) {
      const int n = recvmmsg(to.fd, incoming.data(), static_cast<unsigned>(datagrams - got), 0, nullptr);
      if (n <= 0) {
        state.SkipWithError("not received");
        break;
      }
      got += static_cast<std::size_t>(n);
    }
  }
  count(state);
}

}  // namespace

BENCHMARK(exchange_ours)->Name("udp-loopback/ours");
BENCHMARK(exchange_mmsg)->Name("udp-loopback/mmsg");
