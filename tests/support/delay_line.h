// Sends datagrams when their time has come, from a thread of its own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/net/udp_socket.h"

namespace pf::test {

/// Any thread. Bounded: what comes while `max_bytes` wait is lost.
class DelayLine {
 public:
  static constexpr std::size_t max_bytes = 64u << 20;

  DelayLine();
  /// What still waits is not sent.
  ~DelayLine();

  /// `socket` is shared with whoever receives from it. At the same time, the earlier call comes first.
  void schedule(TimePoint at, std::shared_ptr<net::UdpSocket> socket, const net::Address& to,
                std::span<const std::byte> payload);
  [[nodiscard]] std::uint64_t overflow() const;

 private:
  struct Waiting {
    std::shared_ptr<net::UdpSocket> socket;
    net::Address to;
    std::vector<std::byte> payload;
  };
  void run(const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::multimap<TimePoint, Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t overflow_ = 0;
  std::jthread thread_;  // last: it must end before what it uses
};

}  // namespace pf::test
