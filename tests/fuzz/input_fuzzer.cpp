// What a client's user does, from a client that lies: records on the stream, and datagrams.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <variant>

#include "core/wire/input_events.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

/// What whoever takes input counts on.
struct InBounds {
  void operator()(const wire::PenEvent& event) const { pen(event.pen); }
  void operator()(const wire::PenMotion& motion) const { pen(motion.pen); }
  void operator()(const wire::GamepadArrival& arrival) const {
    fuzz::require(arrival.kind <= wire::GamepadKind::nintendo);
  }
  void operator()(const wire::GamepadBattery& battery) const {
    fuzz::require(battery.state <= wire::BatteryState::full);
    fuzz::require(battery.percent <= wire::full_charge || battery.percent == wire::unknown_charge);
  }
  template <class Input>
  void operator()(const Input&) const {}

 private:
  static void pen(const wire::PenState& pen) {
    fuzz::require(std::abs(pen.tilt_x) <= wire::most_pen_tilt && std::abs(pen.tilt_y) <= wire::most_pen_tilt);
    fuzz::require(pen.twist <= wire::most_pen_twist);
  }
};

void check_records(std::span<const std::byte> bytes) {
  wire::InputFramer framer;
  if (!framer.push(bytes)) return;
  while (const auto record = framer.next()) {
    const auto event = wire::decode_input(*record);
    if (!event || !*event) continue;
    std::visit(InBounds{}, **event);
    const auto again = wire::encode_input(**event);
    const auto same = wire::decode_input(std::span(again).subspan(2));
    fuzz::require(same && *same && **same == **event);
  }
}

void check_datagram(std::span<const std::byte> bytes) {
  const auto datagram = wire::decode_datagram(bytes);
  if (!datagram || !*datagram) return;
  std::visit(InBounds{}, **datagram);
  const auto same = wire::decode_datagram(wire::encode_datagram(**datagram));
  fuzz::require(same && *same && **same == **datagram);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check_records(bytes);
  check_datagram(bytes);
  return 0;
}
