#include "control/link/media_inbox.h"

#include <algorithm>
#include <utility>

#include "core/wire/audio_payload.h"
#include "core/wire/media_header.h"

namespace pf::control {
namespace {

// Reports that follow the last packet: one settles its losses, one more may be lost.
constexpr unsigned reports_after_silence = 3;
constexpr milliseconds no_answer_after{100};  // as far as anybody knows
constexpr milliseconds host_takes{40};        // to encode and send, and for the network to be late by

std::uint32_t since(std::uint64_t now, std::uint64_t before) {
  return static_cast<std::uint32_t>(now - before);
}

std::uint32_t micros(microseconds t) {
  return static_cast<std::uint32_t>(t.count());
}

}  // namespace

Result<std::unique_ptr<MediaInbox>> MediaInbox::create(const crypto::MediaSecret& secret, MediaCipher cipher,
                                                       const session::VideoReceiver::Options& options,
                                                       const Clock& clock, OnVideo on_video, OnAudio on_audio) {
  const auto key = [&](wire::StreamKind stream) {
    return crypto::derive_media_key(secret, stream, crypto::Direction::host_to_client, cipher);
  };
  auto video = session::VideoReceiver::create(key(wire::StreamKind::video), options, clock);
  if (!video) return std::unexpected(video.error());
  auto audio = session::AudioReceiver::create(key(wire::StreamKind::audio));
  if (!audio) return std::unexpected(audio.error());
  std::unique_ptr<MediaInbox> inbox(new MediaInbox);
  inbox->video_ = std::move(*video);
  inbox->audio_ = std::move(*audio);
  inbox->on_video_ = std::move(on_video);
  inbox->on_audio_ = std::move(on_audio);
  inbox->heard_.reserve(wire::max_audio_copies + 1);
  return inbox;
}

void MediaInbox::set_max_unit(std::size_t max_unit) {
  const std::lock_guard lock(mutex_);
  video_->set_max_unit(max_unit);
}

void MediaInbox::receive(std::span<std::byte> packet, TimePoint arrival) {
  const auto header = wire::parse_media_header(packet);
  if (!header) return;
  const std::lock_guard lock(mutex_);
  if (header->stream == wire::StreamKind::video) {
    // What is forged, replayed or late is counted by the receiver; there is nothing more to do about it.
    (void)video_->receive(packet, arrival);
    drain(arrival);
  } else if (header->stream == wire::StreamKind::audio) {
    heard_.clear();
    (void)audio_->receive(packet, heard_);
    for (auto& sound : heard_) {
      if (on_audio_) on_audio_(std::move(sound));
    }
  }
}

void MediaInbox::drain(TimePoint now) {
  while (auto unit = video_->next(now)) {
    if (on_video_) on_video_(std::move(*unit));
  }
}

void MediaInbox::advance(TimePoint now) {
  const std::lock_guard lock(mutex_);
  drain(now);
}

std::optional<wire::ControlMessage> MediaInbox::repair_wanted(TimePoint now, std::optional<microseconds> round_trip) {
  const std::lock_guard lock(mutex_);
  if (!video_->needs_keyframe()) {
    ask_at_.reset();
    return std::nullopt;
  }
  if (ask_at_ && now < *ask_at_) return std::nullopt;
  const bool first = !ask_at_;
  const Duration answer = round_trip ? *round_trip * 3 / 2 + host_takes : no_answer_after;
  const auto missing = video_->missing();
  if (first && missing) {
    ask_at_ = now + answer;
    return wire::InvalidateFrames{missing->first, missing->last};
  }
  ask_at_ = now + std::max<Duration>(answer, no_answer_after);
  return wire::RequestKeyframe{video_->last_delivered()};
}

std::optional<wire::Feedback> MediaInbox::take_feedback(TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto received = video_->counters().packets_received;
  if (std::exchange(fed_back_, received) != received) reports_due_ = reports_after_silence;
  if (reports_due_ == 0) return std::nullopt;
  --reports_due_;
  return video_->feedback(now);
}

void MediaInbox::report(Duration decode, Duration end_to_end) {
  const std::lock_guard lock(mutex_);
  decode_.record(decode);
  latency_.record(end_to_end);
}

wire::ClientStats MediaInbox::take_stats(TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto counters = video_->counters();
  wire::ClientStats stats;
  if (reported_at_)
    stats.interval_ms =
        static_cast<std::uint32_t>(std::chrono::duration_cast<milliseconds>(now - *reported_at_).count());
  // Not the receiver's own count of lost packets, which waits for the replay window: parity has to follow the loss of
  // this second.
  const auto packets = loss_.take(counters);
  stats.packets_received = since(packets.received, 0);
  stats.packets_lost = since(packets.lost, 0);
  stats.frames_complete = since(counters.frames_complete, reported_.frames_complete);
  stats.frames_recovered = since(counters.frames_recovered, reported_.frames_recovered);
  stats.frames_lost = since(counters.frames_lost, reported_.frames_lost);
  stats.decode_p50_us = micros(decode_.quantile(0.5));
  stats.latency_p50_us = micros(latency_.quantile(0.5));
  stats.latency_p99_us = micros(latency_.quantile(0.99));
  reported_ = counters;
  reported_at_ = now;
  decode_.clear();
  latency_.clear();
  return stats;
}

session::ReceiverCounters MediaInbox::video_counters() const {
  const std::lock_guard lock(mutex_);
  return video_->counters();
}

session::AudioReceiver::Counters MediaInbox::audio_counters() const {
  const std::lock_guard lock(mutex_);
  return audio_->counters();
}

}  // namespace pf::control
