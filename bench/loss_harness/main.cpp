// loss-harness-streams: streams over bad networks, simulated and over real sockets, one line of JSON each. The program
// bench/loss-harness runs it, and makes tables and plots of what it says.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "loss_harness/cases.h"
#include "loss_harness/live_stream.h"
#include "loss_harness/result_json.h"
#include "support/relay.h"

namespace pf::bench {
namespace {

using test::Strategy;

constexpr std::array strategies{Strategy::adaptive, Strategy::fixed_parity, Strategy::retransmission};

std::vector<std::string> strategy_names() {
  std::vector<std::string> names;
  for (const auto strategy : strategies) names.emplace_back(test::to_string(strategy));
  return names;
}

void print(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void run_simulations(double minutes) {
  for (const auto& one : cases(minutes)) {
    for (const auto strategy : strategies) {
      auto options = one.options;
      options.strategy = strategy;
      const double seconds = std::chrono::duration<double>(options.length).count();
      print(to_json({"simulation", one.sweep, one.value, one.name, strategy, seconds, one.sweep == "steps"},
                    test::simulate(options)));
    }
  }
}

struct LiveArguments {
  std::string mode = "relay";
  std::string sweep;
  double value = 0;
  std::string name;
  std::vector<std::string> strategies = strategy_names();
  double seconds = 10;
  double mbit = 20;
  double loss = 0;
  double burst = 1;
  double delay_ms = 15;
  double jitter_ms = 0;
  double reorder = 0;
  double duplicate = 0;
  std::string host = "127.0.0.1:0";
  std::string client = "127.0.0.1:0";
  std::string host_network;
  std::string client_network;
  std::uint64_t seed = 1;
};

Duration from_ms(double ms) {
  return Duration{static_cast<std::int64_t>(ms * 1e6)};
}

test::ImpairmentOptions network_of(const LiveArguments& a) {
  test::ImpairmentOptions network{.seed = a.seed,
                                  .delay = from_ms(a.delay_ms),
                                  .jitter = from_ms(a.jitter_ms),
                                  .reorder = a.reorder,
                                  .reorder_by = milliseconds{10},
                                  .duplicate = a.duplicate};
  if (a.burst > 1)
    network.bursts = {.enter = a.loss / (1 - a.loss) / a.burst, .leave = 1 / a.burst};
  else
    network.loss = a.loss;
  return network;
}

Result<test::StreamResult> run_live(const LiveArguments& a, Strategy strategy) {
  const auto host = net::resolve(a.host, 0);
  const auto client = net::resolve(a.client, 0);
  if (!host) return std::unexpected(host.error());
  if (!client) return std::unexpected(client.error());
  LiveOptions options{.model = {.strategy = strategy,
                                .seed = a.seed,
                                .ceiling = {static_cast<std::uint64_t>(a.mbit * 1e6)},
                                .one_way = from_ms(a.delay_ms),
                                .round_trip = from_ms(2 * a.delay_ms)},
                      .host = {a.host_network, host->front()},
                      .client = {a.client_network, client->front()},
                      .length = from_ms(a.seconds * 1e3)};
  if (a.mode == "relay") {
    // The relay's client is who speaks first, and its host who answers.
    options.relay = test::RelayOptions{.host = {},
                                       .to_host = network_of(a),
                                       .to_client = {.seed = a.seed + 1, .loss = a.loss, .delay = from_ms(a.delay_ms)}};
  }
  return stream_live(options);
}

int run(const LiveArguments& a) {
  for (const auto strategy : strategies) {
    if (std::ranges::find(a.strategies, test::to_string(strategy)) == a.strategies.end()) continue;
    const auto result = run_live(a, strategy);
    if (!result) {
      fmt::print(stderr, "loss-harness: {}\n", result.error().message);
      return 1;
    }
    print(to_json({a.mode, a.sweep, a.value, a.name, strategy, a.seconds, true}, *result));
  }
  return 0;
}

}  // namespace
}  // namespace pf::bench

int main(int argc, char** argv) {
  CLI::App app("Streams over bad networks; one line of JSON each.", "loss-harness-streams");
  app.require_subcommand(1);
  double minutes = 1;
  auto* simulate = app.add_subcommand("simulate", "Every case, on a clock of its own");
  simulate->add_option("--minutes", minutes, "Of each stream")->check(CLI::PositiveNumber)->capture_default_str();
  pf::bench::LiveArguments a;
  auto* live = app.add_subcommand("live", "One case over real sockets");
  live->add_option("--mode", a.mode, "relay: through the impairment relay; namespaces: straight")
      ->check(CLI::IsMember({"relay", "namespaces"}));
  live->add_option("--sweep", a.sweep, "What the case belongs to")->required();
  live->add_option("--value", a.value, "Of what is swept");
  live->add_option("--name", a.name, "Of the case");
  live->add_option("--strategy", a.strategies, "Only this one; may be given several times")
      ->check(CLI::IsMember(pf::bench::strategy_names()));
  live->add_option("--seconds", a.seconds)->check(CLI::Range(0.1, 3600.0));
  live->add_option("--bitrate", a.mbit, "Mbit/s that are asked for")->check(CLI::Range(0.3, 1000.0));
  live->add_option("--loss", a.loss, "Share of packets")->check(CLI::Range(0.0, 0.9));
  live->add_option("--burst", a.burst, "Mean length of a run of losses")->check(CLI::Range(1.0, 100.0));
  live->add_option("--delay-ms", a.delay_ms, "One way")->check(CLI::NonNegativeNumber);
  live->add_option("--jitter-ms", a.jitter_ms)->check(CLI::NonNegativeNumber);
  live->add_option("--reorder", a.reorder)->check(CLI::Range(0.0, 1.0));
  live->add_option("--duplicate", a.duplicate)->check(CLI::Range(0.0, 1.0));
  live->add_option("--host", a.host, "Address of the sending end");
  live->add_option("--client", a.client, "Address of the receiving end");
  live->add_option("--host-namespace", a.host_network);
  live->add_option("--client-namespace", a.client_network);
  live->add_option("--seed", a.seed);
  CLI11_PARSE(app, argc, argv);
  if (live->parsed()) return pf::bench::run(a);
  pf::bench::run_simulations(minutes);
  return 0;
}
