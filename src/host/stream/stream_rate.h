// The stream's adaptation for many threads: the control thread brings reports, the send thread says what has left.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include "core/session/packet_sink.h"
#include "core/session/stream_adaptation.h"

namespace pf::host {

/// Any thread; every call is short.
class StreamRate {
 public:
  using Plan = session::StreamAdaptation::Plan;
  explicit StreamRate(const session::StreamAdaptation::Options& options) : adaptation_(options) {}

  void on_sent(TimePoint now, std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    adaptation_.on_sent(now, bytes);
  }
  Plan on_feedback(TimePoint now, const wire::Feedback& feedback) {
    const std::scoped_lock lock(mutex_);
    adaptation_.on_feedback(now, feedback);
    return adaptation_.plan();
  }
  Plan on_loss(double received, double lost, Duration length) {
    const std::scoped_lock lock(mutex_);
    adaptation_.on_loss(received, lost, length);
    return adaptation_.plan();
  }
  Plan set_range(const session::StreamAdaptation::Range& range) {
    const std::scoped_lock lock(mutex_);
    adaptation_.set_range(range);
    return adaptation_.plan();
  }
  void set_interval(Duration interval) {
    const std::scoped_lock lock(mutex_);
    adaptation_.set_interval(interval);
  }
  [[nodiscard]] Plan plan() const {
    const std::scoped_lock lock(mutex_);
    return adaptation_.plan();
  }

 private:
  mutable std::mutex mutex_;
  session::StreamAdaptation adaptation_;
};

/// Tells a StreamRate what leaves for the sink behind it.
class MeteredSink final : public session::PacketSink {
 public:
  MeteredSink(std::shared_ptr<session::PacketSink> to, std::shared_ptr<StreamRate> rate, const Clock& clock)
      : to_(std::move(to)), rate_(std::move(rate)), clock_(clock) {}
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    rate_->on_sent(clock_.now(), packets.size());
    return to_->send(packets, segment);
  }

 private:
  const std::shared_ptr<session::PacketSink> to_;
  const std::shared_ptr<StreamRate> rate_;  // shared with the stream, whose threads may end after it
  const Clock& clock_;
};

}  // namespace pf::host
