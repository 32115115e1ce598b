// What everything between encoder and decoder adds to a frame's age: 1080p at 60 Hz and 50 Mbit/s over the loopback
// interface, through the host's encode thread, FEC, sealing, pacer and socket and the client's port and receiver. From
// the moment that a unit is ready until it is handed to the decoder, in microseconds; the 99th percentile of five
// seconds. The one case keeps the cores awake, so that a hypervisor's way to wake one up is not measured too; the other
// shows what that adds.
#include <benchmark/benchmark.h>

#include <memory>
#include <mutex>
#include <thread>

#include "cores.h"
#include "support/stream_path.h"

namespace {

using namespace pf;

constexpr int frames_a_second = 60;
constexpr int warm_up = frames_a_second;
constexpr int measured = 5 * frames_a_second;
constexpr std::size_t unit_size = 50'000'000 / 8 / frames_a_second;
constexpr std::size_t keyframe_size = 4 * unit_size;
constexpr int keyframe_every = 5 * frames_a_second / 2;  // in between frames are smaller, so that the bitrate holds

std::size_t size_of(std::uint64_t frame) {
  constexpr std::size_t between = unit_size - (keyframe_size - unit_size) / (keyframe_every - 1);
  return frame % keyframe_every == 0 ? keyframe_size : between;
}

void add_latency(benchmark::State& state, bool awake) {
  const auto awake_cores = awake ? std::make_unique<bench::AwakeCores>() : nullptr;
  std::mutex mutex;
  std::vector<double> added;
  added.reserve(warm_up + measured);
  for (auto _ : state) {
    test::StreamPath path({.size_of = size_of, .largest = keyframe_size}, [&](const session::ReceivedUnit& unit) {
      const auto age = std::chrono::steady_clock::now() - test::ReadyEncoder::ready_at(unit);
      const std::lock_guard lock(mutex);
      added.push_back(std::chrono::duration<double, std::micro>(age).count());
    });
    auto next = std::chrono::steady_clock::now();
    for (int frame = 0; frame < warm_up + measured; ++frame) {
      if (frame % keyframe_every == 0) path.request_keyframe();
      path.put();
      next += std::chrono::nanoseconds{std::chrono::seconds{1}} / frames_a_second;
      std::this_thread::sleep_until(next);
    }
  }
  const std::lock_guard lock(mutex);
  if (added.size() < warm_up + measured / 2) return state.SkipWithError("frames were lost");
  added.erase(added.begin(), added.begin() + warm_up);
  std::ranges::sort(added);
  const auto quantile = [&](double share) {
    return added[static_cast<std::size_t>(share * static_cast<double>(added.size()))];
  };
  state.counters["us"] = quantile(0.99);
  state.counters["p50"] = quantile(0.5);
  state.counters["max"] = added.back();
  state.counters["frames"] = static_cast<double>(added.size());
}

void limit(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(state.iterations());
  state.counters["us"] = 300;
}

}  // namespace

BENCHMARK_CAPTURE(add_latency, awake, true)->Name("added-latency-p99/ours")->Iterations(1);
BENCHMARK(limit)->Name("added-latency-p99/300-us");
BENCHMARK_CAPTURE(add_latency, idle, false)->Name("added-latency-p99-cores-asleep/ours")->Iterations(1);
BENCHMARK(limit)->Name("added-latency-p99-cores-asleep/300-us");
