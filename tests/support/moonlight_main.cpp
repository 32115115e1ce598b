// punktfunk-moonlight: the tests' GameStream client as a program, for a host on this machine.
//
// `pair` ends with 0 when the host trusts it. `stream` prints a line of JSON when pictures come, then obeys lines on
// its standard input, each answered by one line of JSON: "input HEX" (a packet without its size), "frames N" (waits for
// so many more), "seen", "leave", "cancel", "wait-end" (for the host to end it).
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "support/hex.h"
#include "support/moonlight_host.h"
#include "support/relay.h"

namespace {

using namespace pf;
using test::GameStreamClient;
using test::MoonlightHost;
using test::MoonlightIdentity;
using test::Relay;

struct Settings {
  std::uint16_t http = 0;
  std::uint16_t https = 0;
  std::filesystem::path identity;  // a folder
  std::string pin;
  std::string verb = "launch";
  std::string mode = "1280x720@60";
  std::string app;
  double loss = 0;
};

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

MoonlightIdentity identity_in(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  if (!std::filesystem::exists(folder / "key.pem")) {
    const auto made = MoonlightIdentity::make();
    std::ofstream(folder / "certificate.pem") << made.certificate;
    std::ofstream(folder / "key.pem") << made.key;
  }
  return {read(folder / "certificate.pem"), read(folder / "key.pem")};
}

std::string json(const GameStreamClient::Seen& seen) {
  std::ostringstream out;
  out << "{\"event\":\"seen\",\"frames\":" << seen.frames << ",\"keyframes\":" << seen.keyframes
      << ",\"first\":" << seen.first_frame << ",\"last\":" << seen.last_frame << ",\"rebuilt\":" << seen.rebuilt_packets
      << ",\"sound\":" << seen.sound_packets << ",\"rebuilt_sound\":" << seen.rebuilt_sound
      << ",\"termination\":" << seen.termination.value_or(0)
      << ",\"disconnected\":" << (seen.disconnected ? "true" : "false") << ",\"broken\":\"" << seen.broken << "\"}";
  return out.str();
}

int fail(const std::string& why) {
  std::cerr << "punktfunk-moonlight: " << why << "\n";
  return 1;
}

int obey(GameStreamClient& client, const MoonlightHost& host) {
  using Seen = GameStreamClient::Seen;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "input") {
      client.input(test::hex(line.substr(command.size())));
    } else if (command == "frames") {
      std::size_t more = 0;
      words >> more;
      const auto until = client.seen().frames + more;
      if (!client.wait([&](const Seen& seen) { return seen.frames >= until; })) return fail("the frames do not come");
    } else if (command == "leave") {
      client.leave();
    } else if (command == "cancel") {
      if (host.get("/cancel").element("cancel") != "1") return fail("the host does not cancel");
    } else if (command == "wait-end") {
      if (!client.wait([](const Seen& seen) { return seen.termination.has_value(); })) return fail("it goes on");
    } else if (command != "seen") {
      return fail("no such command: " + line);
    }
    std::cout << json(client.seen()) << std::endl;
  }
  return 0;
}

int stream(const Settings& settings, MoonlightHost& host) {
  const auto mode = Mode::parse(settings.mode);
  if (!mode) return fail(mode.error().message);
  auto options = host.start(settings.verb, *mode, settings.app);
  if (options.rtsp == 0) return fail(host.answer.body);
  std::map<std::uint16_t, std::unique_ptr<Relay>> relays;
  if (settings.loss > 0) {
    options.via = [&](std::uint16_t port) {
      auto& relay = relays[port];
      if (!relay) {
        test::RelayOptions network;
        network.host = net::Address::v4_loopback(port);
        network.to_client = {.seed = port, .loss = settings.loss};
        relay = Relay::start(network).value();
      }
      return relay->address();
    };
  }
  GameStreamClient client(options);
  if (const auto status = client.negotiate(); status != 200) return fail("RTSP: " + std::to_string(status));
  if (!client.connect()) return fail("no control stream");
  if (!client.wait([](const GameStreamClient::Seen& seen) { return seen.frames > 0; })) return fail("no picture came");
  std::cout << "{\"event\":\"started\"}" << std::endl;
  return obey(client, host);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The tests' GameStream client.", "punktfunk-moonlight");
  Settings settings;
  app.add_option("--http", settings.http)->required();
  app.add_option("--https", settings.https)->required();
  app.add_option("--identity", settings.identity, "folder of the key; made where there is none")->required();
  app.require_subcommand(1);
  auto* const pair = app.add_subcommand("pair");
  pair->add_option("pin", settings.pin)->required();
  auto* const streaming = app.add_subcommand("stream");
  streaming->add_option("--verb", settings.verb)->check(CLI::IsMember({"launch", "resume"}));
  streaming->add_option("--mode", settings.mode);
  streaming->add_option("--app", settings.app);
  streaming->add_option("--loss", settings.loss, "share of packets to the client")->check(CLI::Range(0.0, 1.0));
  CLI11_PARSE(app, argc, argv);
  MoonlightHost host(settings.http, settings.https, identity_in(settings.identity));
  if (!pair->parsed()) return stream(settings, host);
  const auto no = host.pair(settings.pin);
  return no.empty() ? 0 : fail(no);
}
