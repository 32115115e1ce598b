#include "client/play/video_player.h"

#include <utility>

#include "core/base/thread.h"

namespace pf::client {

VideoPlayer::VideoPlayer(std::unique_ptr<H264Decoder> decoder, Callbacks callbacks)
    : decoder_(std::move(decoder)),
      callbacks_(std::move(callbacks)),
      thread_(mutex_, changed_, [this](const std::stop_token& stop) { run(stop); }) {}

VideoPlayer::~VideoPlayer() = default;

void VideoPlayer::put(session::ReceivedUnit unit) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_waiting) {
      dropped_ += waiting_.size();
      waiting_.clear();
      keyframe_only_ = ask_ = true;
    }
    if (unit.keyframe) keyframe_only_ = false;
    if (keyframe_only_) {
      ++dropped_;
    } else {
      waiting_.push_back(std::move(unit));
    }
  }
  changed_.notify_one();
}

void VideoPlayer::restart() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
  keyframe_only_ = true;
  ask_ = false;
}

void VideoPlayer::run(const std::stop_token& stop) {
  begin_thread("pf-video", Urgency::media);
  for (;;) {
    std::optional<session::ReceivedUnit> unit;
    bool ask = false;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return ask_ || !waiting_.empty() || stop.stop_requested(); });
      if (stop.stop_requested()) return;
      ask = std::exchange(ask_, false);
      if (!waiting_.empty()) {
        unit = std::move(waiting_.front());
        waiting_.pop_front();
      }
    }
    if (ask) callbacks_.on_keyframe_wanted();
    if (unit) decode(*unit);
  }
}

void VideoPlayer::decode(session::ReceivedUnit& unit) {
  const TimePoint began = std::chrono::steady_clock::now();
  auto picture = decoder_->decode(unit.data, unit.prefix.width, unit.prefix.height);
  const TimePoint decoded = std::chrono::steady_clock::now();
  if (!picture) {
    lose();
    return;
  }
  if (!*picture || unit.prefix.until_shown > 0) return;
  const bool wake = newest_.put({std::move(**picture), unit.timestamp_us, decoded});
  callbacks_.on_decoded(unit, decoded - began, decoded);
  if (wake) callbacks_.on_picture();
}

void VideoPlayer::lose() {
  {
    const std::lock_guard lock(mutex_);
    ++dropped_;
    // A keyframe may be among what waits; what stands before it refers to what was lost.
    while (!waiting_.empty() && !waiting_.front().keyframe) {
      waiting_.pop_front();
      ++dropped_;
    }
    if (!waiting_.empty()) return;
    keyframe_only_ = true;
  }
  callbacks_.on_keyframe_wanted();
}

}  // namespace pf::client
