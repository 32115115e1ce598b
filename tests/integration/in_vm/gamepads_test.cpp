// Gamepads of a real kernel, as games see them: by evdev, and by SDL, whose mappings are the judge of the layouts.
#include <SDL.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <set>

#include "core/base/clock.h"
#include "host/linux/uinput/uinput_device.h"
#include "host/linux/uinput/uinput_gamepads.h"
#include "integration/in_vm/input_node.h"

namespace pf::host {
namespace {

using test::eventually;
using test::InputNode;
using testing::SizeIs;
using wire::GamepadKind;
using wire::GamepadRumble;
namespace button = wire::gamepad_button;

constexpr auto xbox_name = "Microsoft X-Box 360 pad";
constexpr auto playstation_name = "Sony Interactive Entertainment DualSense Wireless Controller";
constexpr auto nintendo_name = "Nintendo Switch Pro Controller";

class Gamepads : public testing::Test {
 protected:
  void plug(std::uint8_t number, GamepadKind kind, std::uint16_t has = 0, std::uint32_t buttons = 0) {
    ASSERT_TRUE(hub->plug({.pad = number, .kind = kind, .has = has, .buttons = buttons}));
  }
  void set(std::uint8_t number, std::uint32_t buttons, const wire::GamepadAxes& axes = {}) {
    ASSERT_TRUE(hub->update(number, buttons, axes));
  }
  /// What games have done to the motors so far.
  std::vector<GamepadRumble> felt() {
    const std::scoped_lock lock(mutex);
    return feedback;
  }
  bool feels(const GamepadRumble& rumble) {
    return eventually([&] { return !felt().empty() && felt().back() == rumble; });
  }

  SteadyClock clock;
  std::mutex mutex;
  std::vector<GamepadRumble> feedback;
  std::unique_ptr<GamepadHub> hub = std::move(*open_uinput_gamepads(
      [this](const GamepadFeedback& one) {
        const std::scoped_lock lock(mutex);
        feedback.push_back(std::get<GamepadRumble>(one));
      },
      clock));
};

ff_effect rumble(std::uint16_t heavy, std::uint16_t light, std::uint16_t length_ms) {
  ff_effect effect{};
  effect.type = FF_RUMBLE;
  effect.replay.length = length_ms;
  effect.u.rumble = {.strong_magnitude = heavy, .weak_magnitude = light};
  return effect;
}

// --- evdev ---

TEST_F(Gamepads, the_node_can_be_opened) {
  EXPECT_TRUE(probe_uinput().usable) << probe_uinput().reason;
}

TEST_F(Gamepads, sixteen_pads_are_plugged_in_and_all_of_them_unplugged) {
  for (std::uint8_t number = 0; number < wire::max_gamepads; ++number) plug(number, GamepadKind::xbox);
  EXPECT_THAT(InputNode::paths(xbox_name), SizeIs(wire::max_gamepads));
  hub->unplug(3);
  EXPECT_THAT(InputNode::paths(xbox_name), SizeIs(wire::max_gamepads - 1));
  hub.reset();
  EXPECT_THAT(InputNode::paths(xbox_name), SizeIs(0));
}

TEST_F(Gamepads, each_kind_has_its_makers_identity) {
  plug(0, GamepadKind::xbox);
  plug(1, GamepadKind::playstation);
  plug(2, GamepadKind::nintendo);
  const auto id = [](const char* name) { return InputNode::only(name)->id(); };
  EXPECT_EQ(id(xbox_name).vendor, 0x045e);
  EXPECT_EQ(id(playstation_name).product, 0x0ce6);
  EXPECT_EQ(id(nintendo_name).version, 0x8111);
  EXPECT_EQ(InputNode::only(playstation_name)->axis(ABS_RX).value, 128) << "sticks stand in the middle at once";
}

TEST_F(Gamepads, a_game_sees_what_is_pressed_and_that_the_pad_is_gone) {
  plug(0, GamepadKind::xbox);
  auto node = InputNode::only(xbox_name);
  ASSERT_TRUE(node);
  set(0, button::a);
  const auto event = node->next();
  ASSERT_TRUE(event);
  EXPECT_EQ(std::pair(event->code, event->value), std::pair(std::uint16_t{BTN_A}, 1));
  hub.reset();
  EXPECT_TRUE(node->gone());
}

TEST_F(Gamepads, motion_comes_from_a_device_of_its_own) {
  plug(0, GamepadKind::playstation, wire::gamepad_has::acceleration | wire::gamepad_has::gyroscope);
  auto node = InputNode::only(std::string(playstation_name) + " Motion Sensors");
  ASSERT_TRUE(node);
  EXPECT_TRUE(node->has_property(INPUT_PROP_ACCELEROMETER));
  EXPECT_EQ(node->axis(ABS_Z).resolution, 8192);
  EXPECT_EQ(node->axis(ABS_RZ).resolution, 1024);
  ASSERT_TRUE(hub->move({.pad = 0, .sequence = 1, .acceleration = {0, 9807, 0}, .angular_speed = {0, 0, -90'000}}));
  ASSERT_TRUE(eventually([&] { return node->axis(ABS_RZ).value == -90 * 1024; }));
  EXPECT_EQ(node->axis(ABS_Y).value, 8192);
}

TEST_F(Gamepads, a_dualsense_has_a_touchpad_of_its_own) {
  plug(0, GamepadKind::playstation, wire::gamepad_has::touchpad);
  plug(1, GamepadKind::xbox, wire::gamepad_has::touchpad);
  auto node = InputNode::only(std::string(playstation_name) + " Touchpad");
  ASSERT_TRUE(node);
  EXPECT_TRUE(node->has_property(INPUT_PROP_BUTTONPAD));
  EXPECT_EQ(node->axis(ABS_MT_POSITION_Y).maximum, 1079);
  ASSERT_TRUE(hub->touch(0, wire::TouchPhase::down, {.id = 8, .x = 65'535, .y = 0}));
  set(0, button::touchpad);
  ASSERT_TRUE(eventually([&] { return node->axis(ABS_X).value == 1919; }));
  std::set<std::uint16_t> down;
  while (!down.contains(BTN_LEFT)) {
    const auto event = node->next();
    ASSERT_TRUE(event);
    if (event->type == EV_KEY && event->value == 1) down.insert(event->code);
  }
  EXPECT_THAT(down, testing::UnorderedElementsAre(BTN_TOUCH, BTN_TOOL_FINGER, BTN_LEFT));
  EXPECT_TRUE(hub->touch(1, wire::TouchPhase::down, {.id = 8})) << "a pad that is shown without one";
}

TEST_F(Gamepads, a_battery_is_beyond_uinput_and_the_log_says_so) {
  plug(0, GamepadKind::xbox);
  const auto done = hub->battery({.pad = 0, .percent = 50});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unsupported);
}

// --- force feedback ---

TEST_F(Gamepads, a_game_s_effects_reach_the_client_mixed_and_end_by_themselves) {
  plug(5, GamepadKind::xbox);
  const auto node = InputNode::only(xbox_name);
  ASSERT_TRUE(node);
  const int first = node->upload(rumble(10'000, 0, 0));
  const int second = node->upload(rumble(10'000, 30'000, 200));
  ASSERT_GE(first, 0);
  ASSERT_GE(second, 0);
  node->force(first, 1);
  EXPECT_TRUE(feels({.pad = 5, .low = 10'000}));
  node->force(second, 1);
  EXPECT_TRUE(feels({.pad = 5, .low = 20'000, .high = 30'000}));
  EXPECT_TRUE(feels({.pad = 5, .low = 10'000})) << "the second one is over";
  node->force(FF_GAIN, 0x8000);
  EXPECT_TRUE(feels({.pad = 5, .low = 5000}));
  node->force(first, 0);
  EXPECT_TRUE(feels({.pad = 5}));
}

TEST_F(Gamepads, what_a_game_leaves_running_stops_with_it) {
  plug(0, GamepadKind::playstation);
  {
    const auto node = InputNode::only(playstation_name);
    ASSERT_TRUE(node);
    node->force(node->upload(rumble(65'535, 65'535, 0)), 1);
    ASSERT_TRUE(feels({.pad = 0, .low = 65'535, .high = 65'535}));
  }
  EXPECT_TRUE(feels({.pad = 0})) << "the game has closed the pad";
}

TEST_F(Gamepads, effects_can_be_erased_and_only_so_many_uploaded) {
  plug(0, GamepadKind::xbox);
  const auto node = InputNode::only(xbox_name);
  ASSERT_TRUE(node);
  std::vector<int> effects;
  for (int effect = node->upload(rumble(1, 1, 0)); effect >= 0; effect = node->upload(rumble(1, 1, 0)))
    effects.push_back(effect);
  EXPECT_THAT(effects, SizeIs(ForceFeedback::most_effects));
  EXPECT_TRUE(node->erase(effects.front()));
  EXPECT_GE(node->upload(rumble(1, 1, 0)), 0);
}

// --- SDL ---

class GamepadsInSdl : public Gamepads, public testing::WithParamInterface<GamepadKind> {
 protected:
  void SetUp() override {
    ASSERT_EQ(SDL_Init(SDL_INIT_GAMECONTROLLER), 0) << SDL_GetError();
    plug(0, GetParam(), 0, 0xFFFF'FFFF);
    ASSERT_TRUE(eventually([&] {
      SDL_GameControllerUpdate();
      return SDL_NumJoysticks() == 1;
    }));
    pad = SDL_GameControllerOpen(0);
    ASSERT_NE(pad, nullptr) << SDL_GetError();
  }
  void TearDown() override {
    SDL_GameControllerClose(pad);
    SDL_Quit();
  }
  [[nodiscard]] bool pressed(SDL_GameControllerButton which) const {
    SDL_GameControllerUpdate();
    return SDL_GameControllerGetButton(pad, which) == 1;
  }
  [[nodiscard]] int axis(SDL_GameControllerAxis which) const {
    SDL_GameControllerUpdate();
    return SDL_GameControllerGetAxis(pad, which);
  }

  SDL_GameController* pad = nullptr;
};

TEST_P(GamepadsInSdl, each_button_is_the_one_that_its_name_says) {
  const std::pair<std::uint32_t, SDL_GameControllerButton> all[] = {
      {button::a, SDL_CONTROLLER_BUTTON_A},
      {button::b, SDL_CONTROLLER_BUTTON_B},
      {button::x, SDL_CONTROLLER_BUTTON_X},
      {button::y, SDL_CONTROLLER_BUTTON_Y},
      {button::up, SDL_CONTROLLER_BUTTON_DPAD_UP},
      {button::down, SDL_CONTROLLER_BUTTON_DPAD_DOWN},
      {button::left, SDL_CONTROLLER_BUTTON_DPAD_LEFT},
      {button::right, SDL_CONTROLLER_BUTTON_DPAD_RIGHT},
      {button::start, SDL_CONTROLLER_BUTTON_START},
      {button::back, SDL_CONTROLLER_BUTTON_BACK},
      {button::guide, SDL_CONTROLLER_BUTTON_GUIDE},
      {button::left_stick, SDL_CONTROLLER_BUTTON_LEFTSTICK},
      {button::right_stick, SDL_CONTROLLER_BUTTON_RIGHTSTICK},
      {button::left_shoulder, SDL_CONTROLLER_BUTTON_LEFTSHOULDER},
      {button::right_shoulder, SDL_CONTROLLER_BUTTON_RIGHTSHOULDER}};
  for (const auto& [bit, which] : all) {
    set(0, bit);
    EXPECT_TRUE(eventually([&] { return pressed(which); })) << SDL_GameControllerGetStringForButton(which);
    const auto held = std::ranges::count_if(all, [&](const auto& one) { return pressed(one.second); });
    EXPECT_EQ(held, 1) << SDL_GameControllerGetStringForButton(which);
  }
}

TEST_P(GamepadsInSdl, sticks_and_triggers_go_all_the_way) {
  set(0, 0, {.left_trigger = 255, .left_x = -32'768, .left_y = 32'767, .right_x = 32'767, .right_y = -32'768});
  EXPECT_TRUE(eventually([&] { return axis(SDL_CONTROLLER_AXIS_TRIGGERLEFT) == 32'767; }));
  EXPECT_LE(axis(SDL_CONTROLLER_AXIS_LEFTX), -32'700);
  EXPECT_LE(axis(SDL_CONTROLLER_AXIS_LEFTY), -32'700) << "up";
  EXPECT_GE(axis(SDL_CONTROLLER_AXIS_RIGHTX), 32'700);
  EXPECT_GE(axis(SDL_CONTROLLER_AXIS_RIGHTY), 32'700) << "down";
  EXPECT_EQ(axis(SDL_CONTROLLER_AXIS_TRIGGERRIGHT), 0);
}

TEST_P(GamepadsInSdl, it_is_taken_for_what_it_is_and_can_rumble) {
  const auto type = GetParam() == GamepadKind::playstation ? SDL_CONTROLLER_TYPE_PS5
                    : GetParam() == GamepadKind::nintendo  ? SDL_CONTROLLER_TYPE_NINTENDO_SWITCH_PRO
                                                           : SDL_CONTROLLER_TYPE_XBOX360;
  EXPECT_EQ(SDL_GameControllerGetType(pad), type);
  ASSERT_EQ(SDL_GameControllerRumble(pad, 0x4000, 0x8000, 100), 0) << SDL_GetError();
  EXPECT_TRUE(feels({.pad = 0, .low = 0x4000, .high = 0x8000}));
  EXPECT_TRUE(eventually([&] {
    SDL_GameControllerUpdate();  // SDL looks after the time by itself
    return felt().back() == GamepadRumble{.pad = 0};
  }));
}

std::string kind_name(const testing::TestParamInfo<GamepadKind>& kind) {
  return kind.param == GamepadKind::xbox ? "xbox" : kind.param == GamepadKind::playstation ? "playstation" : "nintendo";
}

INSTANTIATE_TEST_SUITE_P(Kinds, GamepadsInSdl,
                         testing::Values(GamepadKind::xbox, GamepadKind::playstation, GamepadKind::nintendo),
                         kind_name);

}  // namespace
}  // namespace pf::host
