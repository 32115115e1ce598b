// Where a headless client's video and sound go: a thread that decodes every unit, measures it, records it and keeps the
// newest picture.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

#include "client/media/h264_decoder.h"
#include "client/media/mkv_writer.h"
#include "client/media/picture.h"
#include "core/base/worker_thread.h"
#include "core/session/audio_stream.h"
#include "core/session/video_receiver.h"

namespace pf::client {

/// put() and allow() on any thread; the callbacks on the sink's own.
class MediaSink {
 public:
  struct Callbacks {
    /// After each decoded unit that is to be shown.
    std::function<void(session::ReceivedUnit& unit, Duration decode, TimePoint decoded)> on_decoded;
    std::function<void()> on_decode_error;  // a keyframe is wanted
  };
  /// `recorder` may be empty.
  MediaSink(std::unique_ptr<H264Decoder> decoder, std::unique_ptr<MkvWriter> recorder, Callbacks callbacks);
  ~MediaSink();  // as stop()
  MediaSink(const MediaSink&) = delete;
  MediaSink& operator=(const MediaSink&) = delete;

  /// As the decoder's.
  void allow(const Mode& mode) { decoder_->allow(mode); }
  void put(session::ReceivedUnit unit);
  void put(session::ReceivedAudio sound);
  /// Works off what is queued, ends the thread and finishes the recording. Errors: the recording's.
  Result<void> stop();

  /// nullptr before the first picture.
  [[nodiscard]] std::shared_ptr<const Picture> newest() const;
  [[nodiscard]] std::uint64_t overflows() const { return overflows_; }

 private:
  using Item = std::variant<session::ReceivedUnit, session::ReceivedAudio>;
  void put_item(Item item);
  void run(const std::stop_token& stop);
  void take(session::ReceivedUnit& unit);
  void take(session::ReceivedAudio& sound);
  TimePoint host_time(std::uint32_t timestamp_us);
  void note(const Result<void>& recorded);

  std::unique_ptr<H264Decoder> decoder_;
  std::unique_ptr<MkvWriter> recorder_;
  Callbacks callbacks_;
  std::uint64_t host_us_ = 0;  // the newest host timestamp, unwrapped
  struct SoundAnchor {
    FrameId id;
    TimePoint captured;
  };
  std::optional<SoundAnchor> anchor_;
  Result<void> recording_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // notified without the lock
  std::deque<Item> items_;
  std::shared_ptr<const Picture> newest_;  // with whoever is looking at it
  std::atomic<std::uint64_t> overflows_{0};
  WorkerThread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::client
