#include "client/probe/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "client/input/keys.h"

namespace pf::client::script {
namespace {

using Words = std::vector<std::string_view>;

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Words split(std::string_view text) {
  Words words;
  while (!(text = trim(text)).empty()) {
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::optional<double> number(std::string_view word, double least, double most) {
  double value = 0;
  const auto [end, ec] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (ec != std::errc{} || end != word.data() + word.size() || !(value >= least && value <= most)) return std::nullopt;
  return value;
}

std::optional<Bitrate> megabits(std::string_view word) {
  const auto value = number(word, 0.1, 1000);
  if (!value) return std::nullopt;
  return Bitrate{static_cast<std::uint64_t>(std::llround(*value * 1e6))};
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char next = text[++i];
    out += next == 'n' ? '\n' : next == 't' ? '\t' : next;
  }
  return out;
}

std::unexpected<Error> wants(std::string_view usage) {
  return fail(ErrorCode::invalid_argument, fmt::format("the script wants: {}", usage));
}

using Parsed = Result<std::optional<Command>>;

Parsed parse_wait(const Words& args) {
  const auto seconds = args.size() == 1 ? number(args[0], 0, 3600) : std::nullopt;
  if (!seconds) return wants("wait SECONDS");
  return Wait{std::chrono::milliseconds{std::llround(*seconds * 1000)}};
}

Parsed parse_reconfigure(const Words& args) {
  if (args.empty() || args.size() > 2) return wants("reconfigure WxH@HZ [MBIT/S]");
  const auto mode = Mode::parse(args[0]);
  if (!mode) return std::unexpected(mode.error());
  Reconfigure command{*mode, std::nullopt};
  if (args.size() == 2) {
    command.bitrate = megabits(args[1]);
    if (!command.bitrate) return wants("reconfigure WxH@HZ [MBIT/S]");
  }
  return command;
}

Parsed parse_bitrate(const Words& args) {
  const auto bitrate = args.size() == 1 ? megabits(args[0]) : std::nullopt;
  if (!bitrate) return wants("bitrate MBIT/S");
  return SetBitrate{*bitrate};
}

/// `key` and `button` share their grammar: NAME or CODE, then down or up or nothing for both.
template <class T>
Parsed parse_press(const Words& args, std::optional<std::uint16_t> (*named)(std::string_view), std::string_view usage) {
  if (args.empty() || args.size() > 2) return wants(usage);
  auto code = named(args[0]);
  if (!code) {
    const auto value = number(args[0], 1, 0x2FF);
    if (value && *value == std::floor(*value)) code = static_cast<std::uint16_t>(*value);
  }
  if (!code) return wants(usage);
  if (args.size() == 1) return T{*code, true, true};
  if (args[1] == "down") return T{*code, true, false};
  if (args[1] == "up") return T{*code, false, true};
  return wants(usage);
}

template <class T>
Parsed parse_pair(const Words& args, double least, double most, std::size_t fewest, std::string_view usage) {
  if (args.size() < fewest || args.size() > 2) return wants(usage);
  const auto first = number(args[0], least, most);
  const auto second = args.size() == 2 ? number(args[1], least, most) : std::optional(0.0);
  if (!first || !second) return wants(usage);
  return T{*first, *second};
}

Parsed parse_measure(const Words& args) {
  if (args.size() != 1 || (args[0] != "begin" && args[0] != "end")) return wants("measure begin|end");
  return Measure{args[0] == "begin"};
}

Parsed parse_type(std::string_view rest) {
  auto text = unescape(rest);
  if (const auto strokes = strokes_for(text); !strokes) return std::unexpected(strokes.error());
  return Type{std::move(text)};
}

template <class T>
Parsed parse_bare(const Words& args, std::string_view name) {
  if (!args.empty()) return wants(name);
  return T{};
}

}  // namespace

Result<std::optional<Command>> parse_line(std::string_view line) {
  line = trim(line);
  if (line.empty() || line.front() == '#') return std::nullopt;
  const auto name = line.substr(0, std::min(line.find_first_of(" \t"), line.size()));
  const auto rest = trim(line.substr(name.size()));
  const auto args = split(rest);

  if (name == "wait") return parse_wait(args);
  if (name == "reconfigure") return parse_reconfigure(args);
  if (name == "bitrate") return parse_bitrate(args);
  if (name == "key") return parse_press<Key>(args, key_code, "key NAME|CODE [down|up]");
  if (name == "button")
    return parse_press<Button>(args, button_code, "button left|right|middle|side|extra|CODE [down|up]");
  if (name == "type") return parse_type(rest);
  if (name == "text")
    return rest.empty() || rest.size() > 256 ? Parsed(wants("text UTF-8, at most 256 bytes"))
                                             : Parsed(Text{unescape(rest)});
  if (name == "move") return parse_pair<Move>(args, -100'000, 100'000, 2, "move DX DY");
  if (name == "place") return parse_pair<Place>(args, 0, 1, 2, "place X Y, each 0 to 1");
  if (name == "wheel") return parse_pair<Wheel>(args, -1000, 1000, 1, "wheel VERTICAL [HORIZONTAL]");
  if (name == "keyframe") return parse_bare<Keyframe>(args, name);
  if (name == "snapshot")
    return rest.empty() ? Parsed(wants("snapshot FILE.png")) : Parsed(Snapshot{std::string(rest)});
  if (name == "measure") return parse_measure(args);
  if (name == "mark") return rest.empty() ? Parsed(wants("mark LABEL")) : Parsed(Mark{std::string(rest)});
  if (name == "goodbye") return parse_bare<Goodbye>(args, name);
  return fail(ErrorCode::invalid_argument, fmt::format("the script has no command '{}'", name));
}

}  // namespace pf::client::script
