// A whole stream of video over the loopback interface, on one core: access unit to kernel, and kernel to access unit.
// Figures are Gbit/s of video (parity, headers and lost packets don't count) for each second of the thread's processor
// time; `wall` says the same of real time. Parity is 20%. References: the figure to reach, and the kernel's part alone,
// which is a limit.
#include <benchmark/benchmark.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <tuple>

#include "core/net/udp_socket.h"
#include "core/session/video_receiver.h"
#include "cores.h"
#include "socket_room.h"
#include "video_stream.h"

namespace {

using namespace pf;
using bench::need;

constexpr double loss = 0.05;
constexpr std::size_t batch_bytes = 60'000;

/// A port that takes trains of datagrams as the kernel coalesces them, and throws each away unread: what is left is the
/// sender's cost.
class DroppingSocket {
 public:
  DroppingSocket() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sock_filter drop{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
    const sock_fprog program{.len = 1, .filter = &drop};
    constexpr int on = 1;
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof name;
    if (setsockopt(fd_, SOL_UDP, UDP_GRO, &on, sizeof on) != 0 ||
        setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0 ||
        bind(fd_, reinterpret_cast<sockaddr*>(&name), length) != 0 ||
        getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &length) != 0)
      throw std::runtime_error("no socket that drops what it gets");
    port_ = ntohs(name.sin_port);
  }
  ~DroppingSocket() { close(fd_); }
  DroppingSocket(const DroppingSocket&) = delete;
  DroppingSocket& operator=(const DroppingSocket&) = delete;
  [[nodiscard]] net::Address address() const { return net::Address::v4_loopback(port_); }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

class SocketSink final : public session::PacketSink {
 public:
  SocketSink() : socket_(need(net::UdpSocket::bind(net::Address::v4_loopback(0)))) {}
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    return socket_->send_segments(drain_.address(), {}, packets, segment);
  }

 private:
  DroppingSocket drain_;
  std::unique_ptr<net::UdpSocket> socket_;
};

void send_unit(benchmark::State& state) {
  const bench::OnCore pinned(bench::cores().front());
  const auto unit = bench::noise(static_cast<std::size_t>(state.range(0)));
  const SteadyClock clock;
  const auto sender = bench::make_sender(static_cast<std::size_t>(state.range(1)), clock);
  SocketSink sink;
  const auto once = [&] { need(sender->send({.data = unit, .captured = clock.now()}, sink)); };
  once();
  bench::Rate rate;
  rate.start();
  for (auto _ : state) once();
  rate.stop(unit.size() * static_cast<std::size_t>(state.iterations()));
  rate.report(state);
}

/// The same packets, ready made.
void send_ready(benchmark::State& state) {
  const bench::OnCore pinned(bench::cores().front());
  const auto unit = bench::noise(static_cast<std::size_t>(state.range(0)));
  const SteadyClock clock;
  bench::LossySink keep(0);
  need(bench::make_sender(static_cast<std::size_t>(state.range(1)), clock)->send({.data = unit, .captured = {}}, keep));
  const auto frame = keep.take();
  SocketSink sink;
  bench::Rate rate;
  rate.start();
  for (auto _ : state) need(sink.send(frame.packets, frame.segment));
  rate.stop(unit.size() * static_cast<std::size_t>(state.iterations()));
  rate.report(state);
}

/// A stream's frames with 5% of the packets lost, made once for each shape. A receiver with a window of its own takes
/// them as new, as often as one likes.
struct Feed {
  Feed(std::size_t unit_size, std::size_t datagram) : unit(unit_size) {
    const auto bytes = bench::noise(unit_size);
    const SteadyClock clock;
    const auto sender = bench::make_sender(datagram, clock);
    bench::LossySink sink(loss);
    for (std::size_t made = 0; frames.size() < 2 * warm_up || made < total; made += unit_size) {
      need(sender->send({.data = bytes, .keyframe = frames.empty(), .captured = clock.now()}, sink));
      frames.push_back(sink.take());
    }
  }
  static constexpr std::size_t total = 48u << 20;
  static constexpr std::size_t warm_up = 8;  // frames in which memory grows
  std::size_t unit;
  std::vector<bench::SealedFrame> frames;
};

/// Sends a feed from another core, never more ahead of the receiver than fits into its socket.
class Feeder {
 public:
  Feeder(const Feed& feed, const net::Address& to)
      : thread_([this, &feed, to](const std::stop_token& stop) { run(feed, to, stop); }) {}
  void taken(std::size_t bytes) { taken_.fetch_add(bytes, std::memory_order_release); }

 private:
  void run(const Feed& feed, const net::Address& to, const std::stop_token& stop) {
    const bench::OnCore pinned(bench::cores().back());
    const auto socket = need(net::UdpSocket::bind(net::Address::v4_loopback(0)));
    const std::size_t ahead = std::min<std::size_t>(1u << 20, bench::socket_room());
    std::size_t sent = 0;
    for (const auto& frame : feed.frames) {
      const std::size_t most = batch_bytes / frame.segment * frame.segment;
      for (auto rest = std::span(frame.packets); !rest.empty();) {
        const auto batch = rest.first(std::min(most, rest.size()));
        // An empty socket takes any batch, however small it is.
        for (auto taken = taken_.load(std::memory_order_acquire); sent > taken && sent + batch.size() > taken + ahead;
             taken = taken_.load(std::memory_order_acquire)) {
          if (stop.stop_requested()) return;
          std::this_thread::yield();
        }
        need(socket->send_segments(to, {}, batch, frame.segment));
        sent += batch.size();
        rest = rest.subspan(batch.size());
      }
    }
  }
  std::atomic<std::size_t> taken_{0};
  std::jthread thread_;
};

/// Runs the feed through a new `Taker` in each iteration, which gets every packet and says how many bytes of video it
/// has handed out so far. The first frames don't count.
template <class Taker>
void receive(benchmark::State& state) {
  const bench::OnCore pinned(bench::cores().front());
  static std::map<std::pair<std::int64_t, std::int64_t>, Feed> feeds;
  const auto& feed = feeds
                         .try_emplace({state.range(0), state.range(1)}, static_cast<std::size_t>(state.range(0)),
                                      static_cast<std::size_t>(state.range(1)))
                         .first->second;
  bench::Rate rate;
  net::ReceiveBatch batch;
  for (auto _ : state) {
    const auto socket = need(net::UdpSocket::bind(net::Address::v4_loopback(0)));
    Taker taker(feed);
    Feeder feeder(feed, socket->local());
    std::size_t counted_from = 0;
    while (taker.done() < feed.frames.size() * feed.unit) {
      if (counted_from == 0 && taker.done() >= Feed::warm_up * feed.unit) {
        counted_from = taker.done();
        rate.start();
      }
      need(socket->receive(batch, milliseconds{1000}));
      if (batch.datagrams().empty()) return state.SkipWithError("the stream stopped");
      std::size_t came = 0;
      for (const auto& datagram : batch.datagrams()) {
        came += datagram.payload.size();
        taker.take(datagram);
      }
      feeder.taken(came);
    }
    rate.stop(taker.done() - counted_from);
  }
  rate.report(state);
}

/// The whole receiver.
class Receiver {
 public:
  explicit Receiver(const Feed& feed)
      : receiver_(need(session::VideoReceiver::create(
            bench::video_key(), {.max_unit = 2 * feed.unit, .reorder_wait = std::chrono::seconds{10}}, clock_))) {}
  void take(const net::Datagram& datagram) {
    (void)receiver_->receive(datagram.payload, datagram.arrival);  // what is late no longer counts
    while (const auto unit = receiver_->next(datagram.arrival)) done_ += unit->data.size();
  }
  [[nodiscard]] std::size_t done() const { return done_; }

 private:
  SteadyClock clock_;
  std::unique_ptr<session::VideoReceiver> receiver_;
  std::size_t done_ = 0;
};

/// The kernel's part: packets come and are looked at no further.
class Counter {
 public:
  explicit Counter(const Feed& feed) : feed_(feed) {}
  void take(const net::Datagram& datagram) {
    came_ += datagram.payload.size();
    for (; frame_ < feed_.frames.size() && came_ >= feed_.frames[frame_].packets.size(); ++frame_)
      came_ -= feed_.frames[frame_].packets.size();
  }
  [[nodiscard]] std::size_t done() const { return frame_ * feed_.unit; }

 private:
  const Feed& feed_;
  std::size_t came_ = 0;
  std::size_t frame_ = 0;
};

template <int gigabits>
void floor_of(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(state.iterations());
  state.counters["Gbit/s"] = gigabits;
}

void register_all() {
  constexpr std::int64_t small = 1200, large = 1392;
  for (const auto& [shape, unit, datagram] : {std::tuple{"100k", 100'000, small},
                                              {"500k", 500'000, small},
                                              {"4M", 4'000'000, small},
                                              {"500k-1392", 500'000, large}}) {
    const auto add = [&](const std::string& stage, const char* who, auto* run) {
      benchmark::RegisterBenchmark((stage + "-" + shape + "/" + who).c_str(), run)->Args({unit, datagram});
    };
    add("whole-sender", "ours", send_unit);
    add("whole-sender", "15-gbit", floor_of<15>);
    add("whole-sender", "kernel", send_ready);
    add("whole-receiver", "ours", receive<Receiver>);
    add("whole-receiver", "12-gbit", floor_of<12>);
    add("whole-receiver", "kernel", receive<Counter>);
  }
}

}  // namespace

int main(int argc, char** argv) {
  register_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
