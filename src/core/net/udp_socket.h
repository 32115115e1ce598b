// One UDP socket that sends and receives in batches: GSO/GRO and recvmmsg/sendmmsg where the kernel has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/net/address.h"

namespace pf::net {

/// What routers and Wi-Fi access points may put in front: code points of RFC 8837, table 1, for interactive media.
enum class Dscp : std::uint8_t {
  best_effort = 0,
  video = 34,  // AF41
  audio = 46,  // EF
};

struct Datagram {
  Address from;
  Address to;                     // local address that it was sent to, with the socket's port
  std::span<std::byte> payload;   // into the batch; valid until the next receive()
  std::uint8_t ecn = 0;           // RFC 3168 codepoint
  Dscp dscp = Dscp::best_effort;  // any of the 64, as the last router left it
  TimePoint arrival;
};

/// Memory for one receive(); reused, so that receiving allocates nothing.
class ReceiveBatch {
 public:
  static constexpr std::size_t slots = 16;
  static constexpr std::size_t slot_size = 65'536;  // a whole train of coalesced datagrams

  ReceiveBatch() : memory_(slots * slot_size) { datagrams_.reserve(slots * 64); }
  [[nodiscard]] std::span<const Datagram> datagrams() const { return datagrams_; }

  // For UdpSocket's implementations.
  [[nodiscard]] std::span<std::byte> slot(std::size_t i) {
    return std::span(memory_).subspan(i * slot_size, slot_size);
  }
  void clear() { datagrams_.clear(); }
  void add(const Datagram& datagram) { datagrams_.push_back(datagram); }

 private:
  std::vector<std::byte> memory_;
  std::vector<Datagram> datagrams_;
};

/// How packets leave.
struct Via {
  const Address* from = nullptr;  // the source, on a host with several addresses; nullptr leaves it to the kernel
  Dscp dscp = Dscp::best_effort;  // Windows sends best_effort, whatever is asked
};

struct UdpOptions {
  std::size_t receive_buffer = 4u << 20;  // bytes asked of the kernel; it may give less
  std::size_t send_buffer = 4u << 20;
};

/// send*() from any thread; receive() from one thread; interrupt() from any.
class UdpSocket {
 public:
  /// An address of v6_any listens for IPv4 as well; where the machine has no IPv6 it becomes v4_any.
  /// Errors: busy (the port is taken), permission, io.
  static Result<std::unique_ptr<UdpSocket>> bind(const Address& local, const UdpOptions& options = {});
  virtual ~UdpSocket() = default;

  [[nodiscard]] virtual Address local() const = 0;
  /// Errors: io; unsupported (the way takes no datagram of this length); a full socket buffer is `exhausted` and means
  /// that the packet is lost.
  virtual Result<void> send(const Address& to, const Via& via, std::span<const std::byte> payload) = 0;
  /// `payload` holds datagrams of `segment` bytes each, the last maybe shorter.
  virtual Result<void> send_segments(const Address& to, const Via& via, std::span<const std::byte> payload,
                                     std::size_t segment) = 0;
  /// Waits up to `wait`; an empty batch means that time is up or interrupt() was called.
  virtual Result<void> receive(ReceiveBatch& batch, milliseconds wait) = 0;
  virtual void interrupt() = 0;
};

}  // namespace pf::net
