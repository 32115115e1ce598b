// What everything between encoder and decoder adds to a frame's age: 1080p at 60 Hz and 50 Mbit/s over the loopback
// interface, through the host's encode thread, FEC, sealing, pacer and socket and the client's port and receiver. From
// the moment that a unit is ready until it is handed to the decoder, in microseconds; the 99th percentile of ten
// seconds, and beside it (`since-picture`) what it is from the moment that a picture has been captured. The one case
// keeps the cores awake, so that a hypervisor's way to wake one up is not measured too; the other shows what that adds.
// `bare` is what the machine itself takes: one byte by the same two threads and their sockets, with nothing done to it.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "cores.h"
#include "support/stream_path.h"

namespace {

using namespace pf;

constexpr int frames_a_second = 60;
constexpr int warm_up = frames_a_second;
constexpr int measured = 10 * frames_a_second;
constexpr std::size_t unit_size = 50'000'000 / 8 / frames_a_second;
constexpr std::size_t keyframe_size = unit_size * 9 / 4;  // what x264 makes of one (bench_recovery)
constexpr int keyframe_every = 5 * frames_a_second / 2;   // in between frames are smaller, so that the bitrate holds

std::size_t size_of(std::uint64_t frame) {
  constexpr std::size_t between = unit_size - (keyframe_size - unit_size) / (keyframe_every - 1);
  return frame % keyframe_every == 0 ? keyframe_size : between;
}

double microseconds_since(TimePoint time) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - time).count();
}

/// Calls do_frame(frame) 60 times a second.
template <class DoFrame>
void pace(const DoFrame& do_frame) {
  auto next = std::chrono::steady_clock::now();
  for (int frame = 0; frame < warm_up + measured; ++frame) {
    do_frame(frame);
    next += std::chrono::nanoseconds{std::chrono::seconds{1}} / frames_a_second;
    std::this_thread::sleep_until(next);
  }
}

/// What came after the warm-up, the shortest first.
std::vector<double> sorted(std::vector<double> added) {
  added.erase(added.begin(), added.begin() + std::min<std::ptrdiff_t>(warm_up, std::ssize(added)));
  std::ranges::sort(added);
  return added;
}

/// Of all that were sent: what never came is later than anything that did, and nothing where it reaches that far.
std::optional<double> quantile(std::span<const double> sorted, double share) {
  const auto rank = static_cast<std::size_t>(share * measured);
  return rank < sorted.size() ? std::optional(sorted[rank]) : std::nullopt;
}

void report(benchmark::State& state, std::span<const double> added) {
  const auto late = quantile(added, 0.99);
  if (!late) return state.SkipWithError("one frame in a hundred never came");
  state.counters["us"] = *late;
  state.counters["p50"] = *quantile(added, 0.5);
  state.counters["max"] = added.back();
  state.counters["frames"] = static_cast<double>(added.size());
}

void add_latency(benchmark::State& state, bool awake) {
  const auto awake_cores = awake ? std::make_unique<bench::AwakeCores>() : nullptr;
  std::mutex mutex;
  std::vector<double> added;
  std::vector<double> since_picture;  // with the way from the capture thread to the encode thread
  added.reserve(warm_up + measured);
  since_picture.reserve(warm_up + measured);
  for (auto _ : state) {
    test::StreamPath path({.size_of = size_of, .largest = keyframe_size}, [&](const session::ReceivedUnit& unit) {
      const auto now = std::chrono::steady_clock::now();
      const std::lock_guard lock(mutex);
      added.push_back(std::chrono::duration<double, std::micro>(now - test::ReadyEncoder::ready_at(unit)).count());
      since_picture.push_back(static_cast<std::uint32_t>(to_micros(now)) - unit.timestamp_us);
    });
    pace([&](int frame) {
      if (frame % keyframe_every == 0) path.request_keyframe();
      path.put();
    });
  }
  const std::lock_guard lock(mutex);
  report(state, sorted(added));
  if (const auto late = quantile(sorted(since_picture), 0.99)) state.counters["since-picture"] = *late;
}

void add_bare(benchmark::State& state, bool awake) {
  const auto awake_cores = awake ? std::make_unique<bench::AwakeCores>() : nullptr;
  std::vector<double> added;
  added.reserve(warm_up + measured);
  for (auto _ : state) {
    const auto from = test::value_of(net::UdpSocket::bind(net::Address::v4_loopback(0)));
    const auto to = test::value_of(net::UdpSocket::bind(net::Address::v4_loopback(0)));
    std::atomic<TimePoint> woken;
    std::binary_semaphore wanted(0);
    {
      const std::jthread receiver([&](const std::stop_token& stop) {
        net::ReceiveBatch batch;
        while (!stop.stop_requested()) {
          if (!to->receive(batch, milliseconds{100}) || batch.datagrams().empty()) continue;
          added.push_back(microseconds_since(woken));
        }
      });
      const std::jthread sender([&](const std::stop_token& stop) {
        constexpr std::byte one{1};
        const std::stop_callback last(stop, [&] { wanted.release(); });
        for (wanted.acquire(); !stop.stop_requested(); wanted.acquire()) {
          woken = std::chrono::steady_clock::now();
          (void)from->send(to->local(), {}, std::span(&one, 1));
        }
      });
      pace([&](int) { wanted.release(); });
    }
  }
  report(state, sorted(added));
}

void limit(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(state.iterations());
  state.counters["us"] = 300;
}

}  // namespace

BENCHMARK_CAPTURE(add_latency, awake, true)->Name("added-latency-p99/ours")->Iterations(1);
BENCHMARK_CAPTURE(add_bare, awake, true)->Name("added-latency-p99/bare")->Iterations(1);
BENCHMARK(limit)->Name("added-latency-p99/300-us");
BENCHMARK_CAPTURE(add_latency, idle, false)->Name("added-latency-p99-cores-asleep/ours")->Iterations(1);
BENCHMARK_CAPTURE(add_bare, idle, false)->Name("added-latency-p99-cores-asleep/bare")->Iterations(1);
BENCHMARK(limit)->Name("added-latency-p99-cores-asleep/300-us");
