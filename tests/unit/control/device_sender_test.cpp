#include "control/link/device_sender.h"

#include <gtest/gtest.h>

namespace pf::control {
namespace {

using wire::TouchPhase;

template <class Event>
const Event* reliable(const DeviceSender::Outgoing& out) {
  if (!out) return nullptr;
  const auto* input = std::get_if<wire::ReliableInput>(&*out);
  return input != nullptr ? std::get_if<Event>(input) : nullptr;
}

template <class Motion>
const Motion* motion(const DeviceSender::Outgoing& out) {
  if (!out) return nullptr;
  const auto* input = std::get_if<wire::UnreliableInput>(&*out);
  return input != nullptr ? std::get_if<Motion>(input) : nullptr;
}

TEST(DeviceSender, a_finger_comes_and_goes_reliably_and_moves_with_all_others) {
  DeviceSender sender;
  const auto down = sender.touch(TouchPhase::down, {.id = 1, .x = 10});
  ASSERT_NE(reliable<wire::TouchEvent>(down), nullptr);
  sender.touch(TouchPhase::down, {.id = 2, .x = 20});
  const auto moved = sender.touch(TouchPhase::move, {.id = 1, .x = 11});
  ASSERT_NE(motion<wire::TouchMotion>(moved), nullptr);
  EXPECT_EQ(motion<wire::TouchMotion>(moved)->sequence, 3u);
  EXPECT_EQ(motion<wire::TouchMotion>(moved)->contacts,
            (std::vector<wire::TouchContact>{{.id = 1, .x = 11}, {.id = 2, .x = 20}}));
  const auto up = sender.touch(TouchPhase::up, {.id = 1, .x = 12});
  ASSERT_NE(reliable<wire::TouchEvent>(up), nullptr);
  EXPECT_EQ(reliable<wire::TouchEvent>(up)->sequence, 4u);
}

TEST(DeviceSender, a_finger_that_is_not_there_says_nothing) {
  DeviceSender sender;
  EXPECT_FALSE(sender.touch(TouchPhase::move, {.id = 1}));
  EXPECT_FALSE(sender.touch(TouchPhase::up, {.id = 1}));
  for (std::uint32_t id = 0; id < 16; ++id) EXPECT_TRUE(sender.touch(TouchPhase::down, {.id = id}));
  EXPECT_FALSE(sender.touch(TouchPhase::down, {.id = 3})) << "it is down already";
  EXPECT_FALSE(sender.touch(TouchPhase::down, {.id = 16})) << "nobody has seventeen";
}

TEST(DeviceSender, each_touchpad_has_fingers_of_its_own) {
  DeviceSender sender;
  sender.touch(TouchPhase::down, {.id = 1});
  EXPECT_FALSE(sender.gamepad_touch(2, TouchPhase::move, {.id = 1})) << "that one is on the screen";
  const auto down = sender.gamepad_touch(2, TouchPhase::down, {.id = 1});
  ASSERT_NE(reliable<wire::GamepadTouch>(down), nullptr);
  EXPECT_EQ(*reliable<wire::GamepadTouch>(down), (wire::GamepadTouch{2, {1, TouchPhase::down, {.id = 1}}}));
  const auto moved = sender.gamepad_touch(2, TouchPhase::move, {.id = 1, .x = 9});
  ASSERT_NE(motion<wire::GamepadTouchMotion>(moved), nullptr);
  EXPECT_TRUE(sender.is_newest(std::get<wire::UnreliableInput>(*moved)));
  sender.gamepad_touch(2, TouchPhase::up, {.id = 1});
  EXPECT_FALSE(sender.is_newest(std::get<wire::UnreliableInput>(*moved)));
  sender.gamepad_touch(2, TouchPhase::down, {.id = 1});
  sender.forget_gamepad(2);
  EXPECT_FALSE(sender.gamepad_touch(2, TouchPhase::move, {.id = 1})) << "another pad has come";
  EXPECT_FALSE(sender.gamepad_touch(16, TouchPhase::down, {.id = 1}));
}

TEST(DeviceSender, the_pen_moves_by_datagram_and_touches_reliably) {
  DeviceSender sender;
  EXPECT_FALSE(sender.pen({.x = 1})) << "it is out of sight";
  EXPECT_NE(reliable<wire::PenEvent>(sender.pen({.in_range = true, .x = 1})), nullptr);
  EXPECT_NE(motion<wire::PenMotion>(sender.pen({.in_range = true, .x = 2})), nullptr);
  const auto touches = sender.pen({.in_range = true, .touching = true, .x = 2});
  ASSERT_NE(reliable<wire::PenEvent>(touches), nullptr);
  EXPECT_EQ(reliable<wire::PenEvent>(touches)->pen.sequence, 4u);
}

TEST(DeviceSender, buttons_travel_reliably_sticks_by_datagram_and_nothing_twice) {
  DeviceSender sender;
  EXPECT_FALSE(sender.gamepad(0, 0, {}));
  EXPECT_NE(reliable<wire::GamepadEvent>(sender.gamepad(0, 1, {})), nullptr);
  EXPECT_FALSE(sender.gamepad(0, 1, {}));
  EXPECT_NE(motion<wire::GamepadSticks>(sender.gamepad(0, 1, {.left_x = 1})), nullptr);
  EXPECT_FALSE(sender.gamepad(16, 1, {}));
  EXPECT_FALSE(sender.gamepad_motion({.pad = 16}));
}

TEST(DeviceSender, a_pad_that_comes_again_holds_nothing) {
  DeviceSender sender;
  sender.gamepad(0, 1, {});
  sender.forget_gamepad(0);
  EXPECT_NE(reliable<wire::GamepadEvent>(sender.gamepad(0, 1, {})), nullptr);
}

TEST(DeviceSender, motion_is_worth_repeating_until_something_newer_is_said) {
  DeviceSender sender;
  sender.gamepad(0, 1, {});
  const auto sticks = std::get<wire::UnreliableInput>(*sender.gamepad(0, 1, {.left_x = 1}));
  const auto turned = std::get<wire::UnreliableInput>(*sender.gamepad_motion({.pad = 0}));
  EXPECT_TRUE(sender.is_newest(sticks));
  sender.gamepad(1, 1, {});
  EXPECT_TRUE(sender.is_newest(sticks));
  sender.gamepad(0, 0, {.left_x = 1});
  EXPECT_FALSE(sender.is_newest(sticks));
  EXPECT_TRUE(sender.is_newest(turned));
}

}  // namespace
}  // namespace pf::control
