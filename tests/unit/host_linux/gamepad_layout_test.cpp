#include "host/linux/uinput/gamepad_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/linux/uinput/motion_sensors.h"
#include "unit/host_linux/said.h"

namespace pf::host {
namespace {

using test::said;
using test::Said;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;
using wire::GamepadKind;
constexpr auto sync = test::sync;
namespace button = wire::gamepad_button;

class Layout : public testing::Test {
 protected:
  /// What a pad of this kind says when it goes from rest to this.
  static std::vector<Said> from_rest(GamepadKind kind, std::uint32_t buttons, const wire::GamepadAxes& axes = {}) {
    const GamepadLayout layout({.kind = kind, .buttons = 0xFFFF'FFFF});
    EventFrame frame(layout.profile());
    layout.report(buttons, axes, frame);
    return said(frame);
  }
};

TEST_F(Layout, a_pad_at_rest_has_nothing_to_say) {
  for (const auto kind : {GamepadKind::unknown, GamepadKind::xbox, GamepadKind::playstation, GamepadKind::nintendo})
    EXPECT_THAT(from_rest(kind, 0), IsEmpty());
}

TEST_F(Layout, only_what_has_changed_is_said) {
  const GamepadLayout layout({.kind = GamepadKind::xbox});
  EventFrame frame(layout.profile());
  layout.report(button::a | button::left, {.left_trigger = 255}, frame);
  EXPECT_THAT(said(frame), UnorderedElementsAre(Said{EV_KEY, BTN_A, 1}, Said{EV_ABS, ABS_HAT0X, -1},
                                                Said{EV_ABS, ABS_Z, 255}, sync));
  layout.report(button::left, {.left_trigger = 255}, frame);
  EXPECT_THAT(said(frame), ElementsAre(Said{EV_KEY, BTN_A, 0}, sync));
  layout.report(button::left, {.left_trigger = 255}, frame);
  EXPECT_THAT(said(frame), IsEmpty());
}

TEST_F(Layout, what_is_up_for_the_client_is_up_for_the_kernel) {
  EXPECT_THAT(from_rest(GamepadKind::xbox, button::up, {.left_y = 32'767, .right_y = -32'768}),
              UnorderedElementsAre(Said{EV_ABS, ABS_HAT0Y, -1}, Said{EV_ABS, ABS_Y, -32'767},
                                   Said{EV_ABS, ABS_RY, 32'767}, sync));
}

TEST_F(Layout, sticks_fill_the_range_of_their_pad) {
  const wire::GamepadAxes corner{.left_x = -32'768, .right_x = 32'767};
  EXPECT_THAT(from_rest(GamepadKind::playstation, 0, corner),
              UnorderedElementsAre(Said{EV_ABS, ABS_X, 0}, Said{EV_ABS, ABS_RX, 255}, sync));
  EXPECT_THAT(from_rest(GamepadKind::nintendo, 0, corner),
              UnorderedElementsAre(Said{EV_ABS, ABS_X, -32'767}, Said{EV_ABS, ABS_RX, 32'767}, sync));
  const GamepadLayout layout({.kind = GamepadKind::playstation});
  EXPECT_THAT(layout.profile().axes, Contains(AllOf(Field(&Axis::code, ABS_RY), Field(&Axis::rest, 128))));
}

TEST_F(Layout, faces_are_where_each_maker_puts_them) {
  EXPECT_THAT(from_rest(GamepadKind::xbox, button::x), Contains(Said{EV_KEY, BTN_X, 1}));
  EXPECT_THAT(from_rest(GamepadKind::playstation, button::x), Contains(Said{EV_KEY, BTN_WEST, 1})) << "square";
  EXPECT_THAT(from_rest(GamepadKind::nintendo, button::x), Contains(Said{EV_KEY, BTN_NORTH, 1})) << "X is on top";
  EXPECT_THAT(from_rest(GamepadKind::nintendo, button::a), Contains(Said{EV_KEY, BTN_EAST, 1})) << "A is on the right";
}

TEST_F(Layout, triggers_are_axes_buttons_or_both) {
  const wire::GamepadAxes pulled{.left_trigger = 200, .right_trigger = 30};
  EXPECT_THAT(from_rest(GamepadKind::xbox, 0, pulled),
              UnorderedElementsAre(Said{EV_ABS, ABS_Z, 200}, Said{EV_ABS, ABS_RZ, 30}, sync));
  EXPECT_THAT(from_rest(GamepadKind::nintendo, 0, pulled), ElementsAre(Said{EV_KEY, BTN_TL2, 1}, sync));
  EXPECT_THAT(from_rest(GamepadKind::playstation, 0, pulled),
              UnorderedElementsAre(Said{EV_KEY, BTN_TL2, 1}, Said{EV_ABS, ABS_Z, 200}, Said{EV_ABS, ABS_RZ, 30}, sync));
}

TEST_F(Layout, paddles_and_share_are_there_when_the_client_has_them) {
  EXPECT_THAT(GamepadLayout({.kind = GamepadKind::xbox, .buttons = 0xF7FF}).profile().keys,
              Not(Contains(BTN_TRIGGER_HAPPY5)));
  EXPECT_THAT(from_rest(GamepadKind::xbox, button::paddle2 | button::share),
              UnorderedElementsAre(Said{EV_KEY, BTN_TRIGGER_HAPPY7, 1}, Said{EV_KEY, KEY_RECORD, 1}, sync));
  EXPECT_THAT(from_rest(GamepadKind::nintendo, button::share), ElementsAre(Said{EV_KEY, BTN_Z, 1}, sync))
      << "a Pro Controller has a button for it";
}

TEST_F(Layout, a_pad_of_no_known_kind_is_the_one_that_most_games_know) {
  EXPECT_EQ(GamepadLayout({}).profile().id.product, 0x028e);
  EXPECT_EQ(GamepadLayout({.kind = static_cast<GamepadKind>(77)}).profile().id.product, 0x028e);
  EXPECT_EQ(GamepadLayout({.has = wire::gamepad_has::touchpad}).profile().id.vendor, 0x054c);
}

// --- motion ---

std::vector<Said> moved(GamepadKind kind, const wire::GamepadMotion& motion) {
  const MotionSensors sensors(kind, DeviceProfile{});
  EventFrame frame(sensors.profile());
  sensors.report(motion, from_micros(7), frame);
  return said(frame);
}

TEST(MotionSensorsTest, a_dualsense_that_lies_still_feels_one_g_upwards) {
  EXPECT_THAT(moved(GamepadKind::playstation, {.acceleration = {0, 9807, 0}}),
              ElementsAre(Said{EV_ABS, ABS_Y, 8192}, Said{EV_MSC, MSC_TIMESTAMP, 7}, sync));
}

TEST(MotionSensorsTest, a_pro_controller_has_axes_of_its_own) {
  EXPECT_THAT(moved(GamepadKind::nintendo, {.acceleration = {0, 9807, 0}, .angular_speed = {1000, 0, 0}}),
              UnorderedElementsAre(Said{EV_ABS, ABS_Z, 4096}, Said{EV_ABS, ABS_RY, -14'247},
                                   Said{EV_MSC, MSC_TIMESTAMP, 7}, sync));
}

TEST(MotionSensorsTest, what_is_out_of_range_is_the_most_there_is) {
  EXPECT_THAT(
      moved(GamepadKind::playstation, {.acceleration = {2'000'000'000, 0, 0}, .angular_speed = {0, 0, -2'147'483'647}}),
      UnorderedElementsAre(Said{EV_ABS, ABS_X, 4 * 8192}, Said{EV_ABS, ABS_RZ, -2048 * 1024},
                           Said{EV_MSC, MSC_TIMESTAMP, 7}, sync));
}

TEST(MotionSensorsTest, only_a_pad_that_feels_has_them) {
  EXPECT_FALSE(has_motion({.kind = GamepadKind::playstation, .has = wire::gamepad_has::rumble}));
  EXPECT_TRUE(has_motion({.has = wire::gamepad_has::gyroscope}));
}

}  // namespace
}  // namespace pf::host
