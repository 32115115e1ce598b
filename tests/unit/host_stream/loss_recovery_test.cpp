#include "host/stream/loss_recovery.h"

#include <gtest/gtest.h>

#include <vector>

namespace pf::host {
namespace {

/// Remembers what it was told, and has something left to refer to or not.
class Told final : public Encoder {
 public:
  Result<EncodedUnit> encode(const CapturedFrame&, Entry) override { return EncodedUnit{}; }
  bool forget_from(std::uint64_t unit) override {
    forgotten.push_back(unit);
    return can_follow;
  }
  Result<void> set_bitrate(Bitrate) override { return {}; }
  [[nodiscard]] const char* name() const override { return "told"; }

  std::vector<std::uint64_t> forgotten;
  bool can_follow = true;
};

class LossRecoveryTest : public testing::Test {
 protected:
  LossRecoveryTest() {
    send(true);
    for (int i = 0; i < 9; ++i) send();
  }
  /// The next unit, on its way as the next frame.
  void send(bool keyframe = false, std::uint8_t until_shown = 0) {
    recovery_.encoded({.data = {}, .keyframe = keyframe, .until_shown = until_shown});
    recovery_.sent(frame_ = frame_.next());
  }
  void lose(std::uint32_t first, std::uint32_t last) { recovery_.lose({first}, {last}, encoder_); }

  Told encoder_;
  LossRecovery recovery_;
  FrameId frame_;
};

TEST_F(LossRecoveryTest, with_a_reference_left_the_next_unit_follows_and_is_a_repair) {
  lose(7, 8);
  EXPECT_EQ(encoder_.forgotten, std::vector<std::uint64_t>{6});
  EXPECT_EQ(recovery_.next(), Entry::follow);
  recovery_.encoded({});
  EXPECT_TRUE(recovery_.repaired());
  recovery_.sent({11});
  recovery_.encoded({});
  EXPECT_FALSE(recovery_.repaired());
}

TEST_F(LossRecoveryTest, without_one_a_refresh_begins_and_once) {
  encoder_.can_follow = false;
  lose(2, 10);
  EXPECT_EQ(recovery_.next(), Entry::refresh);
  send(true, 4);
  EXPECT_FALSE(recovery_.repaired());
  EXPECT_TRUE(recovery_.refreshing());
  EXPECT_EQ(recovery_.next(), Entry::follow);
  send(false, 3);
  EXPECT_TRUE(recovery_.refreshing());
  send(false, 0);
  EXPECT_FALSE(recovery_.refreshing());
}

TEST_F(LossRecoveryTest, a_refresh_that_begins_with_no_keyframe_begins_with_a_repair) {
  encoder_.can_follow = false;
  lose(2, 10);
  recovery_.encoded({.data = {}, .keyframe = false, .until_shown = 4});
  EXPECT_TRUE(recovery_.repaired());
}

TEST_F(LossRecoveryTest, a_refresh_that_is_lost_is_followed_by_a_keyframe) {
  encoder_.can_follow = false;
  lose(2, 10);
  send(true, 4);
  send(false, 3);
  lose(2, 12);
  EXPECT_EQ(recovery_.next(), Entry::keyframe);
  send(true);
  lose(2, 13);
  EXPECT_EQ(recovery_.next(), Entry::refresh) << "nothing is under way any more";
}

TEST_F(LossRecoveryTest, a_unit_of_a_refresh_is_done_without_like_any_other) {
  encoder_.can_follow = false;
  lose(2, 10);
  send(true, 4);
  send(false, 3);
  encoder_.can_follow = true;
  lose(12, 12);
  EXPECT_EQ(recovery_.next(), Entry::follow);
  recovery_.encoded({.data = {}, .keyframe = false, .until_shown = 2});
  EXPECT_TRUE(recovery_.repaired());
}

TEST_F(LossRecoveryTest, a_unit_that_did_not_leave_is_forgotten) {
  recovery_.encoded({});
  recovery_.not_sent(encoder_);
  EXPECT_EQ(encoder_.forgotten, std::vector<std::uint64_t>{10});
  EXPECT_EQ(recovery_.next(), Entry::follow);
  encoder_.can_follow = false;
  recovery_.encoded({});
  recovery_.not_sent(encoder_);
  EXPECT_EQ(recovery_.next(), Entry::refresh);
}

}  // namespace
}  // namespace pf::host
