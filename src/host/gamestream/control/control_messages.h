// What client and host tell each other on the control stream: docs/gamestream.md, "Control".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/base/error.h"

namespace pf::host::gamestream {

struct KeyframeRequest {
  bool operator==(const KeyframeRequest&) const = default;
};
/// Frames that never arrived; both ends belong to them.
struct InvalidateFrames {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool operator==(const InvalidateFrames&) const = default;
};
/// What became of a frame of which packets were missing.
struct FrameFecStatus {
  std::uint32_t frame = 0;
  std::uint16_t missing = 0;  // packets before the last one that arrived
  std::uint16_t data = 0;     // of the block, in all
  std::uint16_t parity = 0;
  std::uint16_t received_data = 0;
  std::uint16_t received_parity = 0;
  [[nodiscard]] bool recovered() const { return received_data + received_parity >= data; }
  bool operator==(const FrameFecStatus&) const = default;
};
/// The client has this long-term reference.
struct ReferenceAcknowledged {
  std::uint32_t frame = 0;
  bool operator==(const ReferenceAcknowledged&) const = default;
};
/// Sent every 100 ms, and once when the client is ready; also old loss and frame statistics, whose content nobody
/// needs.
struct SignOfLife {
  bool operator==(const SignOfLife&) const = default;
};
/// An input packet, for decode_input().
struct InputMessage {
  std::vector<std::byte> packet;
  bool operator==(const InputMessage&) const = default;
};
using ClientMessage =
    std::variant<SignOfLife, KeyframeRequest, InvalidateFrames, FrameFecStatus, ReferenceAcknowledged, InputMessage>;

/// Of a message without its seal. nullopt: a type that this host does not know. Errors: truncated.
Result<std::optional<ClientMessage>> decode_control(std::span<const std::byte> message);

enum class Termination : std::uint32_t {
  graceful = 0x80030023,          // the session was ended on purpose: clients report no error
  frame_conversion = 0x800e9403,  // the host can't capture or encode: clients say so
};

struct GamepadRumble {
  std::uint16_t gamepad = 0;
  std::uint16_t low = 0;   // the heavy motor
  std::uint16_t high = 0;  // the light one
};
struct TriggerRumble {
  std::uint16_t gamepad = 0;
  std::uint16_t left = 0;
  std::uint16_t right = 0;
};
enum class MotionSensor : std::uint8_t { accelerometer = 1, gyroscope = 2 };
struct MotionReports {
  std::uint16_t gamepad = 0;
  std::uint16_t hertz = 0;  // 0: none any more
  MotionSensor sensor = MotionSensor::accelerometer;
};
struct GamepadLed {
  std::uint16_t gamepad = 0;
  std::uint8_t red = 0, green = 0, blue = 0;
};
/// A DualSense's triggers; the effects are passed on as the pad's driver wrote them.
struct AdaptiveTriggers {
  static constexpr std::size_t effect_size = 10;
  std::uint16_t gamepad = 0;
  std::uint8_t which = 0;  // 4: right, 8: left
  std::uint8_t left_kind = 0, right_kind = 0;
  std::array<std::byte, effect_size> left{}, right{};
};
/// CTA-861.3 and SMPTE ST 2086: chromaticities in 1/50,000, luminances in cd/m2 (the least in 1/10,000).
struct HdrMode {
  bool on = false;
  std::array<std::array<std::uint16_t, 2>, 3> primaries{};  // red, green, blue
  std::array<std::uint16_t, 2> white{};
  std::uint16_t max_luminance = 0;
  std::uint16_t min_luminance = 0;
  std::uint16_t max_content = 0;
  std::uint16_t max_frame_average = 0;
  std::uint16_t max_full_frame = 0;
};
using HostMessage =
    std::variant<Termination, GamepadRumble, TriggerRumble, MotionReports, GamepadLed, AdaptiveTriggers, HdrMode>;

std::vector<std::byte> encode_control(const HostMessage& message);

}  // namespace pf::host::gamestream
