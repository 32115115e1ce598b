#include "core/base/wake_on_stop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace pf {
namespace {

/// A thread that waits for ever, but for its end.
class Waiting {
 public:
  ~Waiting() {
    thread_.request_stop();
    thread_.join();
  }
  void wait_for_begin() {
    while (!begun_) std::this_thread::yield();
  }

 private:
  void run(const std::stop_token& stop) {
    begun_ = true;
    const WakeOnStop wake_on_stop(stop, mutex_, changed_);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stop.stop_requested(); });
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> begun_{false};
  std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};
};

TEST(WakeOnStop, a_thread_ends_whenever_it_is_told_to) {
  for (int round = 0; round < 500; ++round) {
    const Waiting before_or_while_it_begins;
    Waiting looking_or_asleep;
    looking_or_asleep.wait_for_begin();
  }
}

}  // namespace
}  // namespace pf
