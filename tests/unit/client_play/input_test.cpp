#include <gtest/gtest.h>

#include <set>

#include "client/input/hid_keys.h"
#include "client/input/keys.h"
#include "client/play/held_keys.h"
#include "client/play/resize_follower.h"
#include "client/play/wheel.h"

namespace pf::client {
namespace {

TEST(HidKeys, places_on_the_keyboard_have_the_kernels_codes) {
  const std::pair<std::uint32_t, const char*> expected[] = {
      {4, "a"},           {29, "z"},          {30, "1"},        {39, "0"},         {40, "enter"},
      {41, "esc"},        {44, "space"},      {45, "minus"},    {49, "backslash"}, {52, "apostrophe"},
      {56, "slash"},      {58, "f1"},         {69, "f12"},      {70, "sysrq"},     {73, "insert"},
      {78, "pagedown"},   {79, "right"},      {82, "up"},       {83, "numlock"},   {84, "kpslash"},
      {88, "kpenter"},    {89, "kp1"},        {98, "kp0"},      {99, "kpdot"},     {100, "102nd"},
      {101, "compose"},   {103, "kpequal"},   {127, "mute"},    {128, "volumeup"}, {129, "volumedown"},
      {224, "leftctrl"},  {225, "leftshift"}, {226, "leftalt"}, {227, "leftmeta"}, {228, "rightctrl"},
      {231, "rightmeta"},
  };
  for (const auto& [usage, name] : expected) EXPECT_EQ(key_code_of_usage(usage), key_code(name)) << name;
  EXPECT_EQ(key_code_of_usage(133), 121) << "keypad comma";
  EXPECT_EQ(key_code_of_usage(135), 89) << "international 1";
  EXPECT_EQ(key_code_of_usage(148), 85) << "language 5";
}

TEST(HidKeys, what_is_no_key_has_no_code) {
  for (const std::uint32_t usage : {0u, 3u, 130u, 149u, 200u, 223u, 232u, 511u, 0xFFFF'FFFFu})
    EXPECT_EQ(key_code_of_usage(usage), std::nullopt) << usage;
}

TEST(HidKeys, only_the_two_backslashes_share_a_code) {
  std::multiset<std::uint16_t> codes;
  for (std::uint32_t usage = 0; usage < 256; ++usage)
    if (const auto code = key_code_of_usage(usage)) codes.insert(*code);
  for (const auto code : codes) EXPECT_EQ(codes.count(code), code == 43 ? 2u : 1u) << code;
}

TEST(HeldKeys, a_repeat_is_not_told_again) {
  HeldKeys keys;
  EXPECT_TRUE(keys.press(30));
  EXPECT_FALSE(keys.press(30));
  EXPECT_TRUE(keys.release(30));
  EXPECT_FALSE(keys.release(30));
}

TEST(HeldKeys, letting_go_of_everything_leaves_nothing_to_release) {
  HeldKeys keys;
  EXPECT_FALSE(keys.release_all());
  keys.press(30);
  keys.press(0x110);
  EXPECT_TRUE(keys.release_all());
  EXPECT_FALSE(keys.release(30));
}

TEST(HeldKeys, text_is_a_keys_doing_only_while_a_key_that_prints_is_down) {
  HeldKeys keys;
  keys.press(42);
  keys.press(0x110);
  EXPECT_FALSE(keys.typing());
  keys.press(30);
  EXPECT_TRUE(keys.typing());
  keys.release(30);
  EXPECT_FALSE(keys.typing());
}

TEST(ResizeFollower, says_the_last_size_once_the_hand_rests) {
  ResizeFollower follower;
  const TimePoint start{std::chrono::seconds{5}};
  EXPECT_FALSE(follower.take(start));
  follower.resized({800, 600}, start);
  follower.resized({900, 600}, start + milliseconds{200});
  EXPECT_FALSE(follower.take(start + milliseconds{400}));
  EXPECT_EQ(follower.take(start + milliseconds{500}), (Extent{900, 600}));
  EXPECT_FALSE(follower.take(start + milliseconds{900}));
}

TEST(ModeFor, is_even_and_within_what_every_host_accepts) {
  EXPECT_EQ(mode_for({1281, 721}, 60'000), (Mode{1280, 720, 60'000}));
  EXPECT_EQ(mode_for({10, 10}, 60'000), (Mode{320, 200, 60'000}));
  EXPECT_EQ(mode_for({20'000, 20'000}, 60'000), (Mode{7680, 4320, 60'000}));
  EXPECT_TRUE(mode_for({-5, 0}, 60'000).valid());
}

TEST(WheelAxis, fractions_of_a_notch_add_up) {
  WheelAxis axis;
  EXPECT_EQ(axis.turn(1), 120);
  EXPECT_EQ(axis.turn(-0.5), -60);
  int sum = 0;
  for (int i = 0; i < 1000; ++i) sum += axis.turn(0.001);
  EXPECT_NEAR(sum, 120, 1);
}

}  // namespace
}  // namespace pf::client
