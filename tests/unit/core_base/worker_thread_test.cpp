#include "core/base/worker_thread.h"

#include <gtest/gtest.h>

#include <atomic>

namespace pf {
namespace {

/// A thread that waits for ever, but for its end.
class Waiting {
 public:
  void wait_for_begin() {
    while (!begun_) std::this_thread::yield();
  }
  bool stop() { return thread_.stop(); }

 private:
  void run(const std::stop_token& stop) {
    begun_ = true;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stop.stop_requested(); });
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> begun_{false};
  WorkerThread thread_{mutex_, changed_, [this](const std::stop_token& stop) { run(stop); }};
};

TEST(WorkerThread, ends_whenever_it_is_told_to) {
  for (int round = 0; round < 500; ++round) {
    const Waiting before_or_while_it_begins;
    Waiting looking_or_asleep;
    looking_or_asleep.wait_for_begin();
  }
}

TEST(WorkerThread, is_stopped_once) {
  Waiting waiting;
  EXPECT_TRUE(waiting.stop());
  EXPECT_FALSE(waiting.stop());
}

}  // namespace
}  // namespace pf
