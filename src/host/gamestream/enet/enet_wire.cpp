#include "host/gamestream/enet/enet_wire.h"

#include <array>

#include "host/gamestream/wire/byte_order.h"

namespace pf::host::gamestream {
namespace {

constexpr std::uint16_t sent_time_flag = 0x8000;
constexpr std::uint16_t compressed_flag = 0x4000;
constexpr std::uint16_t session_mask = 0x3000;
constexpr unsigned session_shift = 12;
constexpr std::uint8_t kind_mask = 0x0F;
constexpr std::uint8_t acknowledge_flag = 0x80;
constexpr std::size_t common_size = 4;

/// Behind the four common bytes, by kind; a kind that is not used has none and ends the datagram.
constexpr std::array<std::size_t, 13> field_sizes{0, 4, 44, 40, 4, 0, 2, 4, 20, 4, 8, 12, 20};

bool carries_data(EnetKind kind) {
  return kind == EnetKind::reliable || kind == EnetKind::unreliable || kind == EnetKind::fragment ||
         kind == EnetKind::unsequenced || kind == EnetKind::unreliable_fragment;
}

// Where the layout says how much data follows.
std::size_t length_offset(EnetKind kind) {
  return kind == EnetKind::reliable ? 0 : 2;
}

/// Appends numbers to a command.
class Builder {
 public:
  Builder(EnetKind kind, std::uint8_t channel, std::uint16_t sequence, bool acknowledged) {
    add(static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) | (acknowledged ? acknowledge_flag : 0)));
    add(channel).add(sequence);
  }
  template <std::unsigned_integral T>
  Builder& add(T value) {
    bytes_.resize(bytes_.size() + sizeof(T));
    store_be(std::span(bytes_).last(sizeof(T)), value);
    return *this;
  }
  Builder& add(std::span<const std::byte> data) {
    bytes_.insert(bytes_.end(), data.begin(), data.end());
    return *this;
  }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace

EnetReader::EnetReader(std::span<const std::byte> datagram) : rest_(datagram) {
  if (rest_.size() < 2) return;
  const auto first = load_be<std::uint16_t>(rest_);
  if ((first & compressed_flag) != 0) return;
  EnetHeader header{.peer = static_cast<std::uint16_t>(first & enet_no_peer),
                    .session = static_cast<std::uint8_t>((first & session_mask) >> session_shift),
                    .sent_time = std::nullopt};
  rest_ = rest_.subspan(2);
  if ((first & sent_time_flag) != 0) {
    if (rest_.size() < 2) return;
    header.sent_time = load_be<std::uint16_t>(rest_);
    rest_ = rest_.subspan(2);
  }
  header_ = header;
}

std::optional<EnetCommand> EnetReader::next() {
  if (!header_ || rest_.size() < common_size) return std::nullopt;
  const auto first = std::to_integer<std::uint8_t>(rest_[0]);
  const std::size_t number = first & kind_mask;
  if (number == 0 || number >= field_sizes.size()) return std::nullopt;
  const auto kind = static_cast<EnetKind>(number);
  EnetCommand command{.kind = kind,
                      .wants_acknowledgement = (first & acknowledge_flag) != 0,
                      .channel = std::to_integer<std::uint8_t>(rest_[1]),
                      .sequence = load_be<std::uint16_t>(rest_.subspan(2)),
                      .fields = {},
                      .data = {}};
  auto rest = rest_.subspan(common_size);
  if (rest.size() < field_sizes[number]) return std::nullopt;
  command.fields = rest.first(field_sizes[number]);
  rest = rest.subspan(field_sizes[number]);
  if (carries_data(kind)) {
    const std::size_t size = load_be<std::uint16_t>(command.fields.subspan(length_offset(kind)));
    if (rest.size() < size) return std::nullopt;
    command.data = rest.first(size);
    rest = rest.subspan(size);
  }
  rest_ = rest;
  return command;
}

EnetConnect read_connect(std::span<const std::byte> fields) {
  const auto number = [&](std::size_t at) { return load_be<std::uint32_t>(fields.subspan(at)); };
  return {.peer = load_be<std::uint16_t>(fields),
          .incoming_session = std::to_integer<std::uint8_t>(fields[2]),
          .outgoing_session = std::to_integer<std::uint8_t>(fields[3]),
          .mtu = number(4),
          .window = number(8),
          .channels = number(12),
          .throttle_interval = number(24),
          .throttle_acceleration = number(28),
          .throttle_deceleration = number(32),
          .connect_id = number(36),
          .data = number(40)};
}

std::vector<std::byte> enet_acknowledge(std::uint8_t channel, std::uint16_t sequence, std::uint16_t sent_time) {
  return Builder(EnetKind::acknowledge, channel, sequence, false).add(sequence).add(sent_time).take();
}

std::vector<std::byte> enet_verify_connect(std::uint16_t sequence, const EnetConnect& verified) {
  return Builder(EnetKind::verify_connect, enet_control_channel, sequence, true)
      .add(verified.peer)
      .add(verified.incoming_session)
      .add(verified.outgoing_session)
      .add(verified.mtu)
      .add(verified.window)
      .add(verified.channels)
      .add(std::uint32_t{0})  // bandwidths: no limit
      .add(std::uint32_t{0})
      .add(verified.throttle_interval)
      .add(verified.throttle_acceleration)
      .add(verified.throttle_deceleration)
      .add(verified.connect_id)
      .take();
}

std::vector<std::byte> enet_disconnect(std::uint16_t sequence) {
  return Builder(EnetKind::disconnect, enet_control_channel, sequence, true).add(std::uint32_t{0}).take();
}

std::vector<std::byte> enet_ping(std::uint16_t sequence) {
  return Builder(EnetKind::ping, enet_control_channel, sequence, true).take();
}

std::vector<std::byte> enet_reliable(std::uint8_t channel, std::uint16_t sequence, std::span<const std::byte> data) {
  return Builder(EnetKind::reliable, channel, sequence, true)
      .add(static_cast<std::uint16_t>(data.size()))
      .add(data)
      .take();
}

std::vector<std::byte> enet_datagram(const EnetHeader& header, std::span<const std::byte> commands) {
  std::vector<std::byte> out(header.sent_time ? 4 : 2);
  const auto first = static_cast<std::uint16_t>(header.peer | (header.session << session_shift) |
                                                (header.sent_time ? sent_time_flag : 0));
  store_be(std::span(out), first);
  if (header.sent_time) store_be(std::span(out).subspan(2), *header.sent_time);
  out.insert(out.end(), commands.begin(), commands.end());
  return out;
}

}  // namespace pf::host::gamestream
