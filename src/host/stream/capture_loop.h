// The capture thread: pictures from the compositor, handed on as they come.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "host/seams/capturer.h"
#include "host/stream/session_counters.h"

namespace pf::host {

/// Its thread starts with it; the destructor interrupts the capturer and returns when the thread has ended.
/// Calls from any thread but the capture thread.
class CaptureLoop {
 public:
  /// Both on the capture thread. After `failed` the thread ends.
  using OnFrame = std::function<void(CapturedFrame)>;
  using OnFailed = std::function<void(const Error&)>;
  CaptureLoop(std::unique_ptr<Capturer> capturer, SessionCounters& counters, OnFrame on_frame, OnFailed on_failed);
  ~CaptureLoop();
  CaptureLoop(const CaptureLoop&) = delete;
  CaptureLoop& operator=(const CaptureLoop&) = delete;

  void request_refresh() { capturer_->request_refresh(); }
  /// How many pictures this loop has seen.
  [[nodiscard]] std::uint64_t seen() const;
  /// Waits for a picture of this size beyond the first `after`. False: `limit` is over, the capture failed, or `stop`.
  bool wait_for_picture(std::uint32_t width, std::uint32_t height, std::uint64_t after, Duration limit,
                        const std::stop_token& stop);

 private:
  void run(const std::stop_token& stop);
  void note(const CapturedFrame& frame);

  std::unique_ptr<Capturer> capturer_;
  SessionCounters& counters_;
  OnFrame on_frame_;
  OnFailed on_failed_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t seen_ = 0;
  std::uint32_t width_ = 0;
  std::uint32_t height_ = 0;
  bool failed_ = false;

  std::jthread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host
