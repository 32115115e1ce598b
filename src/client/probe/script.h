// The language that drives a headless client: one command a line, from a file or live from standard input.
// docs/client.md, "Scripts".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/error.h"
#include "core/base/units.h"
#include "core/wire/input_events.h"

namespace pf::client::script {

struct Wait {
  std::chrono::milliseconds span{0};
};  // wait 1.5
struct Reconfigure {
  Mode mode;
  std::optional<Bitrate> bitrate;
};  // reconfigure 1920x1080@60 [30]   (Mbit/s)
struct SetBitrate {
  Bitrate bitrate;
};  // bitrate 12.5
struct Key {
  std::uint16_t code = 0;
  bool press = true;
  bool release = true;
};  // key enter | key leftshift down | key 28 up
struct Button {
  std::uint16_t code = 0;
  bool press = true;
  bool release = true;
};  // button left | button left down
struct Type {
  std::string text;
};  // type hello\n    (keys of a US layout)
struct Text {
  std::string utf8;
};  // text grüße       (as Unicode)
struct Move {
  double dx = 0, dy = 0;
};  // move 10 -5      (pixels)
struct Place {
  double x = 0, y = 0;
};  // place 0.5 0.5   (0 to 1 over the display)
struct Wheel {
  double vertical = 0, horizontal = 0;
};  // wheel -1 [0]    (notches)
struct Keyframe {};  // keyframe
struct Snapshot {
  std::string file;
};  // snapshot out.png
struct Measure {
  bool begin = true;
};  // measure begin | measure end
struct Mark {
  std::string label;
};  // mark LABEL
struct Goodbye {};  // goodbye

using Command = std::variant<Wait, Reconfigure, SetBitrate, Key, Button, Type, Text, Move, Place, Wheel, Keyframe,
                             Snapshot, Measure, Mark, Goodbye>;

/// Empty lines and lines that begin with # give nullopt. Backslash escapes in type and text: \n \t \\.
/// Errors: invalid_argument, with what the command would have wanted.
Result<std::optional<Command>> parse_line(std::string_view line);

}  // namespace pf::client::script
