#include "host/stream/gamepad_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_platform.h"

namespace pf::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GamepadReceiverTest : public testing::Test {
 protected:
  std::shared_ptr<test::FakeWorld> world = std::make_shared<test::FakeWorld>();
  test::FakePlatform platform{world};
  std::unique_ptr<VirtualDisplay> display = std::move(*platform.create_display({640, 480, 60'000}, "test"));
  std::vector<GamepadFeedback> felt;
  int opened = 0;
  GamepadReceiver receiver{[this] {
    ++opened;
    return platform.open_gamepads(*display, [this](const GamepadFeedback& feedback) { felt.push_back(feedback); });
  }};

  template <class Event>
  void apply(const Event& event) {
    ASSERT_TRUE(receiver.apply(event));
  }
  [[nodiscard]] std::vector<std::string> done() const { return world->injected(); }
};

TEST_F(GamepadReceiverTest, a_pad_is_plugged_in_played_and_unplugged) {
  EXPECT_EQ(opened, 0) << "most sessions have no gamepad";
  apply(wire::GamepadArrival{.pad = 2});
  apply(wire::GamepadEvent{2, 1, 0x2000, {.left_trigger = 255}});
  apply(wire::GamepadSticks{2, 2, {.left_x = -5}});
  apply(wire::GamepadMotion{2, 1, {0, 0, 9807}, {}});
  apply(wire::GamepadBattery{2, wire::BatteryState::discharging, 40});
  apply(wire::GamepadRemoval{2});
  EXPECT_THAT(done(), ElementsAre("pad 2 plugged in", "pad 2 buttons 8192 axes 255 0 0 0 0 0",
                                  "pad 2 buttons 8192 axes 0 0 -5 0 0 0", "pad 2 falls at 9807", "pad 2 at 40%",
                                  "pad 2 unplugged"));
  EXPECT_EQ(opened, 1);
}

TEST_F(GamepadReceiverTest, a_pad_that_nobody_announced_does_nothing) {
  apply(wire::GamepadEvent{2, 1, 0x2000, {}});
  apply(wire::GamepadSticks{2, 2, {}});
  apply(wire::GamepadMotion{200, 1, {}, {}});
  apply(wire::GamepadBattery{16, {}, 1});
  apply(wire::GamepadRemoval{255});
  apply(wire::GamepadArrival{.pad = 16});
  EXPECT_THAT(done(), IsEmpty());
}

TEST_F(GamepadReceiverTest, each_touchpad_has_contacts_of_its_own_which_end_with_the_focus) {
  apply(wire::GamepadArrival{.pad = 0});
  apply(wire::GamepadArrival{.pad = 1});
  apply(wire::GamepadTouch{0, {1, wire::TouchPhase::down, {.id = 7, .x = 5}}});
  apply(wire::GamepadTouchMotion{1, {2, {{.id = 7, .x = 6}}}});  // not down there
  apply(wire::GamepadTouchMotion{0, {2, {{.id = 7, .x = 6}}}});
  apply(wire::GamepadTouchMotion{0, {1, {{.id = 7, .x = 9}}}});          // late
  apply(wire::GamepadTouch{3, {1, wire::TouchPhase::down, {.id = 7}}});  // no such pad
  receiver.release_all();
  EXPECT_THAT(done(), ElementsAre("pad 0 plugged in", "pad 1 plugged in", "pad 0 touch 7 phase 1 at 5",
                                  "pad 0 touch 7 phase 2 at 6", "pad 0 touch 7 phase 4 at 0"));
}

TEST_F(GamepadReceiverTest, late_sticks_are_dropped_and_press_nothing) {
  apply(wire::GamepadArrival{.pad = 0});
  apply(wire::GamepadEvent{0, 7, 0x1, {}});
  apply(wire::GamepadSticks{0, 6, {.left_x = 1}});
  apply(wire::GamepadSticks{0, 8, {.left_x = 2}});
  apply(wire::GamepadSticks{0, 8, {.left_x = 3}});
  EXPECT_THAT(done(),
              ElementsAre("pad 0 plugged in", "pad 0 buttons 1 axes 0 0 0 0 0 0", "pad 0 buttons 1 axes 0 0 2 0 0 0"));
}

TEST_F(GamepadReceiverTest, a_pad_that_comes_again_is_a_new_one) {
  apply(wire::GamepadArrival{.pad = 0});
  apply(wire::GamepadEvent{0, 0x80000005, 0x1, {}});
  apply(wire::GamepadArrival{.pad = 0});
  apply(wire::GamepadSticks{0, 0x80000006, {.left_x = 2}});
  EXPECT_THAT(done(), ElementsAre("pad 0 plugged in", "pad 0 buttons 1 axes 0 0 0 0 0 0", "pad 0 unplugged",
                                  "pad 0 plugged in", "pad 0 buttons 0 axes 0 0 2 0 0 0"));
}

TEST_F(GamepadReceiverTest, what_is_held_is_let_go_of_and_the_pad_stays) {
  apply(wire::GamepadArrival{.pad = 0});
  apply(wire::GamepadArrival{.pad = 1});
  apply(wire::GamepadEvent{0, 1, 0x1, {.right_y = 9}});
  receiver.release_all();
  EXPECT_EQ(done().back(), "pad 0 buttons 0 axes 0 0 0 0 0 0");
  EXPECT_EQ(done().size(), 4u);
}

TEST_F(GamepadReceiverTest, a_games_rumble_and_light_come_back) {
  apply(wire::GamepadArrival{.pad = 3});
  apply(wire::GamepadEvent{3, 1, 0x1000, {}});
  EXPECT_THAT(felt, ElementsAre(GamepadFeedback(wire::GamepadRumble{.pad = 3, .low = 1000, .high = 2000}),
                                GamepadFeedback(wire::GamepadLight{.pad = 3, .colour = 0x102030})));
}

TEST_F(GamepadReceiverTest, without_a_backend_the_first_pad_says_so) {
  world->refuse_gamepads = true;
  EXPECT_FALSE(receiver.apply(wire::GamepadArrival{.pad = 0}));
  apply(wire::GamepadEvent{0, 1, 0x1, {}});
  EXPECT_THAT(done(), IsEmpty());
}

}  // namespace
}  // namespace pf::host
