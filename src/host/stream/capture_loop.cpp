#include "host/stream/capture_loop.h"

#include <utility>

#include "core/base/thread.h"

namespace pf::host {
namespace {

// How long an unchanged display lets the thread sleep; an interrupt that comes just before the sleep costs as much.
constexpr milliseconds longest_wait{250};

}  // namespace

CaptureLoop::CaptureLoop(std::unique_ptr<Capturer> capturer, SessionCounters& counters, OnFrame on_frame,
                         OnFailed on_failed)
    : capturer_(std::move(capturer)),
      counters_(counters),
      on_frame_(std::move(on_frame)),
      on_failed_(std::move(on_failed)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

CaptureLoop::~CaptureLoop() {
  thread_.request_stop();
  capturer_->interrupt();
  thread_.join();
}

std::uint64_t CaptureLoop::seen() const {
  const std::scoped_lock lock(mutex_);
  return seen_;
}

bool CaptureLoop::wait_for_picture(std::uint32_t width, std::uint32_t height, std::uint64_t after, Duration limit,
                                   const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto there = [&] { return seen_ > after && width_ == width && height_ == height; };
  changed_.wait_for(lock, stop, limit, [&] { return there() || failed_; });
  return there();
}

void CaptureLoop::note(const CapturedFrame& frame) {
  ++counters_.frames_captured;
  const std::scoped_lock lock(mutex_);
  ++seen_;
  width_ = frame.width;
  height_ = frame.height;
  changed_.notify_all();
}

void CaptureLoop::run(const std::stop_token& stop) {
  begin_thread("pf-capture", Urgency::media);
  while (!stop.stop_requested()) {
    auto frame = capturer_->next(longest_wait);
    if (stop.stop_requested()) return;
    if (!frame) {
      {
        const std::scoped_lock lock(mutex_);
        failed_ = true;
        changed_.notify_all();
      }
      on_failed_(frame.error());
      return;
    }
    if (!*frame) continue;
    note(**frame);
    on_frame_(std::move(**frame));
  }
}

}  // namespace pf::host
