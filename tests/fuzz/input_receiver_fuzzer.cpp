// Everything that a paired client's user can do on the host, in any order: input records and datagrams as they come. No
// key is pressed twice, only what is plugged in is moved, and nothing stays down once all has been let go of.
#include <algorithm>
#include <bitset>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <span>

#include "core/wire/bytes.h"
#include "core/wire/input_events.h"
#include "core/wire/utf8.h"
#include "fuzz/require.h"
#include "host/stream/input_receiver.h"

namespace {

using namespace pf;

/// A backend that trusts its caller, and says when it should not have.
class StrictInjector final : public host::InputInjector {
 public:
  Result<void> move(double, double) override { return {}; }
  Result<void> place(double x, double y) override {
    fuzz::require(x >= 0 && x <= 1 && y >= 0 && y <= 1);
    return {};
  }
  Result<void> button(std::uint16_t code, bool pressed) override { return change(buttons_, code, pressed); }
  Result<void> wheel(std::int32_t vertical, std::int32_t horizontal) override {
    fuzz::require(vertical != 0 || horizontal != 0);
    return {};
  }
  Result<void> key(std::uint16_t code, bool pressed) override { return change(keys_, code, pressed); }
  Result<void> text(const std::string& utf8) override {
    fuzz::require(!utf8.empty() && wire::valid_utf8(utf8));
    return {};
  }
  Result<void> touch(wire::TouchPhase phase, const wire::TouchContact& contact) override {
    const bool begins = phase == wire::TouchPhase::down;
    fuzz::require(contacts_.contains(contact.id) != begins);
    if (begins) contacts_.insert(contact.id);
    if (phase == wire::TouchPhase::up || phase == wire::TouchPhase::cancel) contacts_.erase(contact.id);
    fuzz::require(contacts_.size() <= wire::max_touch_contacts);
    return {};
  }
  Result<void> pen(const wire::PenState& pen) override {
    fuzz::require(std::abs(pen.tilt_x) <= wire::most_pen_tilt && std::abs(pen.tilt_y) <= wire::most_pen_tilt);
    fuzz::require(pen.twist <= wire::most_pen_twist);
    pen_near_ = pen.in_range;
    return {};
  }
  void release_all() override {
    keys_.reset();
    buttons_.reset();
  }
  [[nodiscard]] bool idle() const { return keys_.none() && buttons_.none() && contacts_.empty() && !pen_near_; }

 private:
  using Held = std::bitset<host::max_input_code>;
  static Result<void> change(Held& held, std::uint16_t code, bool pressed) {
    fuzz::require(code < held.size() && held[code] != pressed);
    held[code] = pressed;
    return {};
  }

  Held keys_;
  Held buttons_;
  std::set<std::uint32_t> contacts_;
  bool pen_near_ = false;
};

/// Shares what is plugged in with its test, which outlives it.
class StrictHub final : public host::GamepadHub {
 public:
  explicit StrictHub(std::bitset<wire::max_gamepads>& plugged) : plugged_(plugged) {}
  Result<void> plug(const wire::GamepadArrival& pad) override {
    fuzz::require(pad.pad < plugged_.size() && !plugged_[pad.pad]);
    fuzz::require(pad.kind <= wire::GamepadKind::nintendo);
    plugged_[pad.pad] = true;
    return {};
  }
  void unplug(std::uint8_t pad) override {
    fuzz::require(plugged_.test(pad));
    plugged_[pad] = false;
    contacts_.erase(pad);
  }
  Result<void> update(std::uint8_t pad, std::uint32_t, const wire::GamepadAxes&) override { return is_there(pad); }
  Result<void> move(const wire::GamepadMotion& motion) override { return is_there(motion.pad); }
  Result<void> battery(const wire::GamepadBattery& battery) override {
    fuzz::require(battery.state <= wire::BatteryState::full);
    fuzz::require(battery.percent <= wire::full_charge || battery.percent == wire::unknown_charge);
    return is_there(battery.pad);
  }
  Result<void> touch(std::uint8_t pad, wire::TouchPhase phase, const wire::TouchContact& contact) override {
    const bool begins = phase == wire::TouchPhase::down;
    fuzz::require(contacts_[pad].contains(contact.id) != begins);
    if (begins) contacts_[pad].insert(contact.id);
    if (phase == wire::TouchPhase::up || phase == wire::TouchPhase::cancel) contacts_[pad].erase(contact.id);
    fuzz::require(contacts_[pad].size() <= wire::max_touch_contacts);
    return is_there(pad);
  }

 private:
  Result<void> is_there(std::uint8_t pad) {
    fuzz::require(pad < plugged_.size() && plugged_[pad]);
    return {};
  }
  std::bitset<wire::max_gamepads>& plugged_;
  std::map<std::uint8_t, std::set<std::uint32_t>> contacts_;  // of those that are plugged in
};

/// The motion that a datagram holds, as the host's connection hands it on.
struct Motion {
  host::InputReceiver& to;
  void operator()(const wire::MotionDatagram& motion) const { (void)to.apply(wire::UnreliableInput{motion.pointer}); }
  void operator()(const wire::ClockPing&) const {}
  void operator()(const wire::ClockPong&) const {}
  void operator()(const wire::Feedback&) const {}
  template <class Input>
  void operator()(const Input& input) const {
    (void)to.apply(wire::UnreliableInput{input});
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(std::as_bytes(std::span(data, size)));
  StrictInjector injector;
  std::bitset<wire::max_gamepads> plugged;
  host::InputReceiver receiver(
      injector, [&]() -> Result<std::unique_ptr<host::GamepadHub>> { return std::make_unique<StrictHub>(plugged); });
  while (in.remaining() > 0) {
    const auto head = in.read<std::uint8_t>();
    const auto bytes = in.take(std::min<std::size_t>(head & 0x7Fu, in.remaining()));
    if ((head & 0x80u) == 0) {
      const auto event = wire::decode_input(bytes);
      if (event && *event) (void)receiver.apply(**event);
    } else {
      const auto datagram = wire::decode_datagram(bytes);
      if (datagram && *datagram) std::visit(Motion{receiver}, **datagram);
    }
  }
  receiver.release_all();
  fuzz::require(injector.idle() && !receiver.holds_anything());
  return 0;
}
