// Padding for a client that measures its path: trains of equal packets at the rate that it asks for.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/crypto/packet_protection.h"
#include "core/session/packet_sink.h"
#include "core/wire/control_messages.h"

namespace pf::host {

/// One train after the other, without a clock or a thread of its own.
class TrainSender {
 public:
  struct Train {
    std::uint32_t number = 0;
    Bitrate rate;  // with IP and UDP headers
    Duration length{0};
  };
  TrainSender(crypto::PacketSealer sealer, std::size_t datagram, std::shared_ptr<session::PacketSink> sink);

  void begin(const Train& train, TimePoint now);
  /// Sends what is due. False: all has left.
  bool advance(TimePoint now);
  [[nodiscard]] wire::SpeedTestResult result(TimePoint now) const;

 private:
  std::size_t send_burst(std::size_t packets, TimePoint now);

  crypto::PacketSealer sealer_;
  const std::size_t datagram_;
  const std::shared_ptr<session::PacketSink> sink_;  // with the connection
  std::vector<std::byte> burst_;
  Train train_;
  TimePoint begun_;
  std::uint32_t sent_ = 0;  // packets
};

/// One connection's trains, on a thread of its own. Calls from one thread.
class SpeedTrains {
 public:
  using Train = TrainSender::Train;
  /// On the trains' thread, once for each train.
  using OnSent = std::function<void(const wire::SpeedTestResult&)>;
  static Result<std::unique_ptr<SpeedTrains>> create(const crypto::MediaKey& key, std::size_t datagram,
                                                     std::shared_ptr<session::PacketSink> sink, const Clock& clock,
                                                     OnSent on_sent);
  /// A train under way is cut short.
  ~SpeedTrains();
  SpeedTrains(const SpeedTrains&) = delete;
  SpeedTrains& operator=(const SpeedTrains&) = delete;

  /// False: the one before is still under way.
  bool send(const Train& train);

 private:
  SpeedTrains(TrainSender sender, const Clock& clock, OnSent on_sent);
  void run(const std::stop_token& stop);
  void carry(const std::stop_token& stop);

  TrainSender sender_;
  const Clock& clock_;
  const OnSent on_sent_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Train> train_;  // under way, or about to be

  std::jthread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host
