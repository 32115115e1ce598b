// punktfunk: the client.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "client/cli/commands.h"
#include "client/play/chords.h"
#include "core/base/version.h"

namespace pf::client {
namespace {

void add_session_options(CLI::App& app, SessionArguments& session, const std::string& without_mode = "") {
  app.add_option("host", session.host, "A host's name, as 'punktfunk discover' shows it, or its address")->required();
  app.add_option("--mode", session.mode, "Width x height @ refresh rate" + without_mode)->capture_default_str();
  app.add_option("--bitrate", session.bitrate_mbps, "Video, Mbit/s, at most")->capture_default_str();
  app.add_option("--min-bitrate", session.min_bitrate_mbps, "Mbit/s that a slow link may bring the video down to")
      ->capture_default_str();
  app.add_option("--channels", session.channels, "Sound channels: 2, 6 or 8")->capture_default_str();
  app.add_flag("--no-audio", session.no_audio, "Without sound");
}

void add_window_options(CLI::App& app, StreamCommand& stream) {
  app.add_flag("--fullscreen", stream.fullscreen, "Begin in full screen");
  app.add_flag("--grab", stream.grab, "Begin with keyboard and pointer captured");
  app.add_flag("--overlay", stream.overlay, "Begin with the statistics shown");
  app.add_flag("--follow-window", stream.follow_window, "Change the host's mode when the window's size changes");
  app.add_flag("--vsync", stream.vsync, "Wait for the display: no tearing, up to one refresh more latency");
  app.add_flag("--software", stream.software, "Draw without a GPU");
  app.add_option("--seconds", stream.seconds, "End by itself after so long")->check(CLI::Range(0.1, 86'400.0));
  app.add_option("--frames", stream.frames, "End by itself after so many pictures")->check(CLI::PositiveNumber);
  app.add_option("--screenshot", stream.screenshot, "At the end, write what the window shows as a PNG file");
  app.footer(chord_help());
}

int main(int argc, char** argv) {
  CLI::App app("Stream a desktop from a punktfunk host.", "punktfunk");
  app.set_version_flag("--version", pf::software_name());
  app.require_subcommand(1);
  Exit exit = Exit::ok;

  DiscoverCommand discover;
  auto* const discover_app = app.add_subcommand("discover", "List the hosts on the local network");
  discover_app->add_option("--seconds", discover.seconds, "How long to look")
      ->check(CLI::Range(0.1, 60.0))
      ->capture_default_str();
  discover_app->add_flag("--json", discover.json, "For programs");
  discover_app->callback([&] { exit = run(discover); });

  PairCommand pair;
  auto* const pair_app = app.add_subcommand("pair", "Pair with a host by the PIN that it shows");
  pair_app->add_option("host", pair.host, "A host's name or address")->required();
  pair_app->add_option("--pin", pair.pin, "The PIN; asked for when it is not given");
  pair_app->add_flag("--json", pair.json, "For programs");
  pair_app->callback([&] { exit = run(pair); });

  ProbeCommand probe;
  auto* const probe_app = app.add_subcommand("probe", "Stream without a window: measure, record, play a script");
  add_session_options(*probe_app, probe.session);
  probe_app->add_option("--seconds", probe.seconds, "How long, without a script")
      ->check(CLI::Range(0.1, 86'400.0))
      ->capture_default_str();
  probe_app->add_option("--script", probe.script, "Commands from a file, or - for standard input");
  probe_app->add_option("--out", probe.out, "Folder for probe.json and session.mkv");
  probe_app->add_flag("--json", probe.json, "Events as JSON, one a line");
  probe_app->callback([&] { exit = run(probe); });

  SpeedCommand speed;
  auto* const speed_app = app.add_subcommand("speed", "Measure what the path from a host carries");
  speed_app->add_option("host", speed.host, "A host's name or address")->required();
  speed_app->add_option("--seconds", speed.seconds, "How long to measure")
      ->check(CLI::Range(2.0, 30.0))
      ->capture_default_str();
  speed_app->add_flag("--json", speed.json, "For programs");
  speed_app->callback([&] { exit = run(speed); });

  StreamCommand stream;
  stream.session.mode.clear();
  auto* const stream_app = app.add_subcommand("stream", "Stream into a window");
  add_session_options(*stream_app, stream.session, "; without it that of the display that the window is on");
  add_window_options(*stream_app, stream);
  stream_app->callback([&] { exit = run(stream); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // A word that is no command goes unread, and CLI11 only says that there was none.
    const auto named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
    if (argc < 2 || argv[1][0] == '-' || !app.get_subcommands(named).empty()) {
      app.exit(error);
      return static_cast<int>(Exit::usage);
    }
    fmt::print(stderr, "punktfunk: there is no command '{}'; 'punktfunk --help' lists them\n", argv[1]);
    return static_cast<int>(Exit::usage);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  return static_cast<int>(exit);
}

}  // namespace

Exit report(const Error& error) {
  fmt::print(stderr, "punktfunk: {}\n", error.message);
  switch (error.code) {
    case ErrorCode::invalid_argument: return Exit::usage;
    case ErrorCode::not_found:
    case ErrorCode::timeout: return Exit::not_found;
    case ErrorCode::unauthenticated: return Exit::not_paired;
    default: return Exit::failed;
  }
}

}  // namespace pf::client

int main(int argc, char** argv) {
  try {
    return pf::client::main(argc, argv);
  } catch (const std::exception& error) {
    // Errors are values here; what is left is memory running out, and defects.
    std::fputs("punktfunk: an unexpected error: ", stderr);
    std::fputs(error.what(), stderr);
    std::fputs("\n", stderr);
    return 1;
  }
}
