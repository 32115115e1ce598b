// punktfunk-relay: a bad network between punktfunk's client and host, as a program.
//
// Prints the port that it listens on, then obeys lines on standard input ("cut", "mend") and SIGUSR1 (the other one of
// the two) until SIGTERM or SIGINT; then prints what it did as one line of JSON.
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <iostream>
#include <string>

#include "support/relay.h"

namespace {

using pf::test::Impairment;
using pf::test::ImpairmentOptions;
using pf::test::Relay;

struct Settings {
  std::string listen = "127.0.0.1:0";
  std::string to;
  ImpairmentOptions path;
  pf::test::AttackerOptions attacker;
  double delay_ms = 0;
  double jitter_ms = 0;
  double reorder_ms = 5;
  std::vector<std::string> rate;    // [SECONDS:]MBIT
  std::vector<std::string> outage;  // FROM:TO, seconds
  bool to_host = true;
  bool to_client = true;
};

pf::Duration from_seconds(double seconds) {
  return pf::Duration{static_cast<std::int64_t>(seconds * 1e9)};
}

// "A:B", or "B" alone with `missing` for A.
std::pair<double, double> pair_of(const std::string& text, double missing) {
  const auto colon = text.find(':');
  std::size_t used = 0;
  const auto number = [&](const std::string& part) {
    const double value = std::stod(part, &used);
    if (used != part.size() || !(value >= 0)) throw std::invalid_argument(text);
    return value;
  };
  if (colon == std::string::npos) return {missing, number(text)};
  return {number(text.substr(0, colon)), number(text.substr(colon + 1))};
}

void describe(CLI::App& app, Settings& s) {
  app.add_option("--listen", s.listen, "where clients send to; port 0 takes a free one")->capture_default_str();
  app.add_option("--to", s.to, "the host behind the bad network, HOST:PORT")->required();
  app.add_option("--loss", s.path.loss, "share of packets lost, 0 to 1")->check(CLI::Range(0.0, 1.0));
  app.add_option("--burst-enter", s.path.bursts.enter, "chance per packet that a burst of losses begins");
  app.add_option("--burst-leave", s.path.bursts.leave, "chance per packet that it ends");
  app.add_option("--burst-loss", s.path.bursts.loss, "share of packets lost inside a burst");
  app.add_option("--delay-ms", s.delay_ms, "one way")->check(CLI::NonNegativeNumber);
  app.add_option("--jitter-ms", s.jitter_ms, "up to so much on top, in order")->check(CLI::NonNegativeNumber);
  app.add_option("--reorder", s.path.reorder, "share of packets that others overtake")->check(CLI::Range(0.0, 1.0));
  app.add_option("--reorder-ms", s.reorder_ms, "by which those are held back")->check(CLI::NonNegativeNumber);
  app.add_option("--duplicate", s.path.duplicate, "share of packets that come twice")->check(CLI::Range(0.0, 1.0));
  app.add_option("--rate", s.rate, "[SECONDS:]MBIT, limit from then on (0 lifts it); may be given several times");
  app.add_option("--queue-bytes", s.path.queue_bytes, "in front of the limit")->capture_default_str();
  app.add_option("--outage", s.outage, "FROM:TO in seconds, everything is lost; may be given several times");
  app.add_option("--replay", s.attacker.replay, "chance per packet that an earlier one is sent again")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--forge", s.attacker.forge, "chance per packet that a copy with one bit changed is sent too")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--seed", s.path.seed, "the same seed makes the same network")->capture_default_str();
  app.add_flag("!--not-to-host", s.to_host, "leave the direction to the host unharmed");
  app.add_flag("!--not-to-client", s.to_client, "leave the direction to the client unharmed");
}

ImpairmentOptions path_of(const Settings& s) {
  ImpairmentOptions path = s.path;
  path.delay = from_seconds(s.delay_ms / 1e3);
  path.jitter = from_seconds(s.jitter_ms / 1e3);
  path.reorder_by = from_seconds(s.reorder_ms / 1e3);
  for (const auto& text : s.rate) {
    const auto [at, mbit] = pair_of(text, 0);
    path.rate.push_back({from_seconds(at), static_cast<std::uint64_t>(mbit * 1e6)});
  }
  for (const auto& text : s.outage) {
    const auto [from, to] = pair_of(text, 0);
    path.outages.push_back({from_seconds(from), from_seconds(to)});
  }
  return path;
}

pf::Result<std::unique_ptr<Relay>> start(const Settings& s) {
  const auto listen = pf::net::resolve(s.listen, 0);
  if (!listen) return std::unexpected(listen.error());
  const auto to = pf::net::resolve(s.to, 47900);
  if (!to) return std::unexpected(to.error());
  pf::test::RelayOptions options;
  options.listen = listen->front();
  options.host = to->front();
  const auto path = path_of(s);
  if (s.to_host) options.to_host = path;
  if (s.to_client) options.to_client = path;
  options.to_client.seed += 1'000'000;
  options.attacker = s.attacker;
  options.attacker.seed = s.path.seed + 2'000'000;
  return Relay::start(options);
}

std::string json(const Impairment::Counters& c) {
  return "{\"offered\":" + std::to_string(c.offered) + ",\"lost\":" + std::to_string(c.lost) +
         ",\"overflow\":" + std::to_string(c.overflow) + ",\"cut\":" + std::to_string(c.cut) +
         ",\"held_back\":" + std::to_string(c.held_back) + ",\"duplicated\":" + std::to_string(c.duplicated) + "}";
}

std::string json(const pf::test::Attacker::Counters& c) {
  return "{\"replayed\":" + std::to_string(c.replayed) + ",\"forged\":" + std::to_string(c.forged) + "}";
}

std::string json(const Relay::Counters& c) {
  return "{\"clients\":" + std::to_string(c.clients) + ",\"to_host\":" + json(c.to_host) +
         ",\"to_client\":" + json(c.to_client) + ",\"against_host\":" + json(c.against_host) +
         ",\"against_client\":" + json(c.against_client) + ",\"overflow\":" + std::to_string(c.overflow) + "}";
}

// Reads commands and signals until a signal ends it.
class Console {
 public:
  Console(Relay& relay, int signals) : relay_(relay), signals_(signals) {}

  void run() {
    std::array<pollfd, 2> waits{{{signals_, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    for (;;) {
      if (poll(waits.data(), waits.size(), -1) < 0) continue;
      if ((waits[0].revents & POLLIN) != 0 && !on_signal()) return;
      // A closed standard input is no reason to end: a script may have started this in the background.
      if (waits[1].revents != 0 && !on_input()) waits[1].fd = -1;
    }
  }

 private:
  bool on_signal() {
    signalfd_siginfo info{};
    if (read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return true;
    if (info.ssi_signo != SIGUSR1) return false;
    set_cut(!cut_);
    return true;
  }

  bool on_input() {
    std::array<char, 256> bytes{};
    const auto got = read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got <= 0) return false;
    for (const char c : std::string_view(bytes.data(), static_cast<std::size_t>(got))) {
      if (c != '\n') {
        if (line_.size() < bytes.size()) line_ += c;
        continue;
      }
      if (line_ == "cut") set_cut(true);
      if (line_ == "mend") set_cut(false);
      line_.clear();
    }
    return true;
  }

  void set_cut(bool on) {
    cut_ = on;
    relay_.cut(on);
    std::cerr << (on ? "cut" : "mended") << '\n' << std::flush;
  }

  Relay& relay_;
  int signals_;
  bool cut_ = false;
  std::string line_;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{"A bad network between a punktfunk client and a host."};
  describe(app, settings);
  CLI11_PARSE(app, argc, argv);

  // Before any thread, so that all of them leave the signals to the descriptor.
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const int signals = signalfd(-1, &set, SFD_CLOEXEC);

  try {
    auto relay = start(settings);
    if (!relay) {
      std::cerr << relay.error().message << '\n';
      return 1;
    }
    std::cout << (*relay)->address().port << '\n' << std::flush;
    Console(**relay, signals).run();
    std::cout << json((*relay)->counters()) << '\n' << std::flush;
  } catch (const std::logic_error& error) {
    std::cerr << "not a pair of numbers: " << error.what() << '\n';
    return 2;
  }
  return 0;
}
