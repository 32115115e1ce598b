#include "client/play/overlay_text.h"

#include <fmt/format.h>

namespace pf::client {
namespace {

double ms(Duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

std::string number_or_dash(const std::optional<Duration>& d) {
  return d ? fmt::format("{:.1f}", ms(*d)) : "-";
}

std::string ms_or_dash(const std::optional<Duration>& d) {
  return number_or_dash(d) + (d ? " ms" : "");
}

}  // namespace

std::vector<std::string> overlay_lines(const StreamFigures& f) {
  std::vector<std::string> lines{
      fmt::format("{} from {}", f.mode.to_string(), f.host),
      fmt::format("{:.1f} fps shown, {:.1f} decoded   {:.1f} Mbit/s", f.fps, f.decoded_fps, f.mbit_per_second),
      fmt::format(
          "packets lost {:.1f}%   frames recovered {}, lost {}   mended by reference {}, refresh {}, keyframe {}",
          f.packet_loss * 100, f.frames_recovered, f.frames_lost, f.repairs, f.refreshes, f.restarts),
      fmt::format("round trip {}", ms_or_dash(f.round_trip)),
      fmt::format("capture {}  encode {}  network {}  decode {}  present {}   (ms)", number_or_dash(f.stages.capture),
                  number_or_dash(f.stages.encode), number_or_dash(f.stages.network), number_or_dash(f.stages.decode),
                  number_or_dash(f.stages.present)),
      fmt::format("capture to screen {}, 99% within {}", ms_or_dash(f.latency_p50), ms_or_dash(f.latency_p99)),
  };
  if (f.sound) {
    lines.push_back(fmt::format("sound buffer {:.0f} of {:.0f} ms   concealed {}, underruns {}", ms(f.sound->buffered),
                                ms(f.sound->target), f.sound->concealed, f.sound->underruns));
  } else {
    lines.emplace_back("no sound");
  }
  return lines;
}

}  // namespace pf::client
