#include "client/probe/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/input/keys.h"

namespace pf::client {
namespace {

using testing::HasSubstr;

template <class T>
T parsed(std::string_view line) {
  auto command = script::parse_line(line);
  EXPECT_TRUE(command) << line << ": " << command.error().message;
  EXPECT_TRUE(command->has_value());
  return std::get<T>(**command);
}

TEST(Script, skips_empty_lines_and_comments) {
  for (const auto* line : {"", "   ", "# wait 3", "\t# x"})
    EXPECT_FALSE(script::parse_line(line).value().has_value()) << line;
}

TEST(Script, reads_every_command) {
  EXPECT_EQ(parsed<script::Wait>("wait 1.5").span, std::chrono::milliseconds{1500});
  EXPECT_EQ(parsed<script::Reconfigure>("reconfigure 1920x1080@60").mode, (Mode{1920, 1080, 60'000}));
  EXPECT_EQ(parsed<script::Reconfigure>("reconfigure 800x600 12.5").bitrate, Bitrate{12'500'000});
  EXPECT_EQ(parsed<script::SetBitrate>("bitrate 8").bitrate, Bitrate{8'000'000});
  EXPECT_EQ(parsed<script::Type>("type a\\tb\\n").text, "a\tb\n");
  EXPECT_EQ(parsed<script::Text>("text gr\xC3\xBC\xC3\x9F").utf8, "gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(parsed<script::Move>("move 10 -5.5").dy, -5.5);
  EXPECT_EQ(parsed<script::Place>("place 0.25 1").x, 0.25);
  EXPECT_EQ(parsed<script::Wheel>("wheel -1").vertical, -1);
  EXPECT_EQ(parsed<script::Wheel>("wheel 0 2").horizontal, 2);
  parsed<script::Keyframe>("keyframe");
  EXPECT_EQ(parsed<script::Snapshot>("snapshot a b.png").file, "a b.png");
  EXPECT_FALSE(parsed<script::Measure>("measure end").begin);
  EXPECT_EQ(parsed<script::Mark>("mark here").label, "here");
  parsed<script::Goodbye>("goodbye");
}

TEST(Script, a_key_is_pressed_and_let_go_unless_the_line_says_one_of_them) {
  const auto both = parsed<script::Key>("key enter");
  EXPECT_EQ(both.code, 28);
  EXPECT_TRUE(both.press && both.release);
  const auto down = parsed<script::Key>("key leftshift down");
  EXPECT_TRUE(down.press && !down.release);
  const auto up = parsed<script::Button>("button left up");
  EXPECT_EQ(up.code, 0x110);
  EXPECT_TRUE(!up.press && up.release);
  EXPECT_EQ(parsed<script::Key>("key 240").code, 240);
}

TEST(Script, says_what_a_command_would_have_wanted) {
  EXPECT_THAT(script::parse_line("wait").error().message, HasSubstr("wait SECONDS"));
  for (const auto* line :
       {"wait -1",       "wait 1 2", "wait nan",       "reconfigure", "reconfigure 1x1", "reconfigure 800x600 x",
        "bitrate 0",     "key",      "key nosuch",     "key 99999",   "key 1.5",         "key enter sideways",
        "type \xC3\xBC", "text",     "move 1",         "move a b",    "place 2 0",       "wheel",
        "snapshot",      "measure",  "measure middle", "mark",        "goodbye now",     "dance"}) {
    EXPECT_FALSE(script::parse_line(line)) << line;
  }
}

TEST(Keys, type_what_a_us_keyboard_prints) {
  EXPECT_EQ(strokes_for("aA1!\n").value(),
            (std::vector<KeyStroke>{{30, false}, {30, true}, {2, false}, {2, true}, {28, false}}));
  std::string all;
  for (char c = ' '; c <= '~'; ++c) all += c;
  EXPECT_EQ(strokes_for(all).value().size(), all.size());
}

}  // namespace
}  // namespace pf::client
