#include "host/linux/uinput/gamepad_layout.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace pf::host {
namespace {

namespace button = wire::gamepad_button;
using Button = GamepadLayout::Button;
using wire::GamepadKind;

// In the order of their codes, as every consumer counts them.
constexpr std::array xbox_buttons{Button{button::a, BTN_A},
                                  Button{button::b, BTN_B},
                                  Button{button::x, BTN_X},
                                  Button{button::y, BTN_Y},
                                  Button{button::left_shoulder, BTN_TL},
                                  Button{button::right_shoulder, BTN_TR},
                                  Button{button::back, BTN_SELECT},
                                  Button{button::start, BTN_START},
                                  Button{button::guide, BTN_MODE},
                                  Button{button::left_stick, BTN_THUMBL},
                                  Button{button::right_stick, BTN_THUMBR}};

// Cross, circle, square and triangle, by their places.
constexpr std::array playstation_buttons{Button{button::a, BTN_SOUTH},           Button{button::b, BTN_EAST},
                                         Button{button::y, BTN_NORTH},           Button{button::x, BTN_WEST},
                                         Button{button::left_shoulder, BTN_TL},  Button{button::right_shoulder, BTN_TR},
                                         Button{button::back, BTN_SELECT},       Button{button::start, BTN_START},
                                         Button{button::guide, BTN_MODE},        Button{button::left_stick, BTN_THUMBL},
                                         Button{button::right_stick, BTN_THUMBR}};

// By their letters, as Moonlight sends them: A is on the right.
constexpr std::array nintendo_buttons{Button{button::b, BTN_SOUTH},           Button{button::a, BTN_EAST},
                                      Button{button::x, BTN_NORTH},           Button{button::y, BTN_WEST},
                                      Button{button::share, BTN_Z},           Button{button::left_shoulder, BTN_TL},
                                      Button{button::right_shoulder, BTN_TR}, Button{button::back, BTN_SELECT},
                                      Button{button::start, BTN_START},       Button{button::guide, BTN_MODE},
                                      Button{button::left_stick, BTN_THUMBL}, Button{button::right_stick, BTN_THUMBR}};

// What only some pads have, by xpad's codes for the Elite and Series X pads. They stand behind the others in every
// count, and so change no mapping.
constexpr std::array extra_buttons{Button{button::paddle1, BTN_TRIGGER_HAPPY5},
                                   Button{button::paddle3, BTN_TRIGGER_HAPPY6},
                                   Button{button::paddle2, BTN_TRIGGER_HAPPY7},
                                   Button{button::paddle4, BTN_TRIGGER_HAPPY8}, Button{button::share, KEY_RECORD}};

constexpr std::array<std::uint16_t, 4> stick_codes{ABS_X, ABS_Y, ABS_RX, ABS_RY};
constexpr std::array<std::uint16_t, 2> trigger_codes{ABS_Z, ABS_RZ};
constexpr std::array<std::uint16_t, 2> digital_trigger_codes{BTN_TL2, BTN_TR2};
constexpr std::array<std::uint16_t, 2> hat_codes{ABS_HAT0X, ABS_HAT0Y};

constexpr std::uint8_t trigger_threshold = 30;  // XInput's XINPUT_GAMEPAD_TRIGGER_THRESHOLD

}  // namespace

struct GamepadLayout::Model {
  std::string_view name;
  std::uint16_t vendor;
  std::uint16_t product;
  std::uint16_t version;  // hid-playstation and hid-nintendo set the highest bit
  std::span<const Button> buttons;
  std::int32_t stick_least;
  std::int32_t stick_most;
  std::int32_t stick_flat;
  bool analog_triggers;
  bool digital_triggers;
};

namespace {

constexpr GamepadLayout::Model xbox{.name = "Microsoft X-Box 360 pad",
                                    .vendor = 0x045e,
                                    .product = 0x028e,
                                    .version = 0x0114,
                                    .buttons = xbox_buttons,
                                    .stick_least = -32'768,
                                    .stick_most = 32'767,
                                    .stick_flat = 128,
                                    .analog_triggers = true,
                                    .digital_triggers = false};
constexpr GamepadLayout::Model playstation{.name = "Sony Interactive Entertainment DualSense Wireless Controller",
                                           .vendor = 0x054c,
                                           .product = 0x0ce6,
                                           .version = 0x8111,
                                           .buttons = playstation_buttons,
                                           .stick_least = 0,
                                           .stick_most = 255,
                                           .stick_flat = 0,
                                           .analog_triggers = true,
                                           .digital_triggers = true};
constexpr GamepadLayout::Model nintendo{.name = "Nintendo Switch Pro Controller",
                                        .vendor = 0x057e,
                                        .product = 0x2009,
                                        .version = 0x8111,
                                        .buttons = nintendo_buttons,
                                        .stick_least = -32'767,
                                        .stick_most = 32'767,
                                        .stick_flat = 500,
                                        .analog_triggers = false,
                                        .digital_triggers = true};

const GamepadLayout::Model& model_of(GamepadKind kind) {
  switch (kind) {
    case GamepadKind::playstation: return playstation;
    case GamepadKind::nintendo: return nintendo;
    case GamepadKind::unknown:
    case GamepadKind::xbox: break;
  }
  return xbox;  // also for kinds of a later version
}

// Onto the stick's range: 65,536 steps in, `least` to `most` out, and the middle stays the middle.
std::int32_t stick(const GamepadLayout::Model& model, std::int32_t value) {
  if (model.stick_least == 0) return (value + 32'768) * (model.stick_most + 1) / 65'536;
  return std::max(value, model.stick_least);
}

// The kernel's axes point down. A stick in the middle stays there, so the furthest up is one step short.
std::int32_t downwards(std::int16_t up) {
  return std::min(-up, 32'767);
}

}  // namespace

wire::GamepadKind shown_kind(const wire::GamepadArrival& pad) {
  if (pad.kind == GamepadKind::unknown && (pad.has & wire::gamepad_has::touchpad) != 0) return GamepadKind::playstation;
  return pad.kind;
}

GamepadLayout::GamepadLayout(const wire::GamepadArrival& pad) : model_(&model_of(shown_kind(pad))) {
  buttons_.assign(model_->buttons.begin(), model_->buttons.end());
  for (const auto& extra : extra_buttons)
    if ((pad.buttons & extra.bit) != 0 && std::ranges::find(buttons_, extra.bit, &Button::bit) == buttons_.end())
      buttons_.push_back(extra);

  profile_.name = model_->name;
  profile_.id = {.bustype = BUS_USB, .vendor = model_->vendor, .product = model_->product, .version = model_->version};
  for (const auto& own : buttons_) profile_.keys.push_back(own.code);
  for (const auto code : stick_codes)
    profile_.axes.push_back({.code = code,
                             .least = model_->stick_least,
                             .most = model_->stick_most,
                             .rest = stick(*model_, 0),
                             .flat = model_->stick_flat});
  if (model_->analog_triggers)
    for (const auto code : trigger_codes) profile_.axes.push_back({.code = code, .most = 255});
  if (model_->digital_triggers)
    for (const auto code : digital_trigger_codes) profile_.keys.push_back(code);
  for (const auto code : hat_codes) profile_.axes.push_back({.code = code, .least = -1, .most = 1});
  // What the kernel offers for every pad that can rumble (drivers/input/ff-memless.c).
  profile_.forces = {FF_RUMBLE, FF_PERIODIC, FF_SQUARE, FF_TRIANGLE, FF_SINE, FF_GAIN};
}

void GamepadLayout::report(std::uint32_t buttons, const wire::GamepadAxes& axes, EventFrame& to) const {
  const auto held = [buttons](std::uint32_t bit) { return (buttons & bit) != 0 ? 1 : 0; };
  for (const auto& own : buttons_) to.set(EV_KEY, own.code, held(own.bit));
  if (model_->digital_triggers) {
    to.set(EV_KEY, BTN_TL2, axes.left_trigger > trigger_threshold ? 1 : 0);
    to.set(EV_KEY, BTN_TR2, axes.right_trigger > trigger_threshold ? 1 : 0);
  }
  if (model_->analog_triggers) {
    to.set(EV_ABS, ABS_Z, axes.left_trigger);
    to.set(EV_ABS, ABS_RZ, axes.right_trigger);
  }
  to.set(EV_ABS, ABS_X, stick(*model_, axes.left_x));
  to.set(EV_ABS, ABS_Y, stick(*model_, downwards(axes.left_y)));
  to.set(EV_ABS, ABS_RX, stick(*model_, axes.right_x));
  to.set(EV_ABS, ABS_RY, stick(*model_, downwards(axes.right_y)));
  to.set(EV_ABS, ABS_HAT0X, held(button::right) - held(button::left));
  to.set(EV_ABS, ABS_HAT0Y, held(button::down) - held(button::up));
}

}  // namespace pf::host
