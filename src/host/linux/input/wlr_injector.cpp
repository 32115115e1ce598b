#include "host/linux/input/wlr_injector.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "host/linux/input/keymap.h"
#include "host/linux/input/utf8_points.h"
#include "host/linux/wayland/connection.h"
#include "virtual-keyboard-unstable-v1-client-protocol.h"
#include "wlr-virtual-pointer-unstable-v1-client-protocol.h"

namespace pf::host {
namespace {

constexpr milliseconds output_limit{2000};
constexpr std::uint32_t whole_extent = 65'535;
constexpr std::int32_t notch = 120;        // as in the kernel's REL_WHEEL_HI_RES
constexpr double pixels_per_notch = 15.0;  // what libinput reports for a wheel's click, and clients expect

std::uint32_t now_ms() {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

using PointerManager = Proxy<zwlr_virtual_pointer_manager_v1, zwlr_virtual_pointer_manager_v1_destroy>;
using Pointer = Proxy<zwlr_virtual_pointer_v1, zwlr_virtual_pointer_v1_destroy>;
// The keyboard manager has no destructor request; wayland-scanner then makes a function that frees the proxy alone.
using KeyboardManager = Proxy<zwp_virtual_keyboard_manager_v1, zwp_virtual_keyboard_manager_v1_destroy>;
using Keyboard = Proxy<zwp_virtual_keyboard_v1, zwp_virtual_keyboard_v1_destroy>;
using Seat = Proxy<wl_seat, wl_seat_destroy>;

class WlrInjector final : public InputInjector {
 public:
  static Result<std::unique_ptr<InputInjector>> open(const std::string& name, const KeyboardNames& names);
  ~WlrInjector() override { release_all(); }
  WlrInjector(const WlrInjector&) = delete;
  WlrInjector& operator=(const WlrInjector&) = delete;

  Result<void> move(double dx, double dy) override {
    zwlr_virtual_pointer_v1_motion(pointer_.get(), now_ms(), wl_fixed_from_double(dx), wl_fixed_from_double(dy));
    return finish_pointer();
  }
  Result<void> place(double x, double y) override {
    const auto along = [](double part) {
      return static_cast<std::uint32_t>(std::lround(std::clamp(part, 0.0, 1.0) * whole_extent));
    };
    zwlr_virtual_pointer_v1_motion_absolute(pointer_.get(), now_ms(), along(x), along(y), whole_extent, whole_extent);
    return finish_pointer();
  }
  Result<void> button(std::uint16_t evdev_code, bool pressed) override {
    if (!note(buttons_, evdev_code, pressed)) return {};
    zwlr_virtual_pointer_v1_button(pointer_.get(), now_ms(), evdev_code,
                                   pressed ? WL_POINTER_BUTTON_STATE_PRESSED : WL_POINTER_BUTTON_STATE_RELEASED);
    return finish_pointer();
  }
  Result<void> wheel(std::int32_t vertical, std::int32_t horizontal) override {
    // Wayland's vertical axis points down.
    scroll(WL_POINTER_AXIS_VERTICAL_SCROLL, -vertical, vertical_rest_);
    scroll(WL_POINTER_AXIS_HORIZONTAL_SCROLL, horizontal, horizontal_rest_);
    return finish_pointer();
  }
  Result<void> key(std::uint16_t evdev_code, bool pressed) override {
    if (!note(keys_, evdev_code, pressed)) return {};
    zwp_virtual_keyboard_v1_key(keyboard_.get(), now_ms(), evdev_code,
                                pressed ? WL_KEYBOARD_KEY_STATE_PRESSED : WL_KEYBOARD_KEY_STATE_RELEASED);
    if (keymap_.update(evdev_code, pressed)) send_modifiers();
    return connection_->flush();
  }
  Result<void> text(const std::string& utf8) override;
  void release_all() override;

 private:
  WlrInjector(std::unique_ptr<WaylandConnection> connection, Keymap keymap)
      : connection_(std::move(connection)), keymap_(std::move(keymap)) {}

  /// False when nothing changes: a second press of a key that is down, a release of one that is up.
  static bool note(std::set<std::uint16_t>& held, std::uint16_t code, bool pressed) {
    return pressed ? held.insert(code).second : held.erase(code) == 1;
  }
  void scroll(std::uint32_t axis, std::int32_t amount, std::int32_t& rest);
  void send_modifiers() {
    const auto m = keymap_.modifiers();
    zwp_virtual_keyboard_v1_modifiers(keyboard_.get(), m.depressed, m.latched, m.locked, m.group);
  }
  Result<void> finish_pointer() {
    zwlr_virtual_pointer_v1_frame(pointer_.get());
    return connection_->flush();
  }
  static Result<void> give_keymap(zwp_virtual_keyboard_v1* keyboard, const std::string& text) {
    const auto shared = share_keymap(text);
    if (!shared) return std::unexpected(shared.error());
    zwp_virtual_keyboard_v1_keymap(keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, shared->first.get(), shared->second);
    return {};
  }

  std::unique_ptr<WaylandConnection> connection_;
  Keymap keymap_;
  Seat seat_;
  PointerManager pointers_;
  Pointer pointer_;
  KeyboardManager keyboards_;
  Keyboard keyboard_;
  Keyboard text_keyboard_;  // made when text comes: its keymap changes with what is typed, the user's own does not
  std::set<std::uint16_t> keys_;
  std::set<std::uint16_t> buttons_;
  std::int32_t vertical_rest_ = 0;  // below a notch, 1/120
  std::int32_t horizontal_rest_ = 0;
};

void WlrInjector::scroll(std::uint32_t axis, std::int32_t amount, std::int32_t& rest) {
  if (amount == 0) return;
  amount = std::clamp(amount, -100 * notch, 100 * notch);
  rest += amount;
  const auto steps = rest / notch;
  rest -= steps * notch;
  const auto value = wl_fixed_from_double(pixels_per_notch * amount / notch);
  zwlr_virtual_pointer_v1_axis_source(pointer_.get(), WL_POINTER_AXIS_SOURCE_WHEEL);
  if (steps != 0) {
    zwlr_virtual_pointer_v1_axis_discrete(pointer_.get(), now_ms(), axis, value, steps);
  } else {
    zwlr_virtual_pointer_v1_axis(pointer_.get(), now_ms(), axis, value);
  }
}

Result<void> WlrInjector::text(const std::string& utf8) {
  auto points = utf8_points(utf8);
  if (!text_keyboard_)
    text_keyboard_.reset(zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(keyboards_.get(), seat_.get()));
  while (!points.empty()) {
    // One key for each different character, as many as a keymap holds.
    std::vector<char32_t> different;
    std::size_t taken = 0;
    for (; taken < points.size(); ++taken) {
      if (std::ranges::find(different, points[taken]) != different.end()) continue;
      if (different.size() == text_keymap_most) break;
      different.push_back(points[taken]);
    }
    if (auto given = give_keymap(text_keyboard_.get(), text_keymap(different)); !given) return given;
    for (std::size_t i = 0; i < taken; ++i) {
      const auto at = static_cast<std::uint32_t>(std::ranges::find(different, points[i]) - different.begin());
      for (const auto state : {WL_KEYBOARD_KEY_STATE_PRESSED, WL_KEYBOARD_KEY_STATE_RELEASED}) {
        zwp_virtual_keyboard_v1_key(text_keyboard_.get(), now_ms(), text_keymap_first_code + at, state);
      }
    }
    points.erase(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(taken));
  }
  return connection_->flush();
}

void WlrInjector::release_all() {
  // Copies: key() and button() take what they release out of the sets.
  for (const auto code : std::set(keys_)) (void)key(code, false);
  for (const auto code : std::set(buttons_)) (void)button(code, false);
  // Locks (Caps, Num) as well: the next client starts from nothing.
  keymap_.reset();
  send_modifiers();
  vertical_rest_ = horizontal_rest_ = 0;
  (void)connection_->flush();
}

Result<std::unique_ptr<InputInjector>> WlrInjector::open(const std::string& name, const KeyboardNames& names) {
  auto keymap = Keymap::compile(names);
  if (!keymap) return std::unexpected(keymap.error());
  auto opened = WaylandConnection::open();
  if (!opened) return std::unexpected(opened.error());
  std::unique_ptr<WlrInjector> injector(new WlrInjector(std::move(*opened), std::move(*keymap)));
  auto& connection = *injector->connection_;
  if (!connection.offers(zwlr_virtual_pointer_manager_v1_interface, 2) ||
      !connection.offers(zwp_virtual_keyboard_manager_v1_interface, 1)) {
    return fail(ErrorCode::unsupported,
                "the compositor does not offer wlr-virtual-pointer version 2 and virtual-keyboard");
  }
  injector->seat_.reset(connection.bind<wl_seat>(wl_seat_interface, 1));
  if (!injector->seat_) return fail(ErrorCode::unsupported, "the compositor has no seat");
  injector->pointers_.reset(
      connection.bind<zwlr_virtual_pointer_manager_v1>(zwlr_virtual_pointer_manager_v1_interface, 2));
  injector->keyboards_.reset(
      connection.bind<zwp_virtual_keyboard_manager_v1>(zwp_virtual_keyboard_manager_v1_interface, 1));
  auto* const output = connection.find_output(name, output_limit);
  if (output == nullptr) return fail(ErrorCode::closed, "the compositor has no output named " + name);
  injector->pointer_.reset(zwlr_virtual_pointer_manager_v1_create_virtual_pointer_with_output(
      injector->pointers_.get(), injector->seat_.get(), output));
  injector->keyboard_.reset(
      zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(injector->keyboards_.get(), injector->seat_.get()));
  if (auto given = give_keymap(injector->keyboard_.get(), injector->keymap_.text()); !given)
    return std::unexpected(given.error());
  // The compositor knows the devices before the first event comes from them.
  if (auto done = connection.round_trip(); !done) return std::unexpected(done.error());
  return injector;
}

}  // namespace

Probe probe_wlr_injector() {
  const auto connection = WaylandConnection::open();
  if (!connection)
    return {false, "wlr-input", connection.error().message,
            "start punktfunk-host inside a Sway session, or set WAYLAND_DISPLAY"};
  if (!(*connection)->offers(zwlr_virtual_pointer_manager_v1_interface, 2) ||
      !(*connection)->offers(zwp_virtual_keyboard_manager_v1_interface, 1)) {
    return {false, "wlr-input", "the compositor does not offer wlr-virtual-pointer version 2 and virtual-keyboard",
            "use a wlroots compositor such as Sway 1.7 or newer"};
  }
  return {true, "wlr-input", "virtual pointer and keyboard offered by the compositor", ""};
}

Result<std::unique_ptr<InputInjector>> make_wlr_injector(const std::string& name, const KeyboardNames& keyboard) {
  return WlrInjector::open(name, keyboard);
}

}  // namespace pf::host
