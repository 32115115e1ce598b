#include "loss_harness/cases.h"

#include <fmt/format.h>

namespace pf::bench {
namespace {

using std::chrono::seconds;

Duration from_minutes(double minutes) {
  return Duration{static_cast<std::int64_t>(minutes * 60e9)};
}

/// A home's network: 30 ms there and back, 1 Gbit/s, 20 Mbit/s asked for.
test::SimulationOptions home(double minutes) {
  test::SimulationOptions options;
  options.length = from_minutes(minutes);
  options.to_client.delay = options.to_host.delay = milliseconds{15};
  options.to_client.rate = {{Duration{0}, 1'000'000'000}};
  return options;
}

}  // namespace

std::vector<Case> cases(double minutes) {
  std::vector<Case> all;
  const auto add = [&](const std::string& sweep, double value, const std::string& name, const auto& change) {
    auto options = home(minutes);
    change(options);
    all.push_back({.sweep = sweep, .value = value, .name = name, .options = options});
  };
  for (const double loss : {0.0, 0.01, 0.02, 0.05, 0.10, 0.15, 0.20})
    add("loss", 100 * loss, fmt::format("loss {:.0f}%", 100 * loss),
        [&](auto& o) { o.to_client.loss = o.to_host.loss = loss; });
  for (const double run : {1.0, 2.0, 4.0, 8.0, 16.0})
    add("burst", run, fmt::format("loss 3% in bursts of {:.0f}", run), [&](auto& o) {
      // Gilbert's chain, with 3% of all packets in its bad state.
      o.to_client.bursts = {.enter = 0.03 / 0.97 / run, .leave = 1 / run};
    });
  for (const int ms : {2, 5, 10, 20, 40})
    add("jitter", ms, fmt::format("jitter {} ms", ms), [&](auto& o) { o.to_client.jitter = milliseconds{ms}; });
  for (const double share : {0.01, 0.05, 0.20})
    add("reordering", 100 * share, fmt::format("reordering {:.0f}%", 100 * share), [&](auto& o) {
      o.to_client.reorder = share;
      o.to_client.reorder_by = milliseconds{10};
    });
  for (const double share : {0.01, 0.10})
    add("duplication", 100 * share, fmt::format("duplication {:.0f}%", 100 * share),
        [&](auto& o) { o.to_client.duplicate = share; });
  for (const int mbit : {50, 25, 15, 10, 5})
    add("bandwidth", mbit, fmt::format("link of {} Mbit/s, 40 asked for", mbit), [&](auto& o) {
      o.ceiling = 40_mbps;
      o.to_client.rate = {{Duration{0}, static_cast<std::uint64_t>(mbit) * 1'000'000}};
    });
  add("steps", 0, "steps 50, 10, 50 Mbit/s", [&](auto& o) {
    o.length = seconds{30};
    o.ceiling = 40_mbps;
    o.to_client.rate = {{Duration{0}, 50'000'000}, {seconds{10}, 10'000'000}, {seconds{20}, 50'000'000}};
  });
  add("steps", 1, "the same with 2% loss", [&](auto& o) {
    o.length = seconds{30};
    o.ceiling = 40_mbps;
    o.to_client.loss = 0.02;
    o.to_client.rate = {{Duration{0}, 50'000'000}, {seconds{10}, 10'000'000}, {seconds{20}, 50'000'000}};
  });
  return all;
}

}  // namespace pf::bench
