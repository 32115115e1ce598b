#include "host/stream/input_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "host/stream/input_loop.h"
#include "support/fake_platform.h"

namespace pf::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using wire::PointerState;

class InputReceiverTest : public testing::Test {
 protected:
  std::shared_ptr<test::FakeWorld> world = std::make_shared<test::FakeWorld>();
  test::FakePlatform platform{world};
  std::unique_ptr<VirtualDisplay> display = std::move(*platform.create_display({640, 480, 60'000}, "test"));
  std::unique_ptr<InputInjector> injector = std::move(*platform.open_injector(*display));
  OpenGamepads open_gamepads = [this] { return platform.open_gamepads(*display, {}); };
  InputReceiver receiver{*injector, open_gamepads};

  void apply(const wire::ReliableInput& event) { ASSERT_TRUE(receiver.apply(event)); }
  void apply(const PointerState& pointer) { ASSERT_TRUE(receiver.apply(pointer)); }
  [[nodiscard]] std::vector<std::string> done() const { return world->injected(); }
};

PointerState relative(std::uint32_t sequence, std::int32_t dx, std::int32_t dy) {
  return {.sequence = sequence, .total_dx = dx, .total_dy = dy};
}

TEST_F(InputReceiverTest, motion_is_the_difference_of_totals_in_sixteenths) {
  apply(relative(1, 16, -32));
  apply(relative(2, 24, -32));
  EXPECT_THAT(done(), ElementsAre("move 1 -2", "move 0.5 0"));
}

TEST_F(InputReceiverTest, a_lost_datagram_loses_no_motion) {
  apply(relative(1, 16, 0));
  apply(relative(5, 160, 16));
  EXPECT_THAT(done(), ElementsAre("move 1 0", "move 9 1"));
}

TEST_F(InputReceiverTest, duplicates_and_late_states_move_nothing) {
  apply(relative(7, 160, 0));
  apply(relative(7, 160, 0));
  apply(relative(6, 80, 0));
  EXPECT_THAT(done(), ElementsAre("move 10 0"));
}

TEST_F(InputReceiverTest, sequence_and_totals_may_wrap) {
  apply(relative(0xffffffff, INT32_MAX, 0));
  apply(relative(1, INT32_MIN + 15, 0));
  EXPECT_EQ(done().back(), "move 1 0");
}

TEST_F(InputReceiverTest, an_absolute_position_is_a_share_of_the_display) {
  apply(PointerState{.sequence = 1, .absolute = true, .x = 65'535, .y = 0});
  EXPECT_THAT(done(), ElementsAre("place 1 0"));
}

TEST_F(InputReceiverTest, a_click_lands_where_the_user_aimed) {
  apply(wire::ButtonEvent{.code = 0x110, .pressed = true, .at = relative(1, 32, 0)});
  apply(relative(1, 32, 0));
  apply(wire::ButtonEvent{.code = 0x110, .pressed = false, .at = relative(1, 32, 0)});
  EXPECT_THAT(done(), ElementsAre("move 2 0", "button 272 down", "button 272 up"));
}

TEST_F(InputReceiverTest, the_wheel_turns_at_the_pointer) {
  apply(wire::WheelEvent{.vertical = -120, .horizontal = 0, .at = relative(1, 16, 16)});
  EXPECT_THAT(done(), ElementsAre("move 1 1", "wheel -120 0"));
}

TEST_F(InputReceiverTest, a_key_goes_down_once_however_often_it_is_said) {
  apply(wire::KeyEvent{.code = 30, .pressed = true});
  apply(wire::KeyEvent{.code = 30, .pressed = true});
  apply(wire::KeyEvent{.code = 30, .pressed = false});
  apply(wire::KeyEvent{.code = 30, .pressed = false});
  EXPECT_THAT(done(), ElementsAre("key 30 down", "key 30 up"));
}

TEST_F(InputReceiverTest, a_code_out_of_bounds_is_ignored) {
  apply(wire::KeyEvent{.code = 0x300, .pressed = true});
  apply(wire::KeyEvent{.code = 0xffff, .pressed = true});
  apply(wire::ButtonEvent{.code = 0x300, .pressed = true, .at = {}});
  EXPECT_THAT(done(), IsEmpty());
  EXPECT_FALSE(receiver.holds_anything());
}

TEST_F(InputReceiverTest, everything_is_let_go_of_at_once) {
  apply(wire::KeyEvent{.code = 42, .pressed = true});
  EXPECT_TRUE(receiver.holds_anything());
  apply(wire::ReleaseAllEvent{});
  EXPECT_FALSE(receiver.holds_anything());
  apply(wire::KeyEvent{.code = 42, .pressed = true});
  EXPECT_THAT(done(), ElementsAre("key 42 down", "release all", "key 42 down"));
}

TEST_F(InputReceiverTest, text_is_passed_on) {
  apply(wire::TextEvent{"grüße"});
  apply(wire::TextEvent{""});
  EXPECT_THAT(done(), ElementsAre("text grüße"));
}

TEST_F(InputReceiverTest, a_broken_injector_is_reported_and_survived) {
  world->fail_injector = true;
  EXPECT_FALSE(receiver.apply(wire::KeyEvent{.code = 30, .pressed = true}));
  world->fail_injector = false;
  apply(wire::KeyEvent{.code = 31, .pressed = true});
  EXPECT_THAT(done(), ElementsAre("key 31 down"));
}

TEST_F(InputReceiverTest, the_loop_lets_go_of_everything_when_it_ends) {
  SessionCounters counters;
  {
    InputLoop loop(std::move(injector), open_gamepads, counters, [](const Error&) {});
    loop.push(wire::ReliableInput(wire::KeyEvent{.code = 30, .pressed = true}));
    EXPECT_TRUE(world->wait_until([&] { return !world->injected().empty(); }));
  }
  EXPECT_THAT(done(), ElementsAre("key 30 down", "release all"));
}

TEST_F(InputReceiverTest, the_loop_keeps_order_and_the_newest_motion) {
  SessionCounters counters;
  {
    InputLoop loop(std::move(injector), open_gamepads, counters, [](const Error&) {});
    for (std::uint16_t code = 1; code <= 200; ++code) loop.push(wire::ReliableInput(wire::KeyEvent{code, true}));
    for (std::int32_t i = 1; i <= 50; ++i) loop.push(relative(static_cast<std::uint32_t>(i), 16 * i, 0));
    EXPECT_TRUE(world->wait_until([&] { return counters.input_events >= 201; }));
  }
  double moved = 0;
  std::uint16_t next = 1;
  for (const auto& line : done()) {
    if (line.starts_with("move ")) moved += std::stod(line.substr(5));
    if (line.starts_with("key ")) {
      EXPECT_EQ(line, "key " + std::to_string(next++) + " down");
    }
  }
  EXPECT_EQ(next, 201);
  EXPECT_GT(moved, 0);
  EXPECT_LE(moved, 50);
}

TEST_F(InputReceiverTest, the_loop_keeps_the_newest_motion_of_each_gamepad) {
  SessionCounters counters;
  {
    InputLoop loop(std::move(injector), open_gamepads, counters, [](const Error&) {});
    for (const std::uint8_t pad : {std::uint8_t{0}, std::uint8_t{1}})
      loop.push(wire::ReliableInput(wire::GamepadArrival{.pad = pad}));
    for (std::uint32_t i = 1; i <= 50; ++i)
      for (const std::uint8_t pad : {std::uint8_t{0}, std::uint8_t{1}})
        loop.push(wire::UnreliableInput(wire::GamepadSticks{pad, i, {.left_x = static_cast<std::int16_t>(i)}}));
    EXPECT_TRUE(world->wait_until([&] {
      const auto lines = done();
      return std::ranges::count(lines, "pad 0 buttons 0 axes 0 0 50 0 0 0") == 1 &&
             std::ranges::count(lines, "pad 1 buttons 0 axes 0 0 50 0 0 0") == 1;
    }));
  }
}

TEST_F(InputReceiverTest, each_thing_that_cannot_be_done_is_told_once) {
  SessionCounters counters;
  std::mutex mutex;
  std::vector<std::string> told;
  world->refuse_touch = true;
  world->refuse_gamepads = true;
  InputLoop loop(std::move(injector), open_gamepads, counters, [&](const Error& error) {
    const std::scoped_lock lock(mutex);
    told.push_back(error.message);
  });
  for (std::uint32_t i = 1; i <= 3; ++i) {
    loop.push(wire::ReliableInput(wire::TouchEvent{.sequence = i, .contact = {.id = i}}));
    loop.push(wire::ReliableInput(wire::PenEvent{{.sequence = i, .in_range = true}}));
    loop.push(wire::ReliableInput(wire::GamepadArrival{.pad = 1}));
  }
  EXPECT_TRUE(world->wait_until([&] { return counters.input_events == 9; }));
  const std::scoped_lock lock(mutex);
  EXPECT_THAT(told, testing::UnorderedElementsAre(testing::HasSubstr("touch screen"), testing::HasSubstr("no pen"),
                                                  testing::HasSubstr("gamepads do nothing")));
}

TEST_F(InputReceiverTest, a_trouble_is_told_once) {
  SessionCounters counters;
  std::atomic<int> told = 0;
  world->fail_injector = true;
  InputLoop loop(std::move(injector), open_gamepads, counters, [&](const Error&) { ++told; });
  for (std::uint16_t code = 1; code <= 20; ++code) loop.push(wire::ReliableInput(wire::KeyEvent{code, true}));
  EXPECT_TRUE(world->wait_until([&] { return counters.input_events == 20; }));
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace pf::host
