// The ENet side of a GameStream host: many clients behind one UDP port. No I/O, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/net/address.h"
#include "host/gamestream/enet/enet_peer.h"

namespace pf::host::gamestream {

/// A client's place; taken again when it has left.
using EnetPeerId = std::uint16_t;

struct EnetEvent {
  enum class Kind : std::uint8_t { connected, message, disconnected } kind = Kind::message;
  EnetPeerId peer = 0;
  std::uint32_t connect_data = 0;  // of connected
  net::Address address;            // likewise
  EnetMessage message;
};

struct EnetDatagram {
  net::Address to;
  std::vector<std::byte> bytes;
};

/// Strangers leave no trace: a connection is begun only where `admits` knows the data that the client brings.
class EnetHost {
 public:
  using Admits = std::function<bool(const net::Address& from, std::uint32_t connect_data)>;
  EnetHost(std::size_t max_peers, Admits admits) : peers_(max_peers), admits_(std::move(admits)) {}

  void receive(const net::Address& from, std::span<const std::byte> datagram, TimePoint now);
  void tick(TimePoint now);
  [[nodiscard]] TimePoint deadline() const;

  /// Reliable, in order. False: nobody is there, or too much waits already.
  bool send(EnetPeerId peer, std::uint8_t channel, std::span<const std::byte> data, TimePoint now);
  void disconnect(EnetPeerId peer, TimePoint now);

  /// A peer that has left is gone only when its last datagram has been taken: ask again after next_datagram().
  std::optional<EnetEvent> next_event();
  std::optional<EnetDatagram> next_datagram(TimePoint now);

 private:
  struct Place {
    std::unique_ptr<EnetPeer> peer;
    std::uint8_t generation = 0;
    bool announced = false;  // its connected event is out
  };
  void connect(const net::Address& from, const EnetConnect& connect, TimePoint now);
  std::optional<EnetEvent> look_at(EnetPeerId id);

  std::vector<Place> peers_;
  Admits admits_;
};

}  // namespace pf::host::gamestream
