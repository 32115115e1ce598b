#include "host/stream/encode_schedule.h"

#include <gtest/gtest.h>

namespace pf::host {
namespace {

using What = EncodeSchedule::What;

/// A schedule at 100 Hz and a clock that jumps to the next thing to do.
class Rig {
 public:
  ManualClock clock;
  EncodeSchedule schedule{milliseconds{10}, {}};

  void picture() { schedule.picture_waits(clock.now()); }
  EncodeSchedule::Step step() {
    const auto next = schedule.next(clock.now());
    if (next.what != What::nothing) schedule.encoded(next, clock.now());
    return next;
  }
  void pictures(int count, Duration gap) {
    for (int i = 0; i < count; ++i) {
      picture();
      step();
      clock.advance(gap);
    }
  }
  /// Runs for `span` without new pictures; returns how many units came out of it.
  int run(Duration span) {
    int units = 0;
    const auto end = clock.now() + span;
    while (clock.now() < end) {
      const auto next = step();
      if (next.what != What::nothing) {
        ++units;
        continue;
      }
      if (!next.wake || *next.wake >= end) break;
      EXPECT_GT(*next.wake, clock.now()) << "a wake-up in the past would spin";
      clock.advance(*next.wake - clock.now());
    }
    if (clock.now() < end) clock.advance(end - clock.now());
    return units;
  }
};

TEST(EncodeSchedule, nothing_happens_before_the_first_picture) {
  Rig rig;
  const auto step = rig.step();
  EXPECT_EQ(step.what, What::nothing);
  EXPECT_FALSE(step.wake);
}

TEST(EncodeSchedule, the_first_picture_is_a_keyframe_and_the_second_is_not) {
  Rig rig;
  rig.picture();
  auto step = rig.step();
  EXPECT_EQ(step.what, What::fresh);
  EXPECT_TRUE(step.keyframe);
  rig.clock.advance(milliseconds{10});
  rig.picture();
  step = rig.step();
  EXPECT_EQ(step.what, What::fresh);
  EXPECT_FALSE(step.keyframe);
}

TEST(EncodeSchedule, a_keyframe_is_made_at_once_when_nothing_changes) {
  Rig rig;
  rig.picture();
  rig.step();
  rig.clock.advance(std::chrono::seconds{10});
  rig.run(std::chrono::seconds{10});
  rig.schedule.want_keyframe();
  const auto step = rig.step();
  EXPECT_EQ(step.what, What::again);
  EXPECT_TRUE(step.keyframe);
}

TEST(EncodeSchedule, keyframes_on_request_are_held_to_one_in_50_ms) {
  Rig rig;
  rig.picture();
  int keyframes = 0;
  for (int ms = 0; ms < 1000; ++ms) {
    rig.schedule.want_keyframe();
    const auto step = rig.step();
    if (step.what != What::nothing && step.keyframe) ++keyframes;
    rig.clock.advance(milliseconds{1});
  }
  EXPECT_EQ(keyframes, 20);
}

TEST(EncodeSchedule, a_still_picture_is_sent_again_to_mend_a_loss) {
  Rig rig;
  rig.picture();
  rig.step();
  rig.clock.advance(std::chrono::seconds{10});
  rig.run(std::chrono::seconds{10});
  ASSERT_EQ(rig.step().what, What::nothing);
  rig.schedule.want_repair();
  const auto step = rig.step();
  EXPECT_EQ(step.what, What::again);
  EXPECT_FALSE(step.keyframe);
  EXPECT_EQ(rig.step().what, What::nothing) << "once";
}

TEST(EncodeSchedule, a_new_picture_mends_a_loss_as_well) {
  Rig rig;
  rig.picture();
  rig.step();
  rig.clock.advance(milliseconds{20});
  rig.schedule.want_repair();
  rig.picture();
  EXPECT_EQ(rig.step().what, What::fresh);
  rig.clock.advance(milliseconds{20});
  EXPECT_EQ(rig.step().what, What::nothing);
}

TEST(EncodeSchedule, new_pictures_go_on_while_a_keyframe_waits_for_its_turn) {
  Rig rig;
  rig.picture();
  rig.step();
  rig.clock.advance(milliseconds{10});
  rig.schedule.want_keyframe();
  rig.picture();
  const auto step = rig.step();
  EXPECT_EQ(step.what, What::fresh);
  EXPECT_FALSE(step.keyframe);
}

TEST(EncodeSchedule, a_fast_source_is_held_to_the_refresh_rate) {
  Rig rig;
  int frames = 0;
  for (int ms = 0; ms < 1000; ++ms) {
    rig.picture();
    if (rig.step().what == What::fresh) ++frames;
    rig.clock.advance(milliseconds{1});
  }
  EXPECT_GE(frames, 98);
  EXPECT_LE(frames, 102);
}

TEST(EncodeSchedule, a_source_at_the_refresh_rate_keeps_every_frame_in_spite_of_jitter) {
  Rig rig;
  int frames = 0;
  for (int i = 0; i < 100; ++i) {
    rig.picture();
    if (rig.step().what == What::fresh) ++frames;
    rig.clock.advance(i % 2 == 0 ? milliseconds{7} : milliseconds{13});
  }
  EXPECT_EQ(frames, 100);
}

TEST(EncodeSchedule, a_source_a_little_too_fast_loses_pictures_and_no_time) {
  Rig rig;
  int frames = 0;
  constexpr Duration period = std::chrono::microseconds{9600};
  for (int i = 0; i < 1000; ++i) {
    rig.picture();
    const auto arrival = rig.clock.now();
    if (rig.step().what == What::fresh) {
      ++frames;
    } else {
      // Nothing happens before the next one is there.
      const auto wake = rig.schedule.next(arrival).wake;
      ASSERT_TRUE(wake);
      EXPECT_GE(*wake - arrival, period);
    }
    rig.clock.advance(period);
  }
  EXPECT_NEAR(frames, 960, 2);
}

TEST(EncodeSchedule, the_last_picture_of_a_fast_source_is_shown_within_an_interval) {
  Rig rig;
  rig.pictures(6, milliseconds{3});
  rig.picture();
  ASSERT_EQ(rig.step().what, What::nothing);
  EXPECT_EQ(rig.run(milliseconds{11}), 1);
  EXPECT_EQ(rig.run(milliseconds{100}), 0);
}

TEST(EncodeSchedule, a_picture_after_a_late_one_is_not_late_too) {
  Rig rig;
  for (const int gap : {10, 10, 18, 2, 10}) {
    rig.clock.advance(milliseconds{gap});
    rig.picture();
    EXPECT_EQ(rig.step().what, What::fresh);
  }
}

TEST(EncodeSchedule, a_picture_that_came_early_goes_out_once_a_loss_has_to_be_mended) {
  Rig rig;
  rig.pictures(3, milliseconds{1});
  rig.picture();
  rig.schedule.want_repair();
  ASSERT_EQ(rig.step().what, What::nothing);
  rig.clock.advance(milliseconds{8});
  EXPECT_EQ(rig.step().what, What::fresh);
}

TEST(EncodeSchedule, a_still_picture_is_sharpened_a_few_times_and_then_left_alone) {
  Rig rig;
  rig.picture();
  rig.step();
  EXPECT_EQ(rig.run(milliseconds{190}), 0);
  EXPECT_EQ(rig.run(std::chrono::seconds{5}), 6);
  EXPECT_EQ(rig.run(std::chrono::hours{1}), 0);
  EXPECT_FALSE(rig.schedule.next(rig.clock.now()).wake);
}

TEST(EncodeSchedule, a_keyframe_of_a_still_picture_is_sharpened_again) {
  Rig rig;
  rig.picture();
  rig.step();
  rig.run(std::chrono::seconds{5});
  rig.schedule.want_keyframe();
  EXPECT_EQ(rig.run(std::chrono::seconds{5}), 7);
}

TEST(EncodeSchedule, a_new_rate_holds_from_the_next_frame_on) {
  Rig rig;
  rig.schedule.set_interval(milliseconds{100});
  int frames = 0;
  for (int ms = 0; ms < 1000; ++ms) {
    rig.picture();
    if (rig.step().what == What::fresh) ++frames;
    rig.clock.advance(milliseconds{1});
  }
  EXPECT_GE(frames, 9);
  EXPECT_LE(frames, 11);
}

}  // namespace
}  // namespace pf::host
