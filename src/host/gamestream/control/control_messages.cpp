#include "host/gamestream/control/control_messages.h"

#include "core/wire/bytes.h"
#include "host/gamestream/wire/byte_order.h"

namespace pf::host::gamestream {
namespace {

enum class Type : std::uint16_t {
  // from the client
  periodic_ping = 0x0200,
  loss_statistics = 0x0201,
  frame_statistics = 0x0204,
  input = 0x0206,
  invalidate_frames = 0x0301,
  keyframe_request = 0x0302,
  start_a = 0x0305,
  start_b = 0x0307,
  reference_acknowledged = 0x0350,
  frame_fec_status = 0x5502,  // also GamepadLed, the other way
  // from the host
  termination = 0x0109,
  rumble = 0x010b,
  hdr_mode = 0x010e,
  trigger_rumble = 0x5500,
  motion_reports = 0x5501,
  led = 0x5502,
  adaptive_triggers = 0x5503,
};

/// A message: u16 type, u16 length, then the payload; little-endian but where a field says otherwise.
class Message {
 public:
  explicit Message(Type type) { add(static_cast<std::uint16_t>(type)).add(std::uint16_t{0}); }
  template <std::unsigned_integral T>
  Message& add(T value) {
    bytes_.resize(bytes_.size() + sizeof(T));
    store_le(std::span(bytes_).last(sizeof(T)), value);
    return *this;
  }
  Message& add(std::span<const std::byte> data) {
    bytes_.insert(bytes_.end(), data.begin(), data.end());
    return *this;
  }
  std::vector<std::byte> take() {
    store_le(std::span(bytes_).subspan(2), static_cast<std::uint16_t>(bytes_.size() - 4));
    return std::move(bytes_);
  }

 private:
  std::vector<std::byte> bytes_;
};

struct Encode {
  std::vector<std::byte> operator()(Termination code) const {
    std::array<std::byte, 4> big{};
    store_be(std::span(big), static_cast<std::uint32_t>(code));
    return Message(Type::termination).add(big).take();
  }
  std::vector<std::byte> operator()(const GamepadRumble& m) const {
    // The first four bytes are read by nobody.
    return Message(Type::rumble).add(std::uint32_t{0}).add(m.gamepad).add(m.low).add(m.high).take();
  }
  std::vector<std::byte> operator()(const TriggerRumble& m) const {
    return Message(Type::trigger_rumble).add(m.gamepad).add(m.left).add(m.right).take();
  }
  std::vector<std::byte> operator()(const MotionReports& m) const {
    return Message(Type::motion_reports).add(m.gamepad).add(m.hertz).add(static_cast<std::uint8_t>(m.sensor)).take();
  }
  std::vector<std::byte> operator()(const GamepadLed& m) const {
    return Message(Type::led).add(m.gamepad).add(m.red).add(m.green).add(m.blue).take();
  }
  std::vector<std::byte> operator()(const AdaptiveTriggers& m) const {
    return Message(Type::adaptive_triggers)
        .add(m.gamepad)
        .add(m.which)
        .add(m.left_kind)
        .add(m.right_kind)
        .add(m.left)
        .add(m.right)
        .take();
  }
  std::vector<std::byte> operator()(const HdrMode& m) const {
    Message message(Type::hdr_mode);
    message.add(static_cast<std::uint8_t>(m.on ? 1 : 0));
    for (const auto& [x, y] : m.primaries) message.add(x).add(y);
    message.add(m.white[0]).add(m.white[1]).add(m.max_luminance).add(m.min_luminance);
    return message.add(m.max_content).add(m.max_frame_average).add(m.max_full_frame).take();
  }
};

InvalidateFrames read_invalidation(std::span<const std::byte> payload) {
  wire::Reader reader(payload);
  InvalidateFrames frames;
  frames.first = reader.read<std::uint32_t>();
  (void)reader.read<std::uint32_t>();
  frames.last = reader.read<std::uint32_t>();
  return frames;
}

FrameFecStatus read_status(std::span<const std::byte> payload) {
  const auto number = [&](std::size_t at) { return load_be<std::uint16_t>(payload.subspan(at)); };
  return {.frame = load_be<std::uint32_t>(payload),
          .missing = number(8),
          .data = number(10),
          .parity = number(12),
          .received_data = number(14),
          .received_parity = number(16)};
}

}  // namespace

Result<std::optional<ClientMessage>> decode_control(std::span<const std::byte> message) {
  wire::Reader reader(message);
  const auto type = static_cast<Type>(reader.read<std::uint16_t>());
  const auto size = reader.read<std::uint16_t>();
  const auto payload = reader.take(size);
  if (!reader.ok()) return fail(ErrorCode::truncated, "a control message ends early");
  const auto at_least = [&](std::size_t needed) { return payload.size() >= needed; };
  const auto too_short = [] { return fail(ErrorCode::truncated, "a control message lacks fields"); };
  switch (type) {
    case Type::periodic_ping:
    case Type::loss_statistics:
    case Type::frame_statistics:
    case Type::start_a:
    case Type::start_b: return ClientMessage(SignOfLife{});
    case Type::keyframe_request: return ClientMessage(KeyframeRequest{});
    case Type::input: return ClientMessage(InputMessage{{payload.begin(), payload.end()}});
    case Type::invalidate_frames:
      if (!at_least(12)) return too_short();
      return ClientMessage(read_invalidation(payload));
    case Type::frame_fec_status:
      if (!at_least(21)) return too_short();
      return ClientMessage(read_status(payload));
    case Type::reference_acknowledged:
      if (!at_least(4)) return too_short();
      return ClientMessage(ReferenceAcknowledged{wire::Reader(payload).read<std::uint32_t>()});
    default: return std::nullopt;
  }
}

std::vector<std::byte> encode_control(const HostMessage& message) {
  return std::visit(Encode{}, message);
}

}  // namespace pf::host::gamestream
