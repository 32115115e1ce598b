// The frame path takes no memory: a stream over real sockets and through the host's threads, with losses, is watched by
// a meter on the whole program. There is no QUIC connection, so that no thread but those of the path is at work.
#include <gtest/gtest.h>
#ifdef __linux__
#include <sys/resource.h>
#endif

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "host/stream/frame_pacer.h"
#include "support/allocation_meter.h"
#include "support/bad_path.h"
#include "support/stream_path.h"

namespace pf {
namespace {

/// Puts one frame after the other and waits for each.
class FramePathTest : public testing::Test {
 protected:
  void start(const test::StreamPath::Options& options) {
    path_ = std::make_unique<test::StreamPath>(options, [this](const session::ReceivedUnit&) {
      const std::lock_guard lock(mutex_);
      ++units_;
      changed_.notify_one();
    });
  }
  void stream(int frames) {
    for (int i = 0; i < frames; ++i) {
      std::unique_lock lock(mutex_);
      const auto before = units_;
      path_->put();
      if (!changed_.wait_for(lock, milliseconds{200}, [&] { return units_ > before; })) {
        ++given_up_;
        path_->request_keyframe();
      }
    }
  }
  std::unique_ptr<test::StreamPath> path_;
  int given_up_ = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int units_ = 0;
};

// Frames of 40 to 160 kB, so that some leave at once and others by the pacer's thread.
std::size_t size_of(std::uint64_t frame) {
  return frame == 0 ? 400'000 : 40'000 + frame * 7919 % 120'000;
}

TEST_F(FramePathTest, after_a_second_nothing_is_allocated) {
  start({.mode = {1920, 1080, 240'000}, .link = 2000_mbps, .size_of = size_of});
  stream(60);
  const auto before = test::allocations().count;
  stream(600);
  EXPECT_EQ(test::allocations().count, before);
  EXPECT_LT(given_up_, 30) << "a path without losses";
  EXPECT_LE(path_->pictures_held(), 2) << "the one that was encoded last, and one that waits";
}

#ifdef RUSAGE_THREAD
// Each sleep too many is a wake-up of another core that a frame waits for.
TEST_F(FramePathTest, the_encode_thread_goes_to_sleep_once_a_picture) {
  constexpr int pictures = 300;
  constexpr Mode fast{1920, 1080, 1'000'000};
  std::vector<long> sleeps;  // of the encode thread, which asks for the sizes
  sleeps.reserve(pictures);
  start({.mode = fast, .size_of = [&](std::uint64_t) -> std::size_t {
           rusage used{};
           getrusage(RUSAGE_THREAD, &used);
           sleeps.push_back(used.ru_nvcsw);
           return 10'000;
         }});
  for (int i = 0; i < pictures; ++i) {
    stream(1);
    std::this_thread::sleep_for(2 * host::frame_interval(fast));  // it is time for the next when that is there
  }
  ASSERT_EQ(sleeps.size(), static_cast<std::size_t>(pictures));
  EXPECT_LT(sleeps.back() - sleeps.front(), pictures * 5 / 4);
}
#endif

TEST_F(FramePathTest, after_a_second_nothing_is_allocated_for_what_was_lost_or_came_late) {
  start({.mode = {1920, 1080, 240'000}, .link = 2000_mbps, .size_of = size_of, .through = [](auto sink) {
           return std::make_shared<test::BadPath>(std::move(sink));
         }});
  stream(60);
  const auto before = test::allocations().count;
  stream(600);
  EXPECT_EQ(test::allocations().count, before);
  EXPECT_GT(path_->received().frames_recovered, 300u);
}

}  // namespace
}  // namespace pf
