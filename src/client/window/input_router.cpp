#include "client/window/input_router.h"

#include <optional>
#include <string>
#include <string_view>

#include "client/input/hid_keys.h"
#include "core/wire/utf8.h"

namespace pf::client {
namespace {

constexpr std::size_t longest_text = 256;  // bytes in one TextEvent

std::optional<std::uint16_t> key_code_of(SDL_Scancode scancode) {
  switch (scancode) {
    // Beyond the keyboard page SDL numbers keys in its own way.
    case SDL_SCANCODE_AUDIONEXT: return 163;
    case SDL_SCANCODE_AUDIOPLAY: return 164;
    case SDL_SCANCODE_AUDIOPREV: return 165;
    case SDL_SCANCODE_AUDIOSTOP: return 166;
    case SDL_SCANCODE_AUDIOMUTE: return 113;
    default: break;
  }
  constexpr int keyboard_page_end = 256;
  if (scancode >= keyboard_page_end) return std::nullopt;
  return key_code_of_usage(static_cast<std::uint32_t>(scancode));
}

std::optional<std::uint16_t> button_code_of(std::uint8_t button) {
  switch (button) {
    case SDL_BUTTON_LEFT: return 0x110;
    case SDL_BUTTON_RIGHT: return 0x111;
    case SDL_BUTTON_MIDDLE: return 0x112;
    case SDL_BUTTON_X1: return 0x113;
    case SDL_BUTTON_X2: return 0x114;
    default: return std::nullopt;
  }
}

Modifiers modifiers_of(std::uint16_t state) {
  return {.ctrl = (state & KMOD_CTRL) != 0, .alt = (state & KMOD_ALT) != 0, .shift = (state & KMOD_SHIFT) != 0};
}

}  // namespace

void InputRouter::on_event(const SDL_Event& event) {
  switch (event.type) {
    case SDL_KEYDOWN:
    case SDL_KEYUP: on_key(event.key); break;
    case SDL_TEXTINPUT: on_text(event.text.text); break;
    case SDL_MOUSEMOTION: on_motion(event.motion); break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP: on_button(event.button); break;
    case SDL_MOUSEWHEEL: on_wheel(event.wheel); break;
    case SDL_WINDOWEVENT:
      if (event.window.event == SDL_WINDOWEVENT_FOCUS_LOST) release_all();
      break;
    default: break;
  }
}

void InputRouter::toggle_grab() {
  grabbed_ = !grabbed_;
  screen_.grab(grabbed_);
}

void InputRouter::forget() {
  (void)held_.release_all();
}

void InputRouter::on_key(const SDL_KeyboardEvent& key) {
  const auto code = key_code_of(key.keysym.scancode);
  if (!code) return;  // what it types comes as text
  const bool pressed = key.type == SDL_KEYDOWN;
  if (pressed) {
    if (const auto action = action_of(modifiers_of(key.keysym.mod), *code)) {
      if (key.repeat == 0) on_action_(*action);
      return;
    }
  }
  if (pressed ? held_.press(*code) : held_.release(*code)) {
    session_.with_link([&](auto& link) { link.send(wire::KeyEvent{*code, pressed}); });
  }
}

void InputRouter::on_text(const char* utf8) {
  if (held_.typing()) return;  // the host's keyboard layout makes its own text of the key
  std::string_view text(utf8);
  if (!wire::valid_utf8(text)) return;
  while (!text.empty()) {
    const auto part = wire::utf8_head(text, longest_text);
    session_.with_link([&](auto& link) { link.send(wire::TextEvent{std::string(part)}); });
    text.remove_prefix(part.size());
  }
}

void InputRouter::place(int x, int y) {
  const auto box = screen_.picture_box();
  if (!box) return;
  const auto [px, py] = screen_.to_pixels(x, y);
  const auto at = place_in(*box, px, py);
  session_.with_link([&](auto& link) { link.place_pointer(at.x, at.y); });
}

void InputRouter::on_motion(const SDL_MouseMotionEvent& motion) {
  if (!grabbed_) {
    place(motion.x, motion.y);
  } else if (motion.xrel != 0 || motion.yrel != 0) {
    session_.with_link([&](auto& link) { link.move_pointer(motion.xrel * 16, motion.yrel * 16); });
  }
}

void InputRouter::on_button(const SDL_MouseButtonEvent& button) {
  const auto code = button_code_of(button.button);
  if (!code) return;
  const bool pressed = button.type == SDL_MOUSEBUTTONDOWN;
  if (!(pressed ? held_.press(*code) : held_.release(*code))) return;
  if (!grabbed_) place(button.x, button.y);
  session_.with_link([&](auto& link) { link.send(wire::ButtonEvent{*code, pressed, link.pointer()}); });
}

void InputRouter::on_wheel(const SDL_MouseWheelEvent& wheel) {
  const double sign = wheel.direction == SDL_MOUSEWHEEL_FLIPPED ? -1 : 1;
  const auto up = vertical_.turn(sign * static_cast<double>(wheel.preciseY));
  const auto right = horizontal_.turn(sign * static_cast<double>(wheel.preciseX));
  if (up == 0 && right == 0) return;
  session_.with_link([&](auto& link) { link.send(wire::WheelEvent{up, right, link.pointer()}); });
}

void InputRouter::release_all() {
  if (!held_.release_all()) return;
  session_.with_link([](auto& link) { link.send(wire::ReleaseAllEvent{}); });
}

}  // namespace pf::client
