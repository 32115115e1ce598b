#include <gtest/gtest.h>

#include "host/gamestream/input/input_translator.h"

namespace pf::host::gamestream {
namespace {

using Events = std::vector<wire::ReliableInput>;

wire::PointerState pointer(const TranslatedInput& input) {
  EXPECT_EQ(input.motion.size(), 1U);
  return input.motion.empty() ? wire::PointerState{} : std::get<wire::PointerState>(input.motion[0]);
}

TEST(InputTranslator, a_key_is_a_place_on_the_keyboard) {
  InputTranslator translator;
  EXPECT_EQ(translator.translate(KeyPacket{'A', true, 0}).events, (Events{wire::KeyEvent{30, true}}));
  EXPECT_EQ(translator.translate(KeyPacket{'A', false, 0}).events, (Events{wire::KeyEvent{30, false}}));
  EXPECT_TRUE(translator.translate(KeyPacket{0x07, true, 0}).events.empty());
}

TEST(InputTranslator, a_modifier_that_no_key_holds_is_pressed_for_one_key) {
  InputTranslator translator;
  EXPECT_EQ(translator.translate(KeyPacket{'A', true, key_modifier::shift}).events,
            (Events{wire::KeyEvent{42, true}, wire::KeyEvent{30, true}, wire::KeyEvent{42, false}}));
  translator.translate(KeyPacket{0xA1, true, key_modifier::shift});  // right shift
  EXPECT_EQ(translator.translate(KeyPacket{'A', true, key_modifier::shift}).events, (Events{wire::KeyEvent{30, true}}));
  translator.translate(KeyPacket{0xA1, false, 0});
  EXPECT_EQ(translator.translate(KeyPacket{'A', true, key_modifier::shift}).events.size(), 3U);
}

TEST(InputTranslator, movements_add_up_and_a_click_knows_where_it_is) {
  InputTranslator translator;
  translator.translate(PointerMove{3, -2});
  const auto moved = pointer(translator.translate(PointerMove{1, 1}));
  EXPECT_FALSE(moved.absolute);
  EXPECT_EQ(moved.total_dx, 64);
  EXPECT_EQ(moved.total_dy, -16);
  const auto click = translator.translate(ButtonPacket{3, true});
  EXPECT_EQ(click.events, (Events{wire::ButtonEvent{0x111, true, moved}})) << "right";
}

TEST(InputTranslator, totals_wrap) {
  InputTranslator translator;
  std::uint32_t expected = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto state = pointer(translator.translate(PointerMove{32'767, -32'768}));
    expected += 32'767U * 16;
    ASSERT_EQ(static_cast<std::uint32_t>(state.total_dx), expected);
  }
}

TEST(InputTranslator, a_place_is_a_share_of_its_surface_and_never_outside) {
  InputTranslator translator;
  const auto far = pointer(translator.translate(PointerPlace{1279, 2000, 1279, 719}));
  EXPECT_TRUE(far.absolute);
  EXPECT_EQ(far.x, 65'535);
  EXPECT_EQ(far.y, 65'535);
  const auto odd = pointer(translator.translate(PointerPlace{-5, 7, 100, 0}));
  EXPECT_EQ(odd.x, 0);
  EXPECT_EQ(odd.y, 0);
}

TEST(InputTranslator, buttons_wheels_and_text) {
  InputTranslator translator;
  const auto code = [&](std::uint8_t button) {
    const auto events = translator.translate(ButtonPacket{button, true}).events;
    return events.empty() ? 0 : std::get<wire::ButtonEvent>(events[0]).code;
  };
  EXPECT_EQ(code(1), 0x110);
  EXPECT_EQ(code(2), 0x112);
  EXPECT_EQ(code(5), 0x114);
  EXPECT_EQ(code(0), 0);
  EXPECT_EQ(code(6), 0);
  EXPECT_EQ(std::get<wire::WheelEvent>(translator.translate(ScrollPacket{-120, 60}).events[0]).vertical, -120);
  EXPECT_EQ(translator.translate(TextPacket{"é"}).events, (Events{wire::TextEvent{"é"}}));
}

TouchPacket touch(ContactPhase phase, std::uint32_t pointer, float x) {
  return {.phase = phase, .pointer = pointer, .x = x, .y = 0.5F, .pressure = 1};
}

TEST(InputTranslator, fingers_move_together_and_end_one_by_one) {
  InputTranslator translator;
  EXPECT_EQ(std::get<wire::TouchEvent>(translator.translate(touch(ContactPhase::down, 4, 0)).events.at(0)).phase,
            wire::TouchPhase::down);
  translator.translate(touch(ContactPhase::down, 9, 1));
  const auto moved = translator.translate(touch(ContactPhase::move, 4, 0.5F));
  ASSERT_EQ(moved.motion.size(), 1U);
  const auto& motion = std::get<wire::TouchMotion>(moved.motion[0]);
  ASSERT_EQ(motion.contacts.size(), 2U);
  EXPECT_EQ(motion.contacts[0].x, 32'768);
  EXPECT_EQ(motion.contacts[1].x, 65'535);
  const auto all = translator.translate(touch(ContactPhase::cancel_all, 0, 0));
  ASSERT_EQ(all.events.size(), 2U);
  EXPECT_EQ(std::get<wire::TouchEvent>(all.events[1]).phase, wire::TouchPhase::cancel);
  EXPECT_TRUE(translator.translate(touch(ContactPhase::up, 4, 0)).events.empty());
  EXPECT_TRUE(translator.translate(touch(ContactPhase::move, 4, 0)).motion.empty());
}

TEST(InputTranslator, fingers_on_a_touchpad_are_their_gamepad_s) {
  InputTranslator translator;
  const auto pad = [&](ContactPhase phase, std::uint8_t touchpad = 0) {
    return translator.translate(
        GamepadTouchPacket{.pad = 3, .phase = phase, .touchpad = touchpad, .pointer = 1, .x = 1, .y = 0.5F});
  };
  EXPECT_TRUE(pad(ContactPhase::down).events.empty()) << "there is no such gamepad yet";
  translator.translate(GamepadArrivalPacket{.pad = 3, .kind = 2});
  EXPECT_TRUE(pad(ContactPhase::down, 1).events.empty());
  EXPECT_EQ(std::get<wire::GamepadTouch>(pad(ContactPhase::down).events.at(0)),
            (wire::GamepadTouch{3, {1, wire::TouchPhase::down, {.id = 1, .x = 65'535, .y = 32'768, .pressure = 0}}}));
  EXPECT_EQ(std::get<wire::GamepadTouchMotion>(pad(ContactPhase::move).motion.at(0)).motion.contacts.size(), 1U);
  EXPECT_EQ(std::get<wire::GamepadTouch>(pad(ContactPhase::up).events.at(0)).touch.phase, wire::TouchPhase::up);
}

TEST(InputTranslator, more_fingers_than_a_host_takes_are_left_out) {
  InputTranslator translator;
  for (std::uint32_t i = 0; i < 100; ++i) translator.translate(touch(ContactPhase::down, i, 0));
  const auto moved = translator.translate(touch(ContactPhase::move, 0, 1));
  EXPECT_EQ(std::get<wire::TouchMotion>(moved.motion.at(0)).contacts.size(), wire::max_touch_contacts);
}

TEST(InputTranslator, a_pen_hovers_draws_and_leaves) {
  InputTranslator translator;
  const auto pen = [&](ContactPhase phase) {
    return translator.translate(PenPacket{.phase = phase, .x = 0.5F, .pressure = 0.5F, .rotation = 90, .tilt = 30});
  };
  const auto near = std::get<wire::PenEvent>(pen(ContactPhase::hover).events.at(0)).pen;
  EXPECT_TRUE(near.in_range && !near.touching);
  EXPECT_EQ(near.pressure, 0) << "that was a distance";
  EXPECT_EQ(near.tilt_x, 30);
  EXPECT_EQ(near.tilt_y, 0);
  EXPECT_EQ(pen(ContactPhase::hover).motion.size(), 1U);
  const auto down = std::get<wire::PenEvent>(pen(ContactPhase::down).events.at(0)).pen;
  EXPECT_TRUE(down.touching);
  EXPECT_EQ(down.pressure, 32'768);
  EXPECT_TRUE(std::get<wire::PenMotion>(pen(ContactPhase::move).motion.at(0)).pen.touching);
  EXPECT_FALSE(std::get<wire::PenEvent>(pen(ContactPhase::up).events.at(0)).pen.touching);
  EXPECT_FALSE(std::get<wire::PenEvent>(pen(ContactPhase::leave).events.at(0)).pen.in_range);
}

TEST(InputTranslator, a_gamepad_arrives_presses_tilts_and_leaves) {
  InputTranslator translator;
  const auto arrived =
      translator.translate(GamepadArrivalPacket{.pad = 3, .kind = 2, .capabilities = 0x1FF, .buttons = 0xFFFF});
  EXPECT_EQ(std::get<wire::GamepadArrival>(arrived.events.at(0)),
            (wire::GamepadArrival{.pad = 3, .kind = wire::GamepadKind::playstation, .has = 0xFF, .buttons = 0xFFFF}));
  const auto pressed = translator.translate(GamepadPacket{.pad = 3, .attached = 8, .buttons = 0x1000, .left_x = 5});
  ASSERT_EQ(pressed.events.size(), 1U);
  EXPECT_EQ(std::get<wire::GamepadEvent>(pressed.events[0]).axes.left_x, 5);
  const auto tilted = translator.translate(GamepadPacket{.pad = 3, .attached = 8, .buttons = 0x1000, .left_x = 6});
  EXPECT_TRUE(tilted.events.empty());
  EXPECT_EQ(std::get<wire::GamepadSticks>(tilted.motion.at(0)).axes.left_x, 6);
  translator.translate(GamepadMotionPacket{.pad = 3, .gyroscope = false, .value = {0, 0, 9.81F}});
  const auto moved = translator.translate(GamepadMotionPacket{.pad = 3, .gyroscope = true, .value = {1, 2, 1e30F}});
  const auto& motion = std::get<wire::GamepadMotion>(moved.motion.at(0));
  EXPECT_EQ(motion.acceleration[2], 9810);
  EXPECT_EQ(motion.angular_speed[1], 2000);
  const auto left = translator.translate(GamepadPacket{.pad = 0, .attached = 0});
  EXPECT_EQ(left.events, (Events{wire::GamepadRemoval{3}}));
  EXPECT_TRUE(translator.translate(GamepadBatteryPacket{.pad = 3}).events.empty());
}

TEST(InputTranslator, a_gamepad_that_never_arrived_is_plain) {
  InputTranslator translator;
  const auto first = translator.translate(GamepadPacket{.pad = 1, .attached = 2, .buttons = 1});
  ASSERT_EQ(first.events.size(), 2U);
  EXPECT_EQ(std::get<wire::GamepadArrival>(first.events[0]).pad, 1);
}

}  // namespace
}  // namespace pf::host::gamestream
