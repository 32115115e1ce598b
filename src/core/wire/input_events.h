// What a client's user does. Keys, buttons, wheel and text travel on a reliable ordered stream; motion in datagrams of
// which the newest wins. docs/protocol.md, "Input".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/wire/device_events.h"
#include "core/wire/record_framer.h"

namespace pf::wire {

/// Where the pointer has got to. Relative motion is a running total, so that a lost datagram loses no movement:
/// the receiver injects the difference to the last total it has seen (modulo 2^32).
struct PointerState {
  std::uint32_t sequence = 0;  // newer wins, RFC 1982 arithmetic
  std::int32_t total_dx = 0;   // 1/16 pixel, sum since the session began
  std::int32_t total_dy = 0;
  bool absolute = false;  // x and y mean something
  std::uint16_t x = 0;    // 0 is the display's left edge, 65,535 its right
  std::uint16_t y = 0;
  bool operator==(const PointerState&) const = default;
};

/// evdev code (linux/input-event-codes.h, KEY_*): names a place on the keyboard, whatever the layout prints there.
struct KeyEvent {
  std::uint16_t code = 0;
  bool pressed = false;
  bool operator==(const KeyEvent&) const = default;
};

/// evdev code (BTN_LEFT 0x110, ...). Carries the pointer, so that a click lands where the user aimed.
struct ButtonEvent {
  std::uint16_t code = 0;
  bool pressed = false;
  PointerState at;
  bool operator==(const ButtonEvent&) const = default;
};

/// 1/120 of a wheel notch, as in the kernel's REL_WHEEL_HI_RES; positive is up and right.
struct WheelEvent {
  std::int32_t vertical = 0;
  std::int32_t horizontal = 0;
  PointerState at;
  bool operator==(const WheelEvent&) const = default;
};

/// Unicode text, UTF-8, at most 256 bytes: for what has no key (emoji, an input method's result).
struct TextEvent {
  std::string utf8;
  bool operator==(const TextEvent&) const = default;
};

/// The client's window lost the focus: let go of everything that is held down.
struct ReleaseAllEvent {
  bool operator==(const ReleaseAllEvent&) const = default;
};

using ReliableInput = std::variant<KeyEvent, ButtonEvent, WheelEvent, TextEvent, ReleaseAllEvent, TouchEvent, PenEvent,
                                   GamepadArrival, GamepadRemoval, GamepadEvent, GamepadBattery, GamepadTouch>;
/// What datagrams bring: the newest of each kind, and of each gamepad, is all that counts.
using UnreliableInput =
    std::variant<PointerState, TouchMotion, PenMotion, GamepadSticks, GamepadMotion, GamepadTouchMotion>;

/// One record for the input stream: u16 size of what follows, u8 kind, body.
std::vector<std::byte> encode_input(const ReliableInput& event);
/// One record without its size. nullopt: a kind that this version does not know. Errors: truncated, malformed
/// (text that is not UTF-8, or too long).
Result<std::optional<ReliableInput>> decode_input(std::span<const std::byte> record);

/// Cuts the input stream into records of at most max_input_record bytes.
inline constexpr std::size_t max_input_record = 1024;
class InputFramer : public RecordFramer<std::uint16_t> {
 public:
  InputFramer() : RecordFramer(1, max_input_record) {}
};

// --- QUIC datagrams (RFC 9221): u8 kind, body ---

struct MotionDatagram {
  PointerState pointer;
  bool operator==(const MotionDatagram&) const = default;
};
/// client -> host, every 500 ms, ten in the first second: as NTP (RFC 5905, section 8) does.
struct ClockPing {
  std::uint32_t id = 0;
  std::uint64_t client_send_us = 0;
  bool operator==(const ClockPing&) const = default;
};
struct ClockPong {
  std::uint32_t id = 0;
  std::uint64_t client_send_us = 0;  // echoed
  std::uint64_t host_receive_us = 0;
  std::uint64_t host_send_us = 0;
  bool operator==(const ClockPong&) const = default;
};
/// client -> host, about every 50 ms while video comes: what its packets tell of the way. Everything but the sequence,
/// the delays and the number of frames counts from the start of the stream, modulo 2^32, so that a report that is lost
/// takes nothing along. docs/protocol.md, "Feedback".
struct Feedback {
  std::uint32_t sequence = 0;          // 1, 2, ...; newer wins, RFC 1982 arithmetic
  std::uint32_t time_us = 0;           // of the report, client's clock
  std::uint32_t packets_expected = 0;  // numbers up to the newest one
  std::uint32_t packets_received = 0;
  std::uint32_t packets_lost = 0;  // settled: a number is lost when it is missing a report after a newer one came
  std::uint32_t loss_runs = 0;     // in how many runs of numbers next to each other they were lost
  std::uint32_t bytes_received = 0;
  std::uint32_t train_bytes = 0;  // of packets that left together: the later part of each train
  std::uint32_t train_us = 0;     // that it took
  // Of the frames that began to arrive since the last report: arrival less sending, each on its own side's clock.
  std::uint32_t frames = 0;
  std::int32_t least_delay_us = 0;
  std::int32_t last_delay_us = 0;
  bool operator==(const Feedback&) const = default;
};
using ControlDatagram = std::variant<MotionDatagram, ClockPing, ClockPong, Feedback, TouchMotion, PenMotion,
                                     GamepadSticks, GamepadMotion, GamepadTouchMotion>;

[[nodiscard]] ControlDatagram as_datagram(const UnreliableInput& motion);

std::vector<std::byte> encode_datagram(const ControlDatagram& datagram);
/// nullopt: an unknown kind. Errors: truncated, malformed.
Result<std::optional<ControlDatagram>> decode_datagram(std::span<const std::byte> bytes);

}  // namespace pf::wire
