#include "host/gamestream/input/input_translator.h"

#include <algorithm>
#include <array>

#include "host/gamestream/input/virtual_keys.h"

namespace pf::host::gamestream {
namespace {

struct Modifier {
  std::uint8_t bit;
  std::uint16_t left;
  std::uint16_t right;
};
// evdev's codes.
constexpr std::array<Modifier, 4> modifiers{{{key_modifier::shift, 42, 54},
                                             {key_modifier::control, 29, 97},
                                             {key_modifier::alt, 56, 100},
                                             {key_modifier::meta, 125, 126}}};

// Left, middle, right, X1, X2.
constexpr std::array<std::uint16_t, 5> buttons{0x110, 0x112, 0x111, 0x113, 0x114};

std::uint8_t modifier_of(std::uint16_t code) {
  const auto found =
      std::ranges::find_if(modifiers, [&](const Modifier& m) { return m.left == code || m.right == code; });
  return found == modifiers.end() ? std::uint8_t{0} : found->bit;
}

std::uint16_t scaled(std::int16_t at, std::int16_t size) {
  if (size <= 0) return 0;
  return static_cast<std::uint16_t>(std::clamp<std::int32_t>(at, 0, size) * 65'535 / size);
}

std::int32_t sum(std::int32_t total, std::int16_t pixels) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(total) + static_cast<std::uint32_t>(pixels * 16));
}

}  // namespace

struct InputTranslator::Translate {
  InputTranslator& self;
  TranslatedInput& out;

  // Modifiers that the packet names and no key holds are pressed for this key alone: on-screen keyboards send none.
  void operator()(const KeyPacket& packet) const {
    const auto code = evdev_key(packet.code);
    if (code == 0) return;
    const auto own = modifier_of(code);
    if (own != 0) {
      const auto held = packet.pressed ? self.held_modifiers_ | own : self.held_modifiers_ & ~own;
      self.held_modifiers_ = static_cast<std::uint8_t>(held);
    }
    const auto lent = own != 0 || !packet.pressed ? 0 : packet.modifiers & ~self.held_modifiers_;
    for (const auto& modifier : modifiers)
      if ((lent & modifier.bit) != 0) out.events.emplace_back(wire::KeyEvent{modifier.left, true});
    out.events.emplace_back(wire::KeyEvent{code, packet.pressed});
    for (const auto& modifier : modifiers)
      if ((lent & modifier.bit) != 0) out.events.emplace_back(wire::KeyEvent{modifier.left, false});
  }
  void operator()(const TextPacket& packet) const { out.events.emplace_back(wire::TextEvent{packet.utf8}); }
  void operator()(const PointerMove& packet) const {
    auto& pointer = self.moved();
    pointer.absolute = false;
    pointer.total_dx = sum(pointer.total_dx, packet.dx);
    pointer.total_dy = sum(pointer.total_dy, packet.dy);
    out.motion.emplace_back(pointer);
  }
  void operator()(const PointerPlace& packet) const {
    auto& pointer = self.moved();
    pointer.absolute = true;
    pointer.x = scaled(packet.x, packet.width);
    pointer.y = scaled(packet.y, packet.height);
    out.motion.emplace_back(pointer);
  }
  void operator()(const ButtonPacket& packet) const {
    if (packet.button == 0 || packet.button > buttons.size()) return;
    out.events.emplace_back(
        wire::ButtonEvent{.code = buttons[packet.button - 1U], .pressed = packet.pressed, .at = self.pointer_});
  }
  void operator()(const ScrollPacket& packet) const {
    out.events.emplace_back(
        wire::WheelEvent{.vertical = packet.vertical, .horizontal = packet.horizontal, .at = self.pointer_});
  }
  void operator()(const TouchPacket& packet) const { self.contacts_.translate(packet, out); }
  void operator()(const PenPacket& packet) const { self.contacts_.translate(packet, out); }
  void operator()(const GamepadPacket& packet) const { self.pads_.translate(packet, out); }
  void operator()(const GamepadArrivalPacket& packet) const { self.pads_.translate(packet, out); }
  void operator()(const GamepadMotionPacket& packet) const { self.pads_.translate(packet, out); }
  void operator()(const GamepadBatteryPacket& packet) const { self.pads_.translate(packet, out); }
  void operator()(const GamepadTouchPacket& packet) const { self.pads_.translate(packet, out); }
  // Rumble is sent to those who said nothing too.
  void operator()(const HapticsPacket& /*unused*/) const {}
};

wire::PointerState& InputTranslator::moved() {
  ++pointer_.sequence;
  return pointer_;
}

TranslatedInput InputTranslator::translate(const InputPacket& packet) {
  TranslatedInput out;
  std::visit(Translate{*this, out}, packet);
  return out;
}

}  // namespace pf::host::gamestream
