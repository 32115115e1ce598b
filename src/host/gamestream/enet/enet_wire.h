// ENet's layouts, as far as a GameStream host meets them (protocol 1.3): a header of 2 or 4 bytes, then commands. All
// numbers are big-endian. The facts are from ENet's own protocol.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pf::host::gamestream {

/// What stands for "no peer" in the header of a datagram that asks to connect.
inline constexpr std::uint16_t enet_no_peer = 0xFFF;
/// The channel of commands that belong to no channel.
inline constexpr std::uint8_t enet_control_channel = 0xFF;

struct EnetHeader {
  std::uint16_t peer = 0;                  // the receiver's number for the sender
  std::uint8_t session = 0;                // two bits that tell an earlier connection of that number apart
  std::optional<std::uint16_t> sent_time;  // ms
};

enum class EnetKind : std::uint8_t {
  acknowledge = 1,
  connect = 2,
  verify_connect = 3,
  disconnect = 4,
  ping = 5,
  reliable = 6,
  unreliable = 7,
  fragment = 8,
  unsequenced = 9,
  bandwidth_limit = 10,
  throttle_configure = 11,
  unreliable_fragment = 12,
};

struct EnetCommand {
  EnetKind kind = EnetKind::ping;
  bool wants_acknowledgement = false;
  std::uint8_t channel = 0;
  std::uint16_t sequence = 0;         // of the channel's reliable commands
  std::span<const std::byte> fields;  // what the kind's layout has behind the four common bytes
  std::span<const std::byte> data;    // of those that carry some
};

/// Takes one datagram apart.
class EnetReader {
 public:
  explicit EnetReader(std::span<const std::byte> datagram);
  /// nullopt: too short, or compressed, which nobody agreed on.
  [[nodiscard]] const std::optional<EnetHeader>& header() const { return header_; }
  /// The next command; nullopt at the end, and before anything that does not follow its layout.
  std::optional<EnetCommand> next();

 private:
  std::optional<EnetHeader> header_;
  std::span<const std::byte> rest_;
};

/// What a client that connects says, behind the four common bytes.
struct EnetConnect {
  std::uint16_t peer = 0;  // its number for us
  std::uint8_t incoming_session = 0;
  std::uint8_t outgoing_session = 0;
  std::uint32_t mtu = 0;
  std::uint32_t window = 0;
  std::uint32_t channels = 0;
  std::uint32_t throttle_interval = 0;
  std::uint32_t throttle_acceleration = 0;
  std::uint32_t throttle_deceleration = 0;
  std::uint32_t connect_id = 0;
  std::uint32_t data = 0;
};
EnetConnect read_connect(std::span<const std::byte> fields);

// Commands, whole. `data` must fit into one datagram.
std::vector<std::byte> enet_acknowledge(std::uint8_t channel, std::uint16_t sequence, std::uint16_t sent_time);
/// Says what the client said, but for the peer's number here and the sessions.
std::vector<std::byte> enet_verify_connect(std::uint16_t sequence, const EnetConnect& verified);
std::vector<std::byte> enet_disconnect(std::uint16_t sequence);
std::vector<std::byte> enet_ping(std::uint16_t sequence);
std::vector<std::byte> enet_reliable(std::uint8_t channel, std::uint16_t sequence, std::span<const std::byte> data);

/// A datagram's header in front of its commands.
std::vector<std::byte> enet_datagram(const EnetHeader& header, std::span<const std::byte> commands);

}  // namespace pf::host::gamestream
