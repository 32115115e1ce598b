// Access units in from the network, the newest picture out to whoever shows it, decoded on a thread of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "client/media/h264_decoder.h"
#include "client/play/newest_slot.h"
#include "core/base/worker_thread.h"
#include "core/session/received_unit.h"

namespace pf::client {

struct DecodedPicture {
  Picture picture;
  std::uint32_t timestamp_us = 0;  // capture, host clock
  TimePoint decoded;
};

/// put(), take(), allow(), restart() on any thread; the callbacks on the player's own.
class VideoPlayer {
 public:
  struct Callbacks {
    std::function<void()> on_picture;  // there is one to take
    /// Each unit that is to be shown, once it has been decoded.
    std::function<void(session::ReceivedUnit& unit, Duration decode, TimePoint decoded)> on_decoded;
    std::function<void()> on_keyframe_wanted;
  };
  VideoPlayer(std::unique_ptr<H264Decoder> decoder, Callbacks callbacks);
  ~VideoPlayer();
  VideoPlayer(const VideoPlayer&) = delete;
  VideoPlayer& operator=(const VideoPlayer&) = delete;

  /// When decoding falls behind by more than `most_waiting`, all that waits is dropped and a keyframe is asked for:
  /// pictures that late are of no use.
  void put(session::ReceivedUnit unit);
  std::optional<DecodedPicture> take() { return newest_.take(); }
  /// As the decoder's.
  void allow(const Mode& mode) { decoder_->allow(mode); }
  /// A new stream begins: what waits is of the old one.
  void restart();
  /// Pictures that a newer one took the place of.
  [[nodiscard]] std::uint64_t replaced() const { return newest_.replaced(); }
  /// Units that were never decoded.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

  static constexpr std::size_t most_waiting = 30;

 private:
  void run(const std::stop_token& stop);
  void decode(session::ReceivedUnit& unit);
  void lose();

  std::unique_ptr<H264Decoder> decoder_;
  const Callbacks callbacks_;
  NewestSlot<DecodedPicture> newest_;
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex mutex_;
  std::condition_variable changed_;  // notified without the lock
  std::deque<session::ReceivedUnit> waiting_;
  bool keyframe_only_ = false;  // nothing before a keyframe decodes
  bool ask_ = false;            // the thread has a keyframe to ask for
  WorkerThread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::client
