// Everything that a frame passes between its encoder and its decoder, over the loopback interface: the host's encode
// thread, sender, pacer and socket, the client's port, inbox and receiver. There is no QUIC connection.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/session/video_sender.h"
#include "host/stream/encode_loop.h"
#include "host/stream/paced_sink.h"
#include "support/media_end.h"

namespace pf::test {

/// Hands out units of given sizes without any work. Each begins with the time at which it was ready.
class ReadyEncoder final : public host::Encoder {
 public:
  using SizeOf = std::function<std::size_t(std::uint64_t frame)>;
  explicit ReadyEncoder(SizeOf size_of, std::size_t largest) : size_of_(std::move(size_of)), unit_(largest) {
    for (std::size_t i = 0; i < unit_.size(); ++i) unit_[i] = static_cast<std::byte>(i * 0x9E37'79B9u >> 13);
  }
  Result<host::EncodedUnit> encode(const host::CapturedFrame&, host::Entry entry) override {
    const std::size_t size = size_of_(frame_++);
    const auto ready = std::chrono::steady_clock::now().time_since_epoch().count();
    std::memcpy(unit_.data(), &ready, sizeof ready);
    return host::EncodedUnit{.data = std::span(unit_).first(size), .keyframe = entry != host::Entry::follow};
  }
  bool forget_from(std::uint64_t) override { return true; }
  Result<void> set_bitrate(Bitrate) override { return {}; }
  [[nodiscard]] const char* name() const override { return "ready"; }
  static TimePoint ready_at(const session::ReceivedUnit& unit) {
    TimePoint::rep ready = 0;
    std::memcpy(&ready, unit.data.data(), sizeof ready);
    return TimePoint{Duration{ready}};
  }

 private:
  SizeOf size_of_;
  std::vector<std::byte> unit_;
  std::uint64_t frame_ = 0;
};

class StreamPath {
 public:
  struct Options {
    Mode mode{1920, 1080, 60'000};
    Bitrate link = 10'000_mbps;  // what the pacer knows of the way
    ReadyEncoder::SizeOf size_of;
    std::size_t largest = 1u << 20;  // unit
    // Puts something between the pacer and the socket.
    std::function<std::shared_ptr<session::PacketSink>(std::shared_ptr<session::PacketSink>)> through = [](auto sink) {
      return sink;
    };
  };
  /// `on_unit` runs on the client's receive thread.
  StreamPath(const Options& options, control::MediaInbox::OnVideo on_unit) {
    const auto max_unit = session::max_unit_for(options.mode);
    client_ = std::make_unique<MediaEnd>(max_unit, clock_, std::move(on_unit), nullptr);
    auto paced = std::make_shared<host::PacedSink>(options.through(client_->way()), options.mode, clock_, nullptr);
    paced->set_link({.rate = options.link});
    const auto key = crypto::derive_media_key({}, wire::StreamKind::video, crypto::Direction::host_to_client);
    host::EncodeLoop::Parts parts{.encoder = std::make_unique<ReadyEncoder>(options.size_of, options.largest),
                                  .config = {.mode = options.mode, .bitrate = 50_mbps},
                                  .open_encoder = nullptr,
                                  .sender = value_of(session::VideoSender::create(key, {.max_unit = max_unit}, clock_)),
                                  .sink = std::move(paced)};
    encode_ = std::make_unique<host::EncodeLoop>(std::move(parts), counters_, stages_, clock_, [](const Error&) {});
    mode_ = options.mode;
  }

  /// A picture is there, as the capture thread says it.
  void put() {
    host::CapturedFrame frame;
    frame.width = mode_.width;
    frame.height = mode_.height;
    frame.sequence = ++pictures_;
    frame.presented = frame.ready = clock_.now();
    frame.damage = {{8, 8, 64, 64}, {320, 200, 16, 16}, {static_cast<std::uint32_t>(pictures_ % 300), 40, 9, 9}};
    ++*held_;
    frame.lease = {held_, [](void* held) { --*static_cast<std::atomic<int>*>(held); }};
    encode_->put(std::move(frame));
  }
  void request_keyframe() { encode_->request_keyframe(); }
  /// Pictures that somebody still reads.
  [[nodiscard]] int pictures_held() const { return *held_; }
  [[nodiscard]] session::ReceiverCounters received() const { return client_->inbox().video_counters(); }

 private:
  SteadyClock clock_;
  Mode mode_;
  std::uint64_t pictures_ = 0;
  std::shared_ptr<std::atomic<int>> held_ = std::make_shared<std::atomic<int>>(0);  // with the pictures
  host::SessionCounters counters_;
  session::StageStats stages_;
  std::unique_ptr<MediaEnd> client_;
  std::unique_ptr<host::EncodeLoop> encode_;  // ends first
};

}  // namespace pf::test
