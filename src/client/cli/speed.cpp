#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "client/cli/client_state.h"
#include "client/cli/commands.h"
#include "control/link/speed_test.h"

namespace pf::client {
namespace {

namespace json = boost::json;

double mbps(Bitrate rate) {
  return std::round(static_cast<double>(rate.bits_per_second) / 1e4) / 100;
}

double ms(Duration d) {
  return std::round(std::chrono::duration<double, std::milli>(d).count() * 100) / 100;
}

json::value ms_or_null(const std::optional<microseconds>& d) {
  return d ? json::value(ms(*d)) : json::value(nullptr);
}

void print(const control::SpeedFigures& figures) {
  const auto& path = figures.path;
  fmt::print("the path carries {}{:.1f} Mbit/s\n", path.reached ? "" : "at least ", mbps(path.capacity));
  fmt::print(
      "a stream of --bitrate {:.1f} fits, with room for parity, sound and others; it would lose {:.1f}% of its "
      "packets\n",
      mbps(path.suggested), path.loss * 100);
  if (figures.round_trip && figures.loaded_round_trip)
    fmt::print("round trip {:.1f} ms, and {:.1f} ms while the path is busy\n", ms(*figures.round_trip),
               ms(*figures.loaded_round_trip));
  if (path.reached) fmt::print("a full path holds packets back for {:.0f} ms\n", ms(path.queued));
}

}  // namespace

Exit run(const SpeedCommand& command) {
  auto state = ClientState::open();
  if (!state) return report(state.error());
  const auto target = find_paired_target(command.host, state->hosts());
  if (!target) return report(target.error());
  const auto figures = control::measure_speed(
      {.identity = state->identity(),
       .client_name = state->name(),
       .host = target->address,
       .pinned = target->paired->fingerprint,
       .length = std::chrono::round<milliseconds>(std::chrono::duration<double>(command.seconds))},
      SteadyClock());
  if (!figures) return report(figures.error());
  if (!command.json) {
    print(*figures);
    return Exit::ok;
  }
  const auto& path = figures->path;
  fmt::print("{}\n", json::serialize(json::object{{"capacity_mbps", mbps(path.capacity)},
                                                  {"capacity_reached", path.reached},
                                                  {"suggested_bitrate_mbps", mbps(path.suggested)},
                                                  {"loss", std::round(path.loss * 10'000) / 10'000},
                                                  {"queue_ms", ms(path.queued)},
                                                  {"round_trip_ms", ms_or_null(figures->round_trip)},
                                                  {"loaded_round_trip_ms", ms_or_null(figures->loaded_round_trip)},
                                                  {"trains", figures->trains}}));
  return Exit::ok;
}

}  // namespace pf::client
