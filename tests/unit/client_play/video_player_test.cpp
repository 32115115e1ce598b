#include "client/play/video_player.h"

#include <gtest/gtest.h>

#include <future>

namespace pf::client {
namespace {

/// Nothing that a decoder understands, so that each one that is decoded asks for a keyframe.
session::ReceivedUnit unit(bool keyframe) {
  session::ReceivedUnit unit;
  unit.keyframe = keyframe;
  unit.data = session::UnitBytes::copy_of(std::vector<std::byte>(64, std::byte{0xA5}));
  unit.prefix.width = 320;
  unit.prefix.height = 200;
  return unit;
}

class VideoPlayerTest : public testing::Test {
 protected:
  /// The player's thread stands still in its next request for a keyframe, until release().
  void hold() { held_ = true; }
  void release() { released_.set_value(); }
  bool wait_for_request() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, [this] { return requests_ > 0; });
  }

 private:
  void on_keyframe_wanted() {
    {
      const std::lock_guard lock(mutex_);
      ++requests_;
    }
    changed_.notify_all();
    if (held_.exchange(false)) released_.get_future().wait();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int requests_ = 0;
  std::atomic<bool> held_{false};
  std::promise<void> released_;

 protected:
  VideoPlayer player{H264Decoder::create(1, {640, 360, 60'000}).value(),
                     {.on_picture = [] {},
                      .on_decoded = [](session::ReceivedUnit&, Duration, TimePoint) {},
                      .on_keyframe_wanted = [this] { on_keyframe_wanted(); }}};  // last: its thread uses the rest
};

TEST_F(VideoPlayerTest, asks_for_a_keyframe_when_a_unit_does_not_decode) {
  player.put(unit(true));
  EXPECT_TRUE(wait_for_request());
  EXPECT_FALSE(player.take());
  EXPECT_EQ(player.dropped(), 1u);
}

TEST_F(VideoPlayerTest, leaves_out_everything_before_the_keyframe_that_it_asked_for) {
  player.put(unit(true));
  ASSERT_TRUE(wait_for_request());
  for (int i = 0; i < 3; ++i) player.put(unit(false));
  EXPECT_EQ(player.dropped(), 4u);
}

TEST_F(VideoPlayerTest, what_is_too_far_behind_is_dropped_at_once) {
  hold();
  player.put(unit(true));
  ASSERT_TRUE(wait_for_request());
  player.put(unit(true));
  for (std::size_t i = 1; i < VideoPlayer::most_waiting; ++i) player.put(unit(false));
  EXPECT_EQ(player.dropped(), 1u);
  player.put(unit(false));
  EXPECT_EQ(player.dropped(), 1 + VideoPlayer::most_waiting + 1) << "those that waited and the one that was too much";
  release();
}

TEST_F(VideoPlayerTest, a_new_stream_forgets_what_waited_of_the_old_one) {
  hold();
  player.put(unit(true));
  ASSERT_TRUE(wait_for_request());
  player.put(unit(true));
  player.restart();
  player.put(unit(false));
  EXPECT_EQ(player.dropped(), 2u) << "before its keyframe nothing of the new one decodes";
  release();
}

}  // namespace
}  // namespace pf::client
