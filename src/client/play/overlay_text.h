// What the statistics overlay and the status banner say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/units.h"

namespace pf::client {

/// The last second of a stream, for people.
struct StreamFigures {
  std::string host;
  Mode mode;
  double fps = 0;  // pictures shown
  double decoded_fps = 0;
  double mbit_per_second = 0;
  double packet_loss = 0;  // 0 to 1, before recovery
  std::uint64_t frames_recovered = 0;
  std::uint64_t frames_lost = 0;
  std::uint64_t repairs = 0;    // losses that a frame of the usual size ended
  std::uint64_t refreshes = 0;  // losses that several of the usual size ended
  std::uint64_t restarts = 0;   // losses that a keyframe ended
  std::optional<Duration> round_trip;
  /// Medians; nullopt where nothing passed.
  struct Stages {
    std::optional<Duration> capture, encode, network, decode, present;  // encode with its waits and the conversion
  } stages;
  std::optional<Duration> latency_p50;  // capture to presentation
  std::optional<Duration> latency_p99;
  struct Sound {
    Duration buffered{0}, target{0};
    std::uint64_t concealed = 0;
    std::uint64_t underruns = 0;
  };
  std::optional<Sound> sound;
};

[[nodiscard]] std::vector<std::string> overlay_lines(const StreamFigures& figures);

}  // namespace pf::client
