// One ENet connection, as the side that was connected to: order, acknowledgements, repeats. No I/O, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/net/address.h"
#include "host/gamestream/enet/enet_wire.h"

namespace pf::host::gamestream {

/// A message that a peer sent, in order within its channel.
struct EnetMessage {
  std::uint8_t channel = 0;
  std::vector<std::byte> data;
};

/// Fragments are refused: no GameStream client has a message as long as that.
class EnetPeer {
 public:
  enum class State : std::uint8_t { opening, open, closing, closed };
  static constexpr std::size_t max_channels = 64;
  static constexpr std::size_t max_unacknowledged = 256;  // commands of ours
  static constexpr std::size_t max_reordered = 64;        // messages of a channel that wait for an earlier one

  /// `number` is what the client is to call us by. Leaves the answer to the client's CONNECT to be sent.
  EnetPeer(const net::Address& address, std::uint16_t number, std::uint8_t generation, const EnetConnect& connect,
           TimePoint now);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const net::Address& address() const { return address_; }
  [[nodiscard]] std::uint32_t connect_id() const { return connect_id_; }
  [[nodiscard]] std::uint32_t connect_data() const { return connect_data_; }
  /// Whether a datagram's header belongs to this connection and not to an earlier one of its number.
  [[nodiscard]] bool owns(std::uint8_t session) const { return session == incoming_session_; }

  void receive(const EnetHeader& header, const EnetCommand& command, TimePoint now);
  /// Reliable, in order. False: not connected, or too much waits to be acknowledged.
  bool send(std::uint8_t channel, std::span<const std::byte> data, TimePoint now);
  /// Says so until the client has acknowledged it, or for two seconds.
  void disconnect(TimePoint now);

  /// What is due: acknowledgements, repeats, pings. Ends a connection whose client is silent.
  void tick(TimePoint now);
  [[nodiscard]] TimePoint deadline() const;
  std::optional<EnetMessage> take_message();
  /// Nothing is left to send.
  [[nodiscard]] bool quiet() const { return acknowledgements_.empty() && due_commands_.empty(); }
  /// The next datagram to send.
  std::optional<std::vector<std::byte>> take_datagram(TimePoint now);
  [[nodiscard]] Duration round_trip() const { return round_trip_; }

 private:
  struct Channel {
    std::uint16_t sent = 0;  // the last sequence of each kind
    std::uint16_t received = 0;
    std::uint16_t received_unreliable = 0;
    std::map<std::uint16_t, std::vector<std::byte>> early;  // reliable ones that came too soon
  };
  struct Unacknowledged {
    std::uint8_t channel = 0;
    std::uint16_t sequence = 0;
    std::vector<std::byte> command;
    TimePoint due;
    Duration wait{0};
  };

  void acknowledged(std::uint8_t channel, std::uint16_t sequence, std::uint16_t sent_time, TimePoint now);
  bool accept_reliable(const EnetCommand& command);
  void accept_unreliable(const EnetCommand& command);
  void queue(std::uint8_t channel, std::uint16_t sequence, std::vector<std::byte> command, TimePoint now);
  void pass_on(std::uint8_t channel, std::span<const std::byte> data);
  [[nodiscard]] Duration patience() const;

  const net::Address address_;
  const std::uint16_t their_number_;  // for us
  const std::uint32_t connect_id_;
  const std::uint32_t connect_data_;
  std::uint8_t incoming_session_ = 0;
  std::uint8_t outgoing_session_ = 0;
  State state_ = State::opening;
  std::vector<Channel> channels_;
  std::uint16_t control_sent_ = 0;
  std::deque<Unacknowledged> unacknowledged_;
  std::vector<std::byte> acknowledgements_;
  std::vector<std::byte> due_commands_;
  std::deque<EnetMessage> messages_;
  Duration round_trip_{milliseconds{500}};
  Duration variance_{0};
  bool measured_ = false;
  TimePoint last_received_;
  TimePoint next_ping_;
  TimePoint closing_until_;
};

}  // namespace pf::host::gamestream
