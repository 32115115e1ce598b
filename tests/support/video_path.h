// A whole video stream in one thread and on a clock of its own: sender, bad network, receiver, and the requests for
// keyframes that go back. Runs hours in seconds, and the same way each time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "core/session/packet_loss.h"
#include "core/session/video_receiver.h"
#include "core/session/video_sender.h"
#include "support/impairment.h"
#include "support/media_fixture.h"

namespace pf::test {

struct VideoPathOptions {
  ImpairmentOptions network{};
  Duration frame_time = microseconds{16'667};
  Duration request_delay = milliseconds{10};  // of a keyframe request on its way back
  std::size_t keyframe_size = 60'000;
  std::size_t smallest = 200;  // of other frames
  std::size_t largest = 30'000;
  session::VideoSender::Options sender{};
  session::VideoReceiver::Options receiver{};
};

class VideoPath {
 public:
  explicit VideoPath(const VideoPathOptions& options)
      : options_(options), network_(options.network, clock_.now()), sizes_(options.network.seed) {}

  std::vector<std::byte> unit_of(std::uint32_t frame) const { return pattern(frame, size_of_.at(frame)); }

  /// Sends one frame and lets one frame time pass.
  void step() {
    send();
    const TimePoint end = clock_.now() + options_.frame_time;
    while (true) {
      TimePoint next = end;
      if (!on_the_way_.empty()) next = std::min(next, on_the_way_.begin()->first);
      if (const auto due = receiver->deadline()) next = std::min(next, std::max(*due, clock_.now()));
      clock_.advance(std::max(next - clock_.now(), Duration{0}));
      while (!on_the_way_.empty() && on_the_way_.begin()->first <= clock_.now()) {
        auto packet = on_the_way_.extract(on_the_way_.begin());
        if (before_receive) before_receive(packet.mapped());
        static_cast<void>(receiver->receive(packet.mapped(), clock_.now()));
      }
      take();
      if (clock_.now() >= end) return;
    }
  }

  [[nodiscard]] TimePoint now() const { return clock_.now(); }

  std::function<void(const Packet&)> before_receive;
  std::function<void(const session::ReceivedUnit&)> on_unit;
  std::uint32_t sent = 0;
  std::uint32_t keyframes_sent = 0;
  Duration longest_repair{0};  // from the need of a keyframe until it was delivered

 private:
  void send() {
    const bool keyframe = sent == 0 || (request_arrives_ && *request_arrives_ <= clock_.now());
    if (keyframe) {
      request_arrives_.reset();
      ++keyframes_sent;
    }
    const std::size_t spread = options_.largest - options_.smallest + 1;
    const auto size = keyframe ? options_.keyframe_size : options_.smallest + sizes_() % spread;
    size_of_[++sent] = size;
    if (size_of_.size() > 4096) size_of_.erase(size_of_.begin());
    const auto unit = pattern(sent, size);
    sender_->send({.data = unit, .keyframe = keyframe, .width = 1280, .height = 720, .captured = clock_.now()}, sink_)
        .value();
    // A frame takes a quarter of its time to leave, as a pacer would have it.
    const auto packets = sink_.take();
    TimePoint at = clock_.now();
    for (const auto& packet : packets) {
      const auto fate = network_.offer(at, packet.size());
      for (std::size_t copy = 0; copy < fate.copies; ++copy) on_the_way_.emplace(fate.arrivals[copy], packet);
      at += options_.frame_time / (4 * static_cast<std::int64_t>(packets.size()));
    }
  }

  void take() {
    while (auto unit = receiver->next(clock_.now())) {
      if (on_unit) on_unit(*unit);
    }
    if (!receiver->needs_keyframe()) {
      if (needed_since_) longest_repair = std::max(longest_repair, clock_.now() - *needed_since_);
      needed_since_.reset();
      asked_at_.reset();
      return;
    }
    if (!needed_since_) needed_since_ = clock_.now();
    if (asked_at_ && clock_.now() < *asked_at_ + milliseconds{100}) return;
    asked_at_ = clock_.now();
    if (!request_arrives_) request_arrives_ = clock_.now() + options_.request_delay;
  }

  VideoPathOptions options_;
  ManualClock clock_;
  Impairment network_;
  std::mt19937_64 sizes_;
  CollectingSink sink_;
  std::unique_ptr<session::VideoSender> sender_ =
      session::VideoSender::create(media_key(), options_.sender, clock_).value();
  std::map<std::uint32_t, std::size_t> size_of_;
  std::multimap<TimePoint, Packet> on_the_way_;
  std::optional<TimePoint> request_arrives_;
  std::optional<TimePoint> needed_since_;
  std::optional<TimePoint> asked_at_;

 public:
  std::unique_ptr<session::VideoReceiver> receiver =
      session::VideoReceiver::create(media_key(), options_.receiver, clock_).value();
};

}  // namespace pf::test
