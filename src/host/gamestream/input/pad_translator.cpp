#include "host/gamestream/input/pad_translator.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pf::host::gamestream {
namespace {

// Of a pad that never said: what every client's has.
constexpr std::uint16_t plain_capabilities = wire::gamepad_has::analog_triggers | wire::gamepad_has::rumble;
constexpr std::uint32_t plain_buttons = 0xF7FF;
constexpr std::uint16_t known_capabilities = 0xFF;

// A Steam controller is laid out as an Xbox one.
wire::GamepadKind kind_of(std::uint8_t kind) {
  switch (kind) {
    case 1:
    case 4: return wire::GamepadKind::xbox;
    case 2: return wire::GamepadKind::playstation;
    case 3: return wire::GamepadKind::nintendo;
    default: return wire::GamepadKind::unknown;
  }
}

std::int32_t thousandths(float value) {
  constexpr float most = 1e9F;
  return static_cast<std::int32_t>(std::lround(std::clamp(value * 1000, -most, most)));
}

}  // namespace

void PadTranslator::translate(const GamepadArrivalPacket& packet, TranslatedInput& out) {
  if (pads_[packet.pad]) return;
  pads_[packet.pad].emplace();
  out.events.emplace_back(
      wire::GamepadArrival{.pad = packet.pad,
                           .kind = kind_of(packet.kind),
                           .has = static_cast<std::uint16_t>(packet.capabilities & known_capabilities),
                           .buttons = packet.buttons});
}

void PadTranslator::translate(const GamepadPacket& packet, TranslatedInput& out) {
  for (std::uint8_t pad = 0; pad < max_pads; ++pad) {
    if (!pads_[pad] || (packet.attached >> pad & 1) != 0) continue;
    pads_[pad].reset();
    out.events.emplace_back(wire::GamepadRemoval{pad});
  }
  if ((packet.attached >> packet.pad & 1) == 0) return;
  translate(
      GamepadArrivalPacket{.pad = packet.pad, .kind = 0, .capabilities = plain_capabilities, .buttons = plain_buttons},
      out);
  auto& pad = *pads_[packet.pad];
  const wire::GamepadAxes axes{.left_trigger = packet.left_trigger,
                               .right_trigger = packet.right_trigger,
                               .left_x = packet.left_x,
                               .left_y = packet.left_y,
                               .right_x = packet.right_x,
                               .right_y = packet.right_y};
  ++pad.sequence;
  if (pad.buttons == packet.buttons) {
    out.motion.emplace_back(wire::GamepadSticks{.pad = packet.pad, .sequence = pad.sequence, .axes = axes});
    return;
  }
  pad.buttons = packet.buttons;
  out.events.emplace_back(
      wire::GamepadEvent{.pad = packet.pad, .sequence = pad.sequence, .buttons = packet.buttons, .axes = axes});
}

// Acceleration and gyroscope come apart, and leave as one.
void PadTranslator::translate(const GamepadMotionPacket& packet, TranslatedInput& out) {
  if (!pads_[packet.pad]) return;
  auto& motion = pads_[packet.pad]->motion;
  motion.pad = packet.pad;
  ++motion.sequence;
  auto& axes = packet.gyroscope ? motion.angular_speed : motion.acceleration;
  std::ranges::transform(packet.value, axes.begin(), thousandths);
  out.motion.emplace_back(motion);
}

// Of a pad with two touchpads, as a Steam Deck's, the first one: what games see has one.
void PadTranslator::translate(const GamepadTouchPacket& packet, TranslatedInput& out) {
  if (!pads_[packet.pad] || packet.touchpad != 0) return;
  auto tracked = pads_[packet.pad]->touchpad.track(packet.phase, packet.pointer, {packet.x, packet.y, packet.pressure});
  for (const auto& event : tracked.events) out.events.emplace_back(wire::GamepadTouch{packet.pad, event});
  if (tracked.motion) out.motion.emplace_back(wire::GamepadTouchMotion{packet.pad, std::move(*tracked.motion)});
}

void PadTranslator::translate(const GamepadBatteryPacket& packet, TranslatedInput& out) const {
  if (!pads_[packet.pad]) return;
  const auto state = std::min(packet.state, static_cast<std::uint8_t>(wire::BatteryState::full));
  out.events.emplace_back(
      wire::GamepadBattery{.pad = packet.pad,
                           .state = static_cast<wire::BatteryState>(state),
                           .percent = packet.percent <= 100 ? packet.percent : wire::unknown_charge});
}

}  // namespace pf::host::gamestream
