#include "client/probe/media_sink.h"

#include <utility>

#include "core/base/thread.h"

namespace pf::client {
namespace {

// Two seconds of video and sound together: a client that is further behind measures only itself.
constexpr std::size_t most_items = 600;
constexpr Duration packet_time = std::chrono::milliseconds{5};

}  // namespace

MediaSink::MediaSink(std::unique_ptr<H264Decoder> decoder, std::unique_ptr<MkvWriter> recorder, Callbacks callbacks)
    : decoder_(std::move(decoder)),
      recorder_(std::move(recorder)),
      callbacks_(std::move(callbacks)),
      thread_(mutex_, changed_, [this](const std::stop_token& stop) { run(stop); }) {}

MediaSink::~MediaSink() {
  (void)stop();
}

Result<void> MediaSink::stop() {
  if (thread_.stop() && recorder_) note(recorder_->finish());
  return recording_;
}

void MediaSink::put(session::ReceivedUnit unit) {
  put_item(std::move(unit));
}
void MediaSink::put(session::ReceivedAudio sound) {
  put_item(std::move(sound));
}

void MediaSink::put_item(Item item) {
  {
    const std::lock_guard lock(mutex_);
    if (items_.size() >= most_items) {
      ++overflows_;
      return;
    }
    items_.push_back(std::move(item));
  }
  changed_.notify_one();
}

std::shared_ptr<const Picture> MediaSink::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

void MediaSink::run(const std::stop_token& stop) {
  begin_thread("pf-media");
  for (;;) {
    Item item;
    {
      std::unique_lock lock(mutex_);
      // After a stop the rest of the queue is worked off.
      changed_.wait(lock, [&] { return !items_.empty() || stop.stop_requested(); });
      if (items_.empty()) return;
      item = std::move(items_.front());
      items_.pop_front();
    }
    std::visit([this](auto& what) { take(what); }, item);
  }
}

TimePoint MediaSink::host_time(std::uint32_t timestamp_us) {
  if (host_us_ == 0) {
    host_us_ = timestamp_us;
  } else {
    host_us_ =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(host_us_) +
                                   static_cast<std::int32_t>(timestamp_us - static_cast<std::uint32_t>(host_us_)));
  }
  return from_micros(host_us_);
}

void MediaSink::note(const Result<void>& recorded) {
  if (!recorded && recording_) recording_ = recorded;
}

void MediaSink::take(session::ReceivedUnit& unit) {
  const auto captured = host_time(unit.timestamp_us);
  if (recorder_)
    note(recorder_->write_video(unit.data, unit.keyframe, unit.prefix.width, unit.prefix.height, captured));
  const TimePoint began = std::chrono::steady_clock::now();
  auto picture = decoder_->decode(unit.data, unit.prefix.width, unit.prefix.height);
  const TimePoint decoded = std::chrono::steady_clock::now();
  if (!picture) {
    callbacks_.on_decode_error();
    return;
  }
  if (!*picture || unit.prefix.until_shown > 0) return;
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::make_shared<const Picture>(std::move(**picture));
  }
  callbacks_.on_decoded(unit, decoded - began, decoded);
}

void MediaSink::take(session::ReceivedAudio& sound) {
  // A copy carries the time of the packet that it came in; its own follows from its number.
  if (!sound.from_copy) {
    anchor_ = SoundAnchor{sound.id, host_time(sound.timestamp_us)};
  }
  if (!anchor_ || !recorder_) return;
  note(recorder_->write_audio(sound.opus, anchor_->captured + packet_time * sound.id.since(anchor_->id)));
}

}  // namespace pf::client
