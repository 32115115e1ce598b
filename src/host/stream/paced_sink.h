// Packets on their way from the encode thread to the socket: what may leave at once does, a thread of its own sends the
// rest when the pacer says so.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

#include "core/base/clock.h"
#include "core/base/ring.h"
#include "core/base/units.h"
#include "core/base/worker_thread.h"
#include "core/rate/packet_pacer.h"
#include "core/session/packet_sink.h"
#include "core/session/unit_memory.h"

namespace pf::host {

/// Any thread; one at a time sends. A call never waits for the pacer, and no lock is held while the socket is used.
class PacedSink final : public session::PacketSink {
 public:
  /// Packets of `segment` bytes each have been given to the socket, on the thread that did so.
  using OnSent = std::function<void(std::span<const std::byte> packets, std::size_t segment, TimePoint at)>;
  PacedSink(std::shared_ptr<session::PacketSink> to, const Mode& mode, const Clock& clock, OnSent on_sent);
  /// What still waits is lost.
  ~PacedSink() override;
  PacedSink(const PacedSink&) = delete;
  PacedSink& operator=(const PacedSink&) = delete;

  void begin_frame(std::size_t bytes) override;
  /// Errors: exhausted (more waits than the mode's largest unit with as much parity makes); those of the sink behind
  /// it, where the packets left at once.
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override;

  /// The pace and the memory of what waits.
  void set_mode(const Mode& mode);
  void set_link(const rate::PacketPacer::Link& link);

 private:
  struct Batch {
    session::UnitBytes bytes;
    std::size_t segment = 0;
    std::size_t sent = 0;
  };

  void run(const std::stop_token& stop);
  Result<void> send_due(std::unique_lock<std::mutex>& lock);
  bool keep(std::span<const std::byte> packets, std::size_t segment);

  const std::shared_ptr<session::PacketSink> to_;
  const Clock& clock_;
  const OnSent on_sent_;

  std::mutex mutex_;
  std::condition_variable changed_;  // notified without the lock
  rate::PacketPacer pacer_;
  session::UnitMemory memory_;  // of what waits
  Ring<Batch> queue_;
  bool sending_ = false;     // somebody uses the socket, with the lock released, for the queue's front
  bool wants_work_ = false;  // the thread waits, and not for a time

  WorkerThread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host
