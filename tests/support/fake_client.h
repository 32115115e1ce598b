// A client without a network: takes sealed packets where a connection would, and opens them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/crypto/packet_protection.h"
#include "core/session/audio_stream.h"
#include "core/session/packet_sink.h"
#include "core/session/video_receiver.h"
#include "support/fake_platform.h"

namespace pf::test {

/// Keeps what a toy encoder sent. Any thread.
class FakeClient final : public session::PacketSink {
 public:
  explicit FakeClient(const crypto::MediaSecret& secret) {
    using crypto::Direction;
    video_ = std::move(*session::VideoReceiver::create(
        crypto::derive_media_key(secret, wire::StreamKind::video, Direction::host_to_client), {}, clock_));
    audio_ = std::move(*session::AudioReceiver::create(
        crypto::derive_media_key(secret, wire::StreamKind::audio, Direction::host_to_client)));
  }

  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    const std::scoped_lock lock(mutex_);
    while (!packets.empty()) {
      const auto one = packets.first(std::min(segment, packets.size()));
      packets = packets.subspan(one.size());
      largest_ = std::max(largest_, one.size());
      take({one.begin(), one.end()});
    }
    changed_.notify_all();
    return {};
  }

  /// Waits for a unit after the first `after` that `fits`. nullopt after 20 s.
  template <class Fits>
  std::optional<ToyUnit> wait_for(std::size_t after, Fits fits) {
    std::unique_lock lock(mutex_);
    std::optional<ToyUnit> found;
    changed_.wait_for(lock, std::chrono::seconds{20}, [&] {
      for (; after < units_.size() && !found; ++after)
        if (fits(units_[after])) found = units_[after];
      return found.has_value();
    });
    return found;
  }
  [[nodiscard]] std::size_t units() const {
    const std::scoped_lock lock(mutex_);
    return units_.size();
  }
  [[nodiscard]] std::size_t audio_packets() const {
    const std::scoped_lock lock(mutex_);
    return audio_packets_;
  }
  [[nodiscard]] std::size_t largest_packet() const {
    const std::scoped_lock lock(mutex_);
    return largest_;
  }
  [[nodiscard]] wire::HostTimes last_times() const {
    const std::scoped_lock lock(mutex_);
    return times_;
  }

 private:
  void take(std::vector<std::byte> packet) {
    const auto header = wire::parse_media_header(packet);
    if (!header) return;
    if (header->stream == wire::StreamKind::audio) {
      std::vector<session::ReceivedAudio> heard;
      if (audio_->receive(packet, heard)) audio_packets_ += heard.size();
      return;
    }
    if (!video_->receive(packet, clock_.now())) return;
    while (auto unit = video_->next(clock_.now())) {
      times_ = unit->prefix.times;
      if (auto toy = ToyUnit::parse(unit->data)) units_.push_back(std::move(*toy));
    }
  }

  SteadyClock clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<session::VideoReceiver> video_;
  std::unique_ptr<session::AudioReceiver> audio_;
  std::vector<ToyUnit> units_;
  std::size_t audio_packets_ = 0;
  std::size_t largest_ = 0;
  wire::HostTimes times_;
};

}  // namespace pf::test
