#include "host/linux/uinput/force_feedback.h"

#include <gtest/gtest.h>

#include <limits>

namespace pf::host {
namespace {

using std::chrono::hours;

constexpr TimePoint start{std::chrono::seconds{100}};

ff_effect rumble(std::int16_t id, std::uint16_t heavy, std::uint16_t light, std::uint16_t length_ms,
                 std::uint16_t delay_ms = 0) {
  ff_effect effect{};
  effect.type = FF_RUMBLE;
  effect.id = id;
  effect.replay = {.length = length_ms, .delay = delay_ms};
  effect.u.rumble = {.strong_magnitude = heavy, .weak_magnitude = light};
  return effect;
}

ff_effect wave(std::int16_t magnitude, std::uint16_t length_ms, ff_envelope envelope = {}) {
  ff_effect effect{};
  effect.type = FF_PERIODIC;
  effect.replay = {.length = length_ms, .delay = 0};
  effect.u.periodic.waveform = FF_SINE;
  effect.u.periodic.magnitude = magnitude;
  effect.u.periodic.envelope = envelope;
  return effect;
}

Motors at(ForceFeedback& force, int ms) {
  return force.advance(start + milliseconds{ms});
}

TEST(ForceFeedbackTest, an_effect_runs_for_its_length_and_no_longer) {
  ForceFeedback force;
  ASSERT_TRUE(force.upload(rumble(0, 1000, 2000, 50), start));
  EXPECT_EQ(at(force, 0), Motors{}) << "uploaded is not played";
  EXPECT_EQ(force.next_change(), std::nullopt);
  force.play(0, 1, start);
  EXPECT_EQ(at(force, 0), (Motors{1000, 2000}));
  EXPECT_EQ(force.next_change(), start + milliseconds{50});
  EXPECT_EQ(at(force, 49), (Motors{1000, 2000}));
  EXPECT_EQ(at(force, 50), Motors{});
  EXPECT_EQ(force.next_change(), std::nullopt);
}

TEST(ForceFeedbackTest, an_effect_without_a_length_runs_until_it_is_stopped) {
  ForceFeedback force;
  ASSERT_TRUE(force.upload(rumble(3, 7, 8, 0), start));
  force.play(3, 1, start);
  EXPECT_EQ(force.advance(start + hours{9}), (Motors{7, 8}));
  EXPECT_EQ(force.next_change(), std::nullopt);
  force.play(3, 0, start + hours{9});
  EXPECT_EQ(force.advance(start + hours{9}), Motors{});
}

TEST(ForceFeedbackTest, an_effect_waits_before_each_of_its_plays) {
  ForceFeedback force;
  ASSERT_TRUE(force.upload(rumble(0, 9, 9, 50, 30), start));
  force.play(0, 2, start);
  EXPECT_EQ(at(force, 29), Motors{});
  EXPECT_EQ(force.next_change(), start + milliseconds{30});
  EXPECT_EQ(at(force, 30), (Motors{9, 9}));
  EXPECT_EQ(at(force, 80), Motors{});
  EXPECT_EQ(force.next_change(), start + milliseconds{110});
  EXPECT_EQ(at(force, 110), (Motors{9, 9}));
  EXPECT_EQ(at(force, 160), Motors{});
  EXPECT_EQ(force.next_change(), std::nullopt);
}

TEST(ForceFeedbackTest, two_thousand_million_plays_are_passed_over_at_once) {
  ForceFeedback force;
  ASSERT_TRUE(force.upload(rumble(0, 9, 9, 1), start));
  force.play(0, std::numeric_limits<std::int32_t>::max(), start);
  EXPECT_EQ(force.advance(start + hours{500}), (Motors{9, 9}));
  EXPECT_EQ(force.advance(start + hours{600}), Motors{});
}

TEST(ForceFeedbackTest, effects_that_play_at_once_add_up_to_the_most_there_is) {
  ForceFeedback force;
  ASSERT_TRUE(force.upload(rumble(0, 40'000, 1000, 100), start));
  ASSERT_TRUE(force.upload(rumble(1, 40'000, 1000, 50), start));
  force.play(0, 1, start);
  force.play(1, 1, start);
  EXPECT_EQ(at(force, 0), (Motors{65'535, 2000}));
  EXPECT_EQ(force.next_change(), start + milliseconds{50}) << "the nearer of both ends";
  EXPECT_EQ(at(force, 50), (Motors{40'000, 1000}));
}

TEST(ForceFeedbackTest, an_upload_while_it_plays_takes_over_from_the_beginning) {
  ForceFeedback force;
  ASSERT_TRUE(force.upload(rumble(0, 100, 100, 50), start));
  force.play(0, 1, start);
  ASSERT_TRUE(force.upload(rumble(0, 200, 300, 50), start + milliseconds{40}));
  EXPECT_EQ(at(force, 89), (Motors{200, 300}));
  EXPECT_EQ(at(force, 90), Motors{});
}

TEST(ForceFeedbackTest, an_erased_effect_stops) {
  ForceFeedback force;
  ASSERT_TRUE(force.upload(rumble(0, 100, 100, 0), start));
  force.play(0, 1, start);
  force.erase(0);
  EXPECT_EQ(at(force, 1), Motors{});
  force.play(0, 1, start);
  EXPECT_EQ(at(force, 1), Motors{}) << "there is no such effect any more";
}

TEST(ForceFeedbackTest, gain_weakens_everything) {
  ForceFeedback force;
  ASSERT_TRUE(force.upload(rumble(0, 65'535, 32'768, 0), start));
  force.play(0, 1, start);
  force.set_gain(0x8000);
  EXPECT_EQ(at(force, 0), (Motors{32'768, 16'384}));
  force.set_gain(-5);
  EXPECT_EQ(at(force, 0), Motors{});
  force.set_gain(1'000'000);
  EXPECT_EQ(at(force, 0), (Motors{65'535, 32'768}));
}

TEST(ForceFeedbackTest, a_wave_runs_both_motors_as_strong_as_it_is_high) {
  ForceFeedback force;
  ASSERT_TRUE(force.upload(wave(-32'767, 50), start));
  force.play(0, 1, start);
  EXPECT_EQ(at(force, 0), (Motors{65'535, 65'535}));
}

TEST(ForceFeedbackTest, a_wave_rises_and_falls_by_its_envelope) {
  ForceFeedback force;
  const ff_envelope envelope{.attack_length = 100, .attack_level = 0, .fade_length = 100, .fade_level = 0};
  ASSERT_TRUE(force.upload(wave(20'000, 1000, envelope), start));
  force.play(0, 1, start);
  EXPECT_EQ(at(force, 0).heavy, 0);
  EXPECT_EQ(force.next_change(), start + milliseconds{20}) << "it rises";
  EXPECT_NEAR(at(force, 50).heavy, 20'000, 2);
  EXPECT_NEAR(at(force, 500).heavy, 40'000, 2);
  EXPECT_EQ(force.next_change(), start + milliseconds{1000 - 100}) << "it is level until it falls";
  EXPECT_NEAR(at(force, 950).heavy, 20'000, 2);
  EXPECT_EQ(at(force, 1000), Motors{});
}

TEST(ForceFeedbackTest, what_no_motor_can_do_is_refused) {
  ForceFeedback force;
  auto spring = rumble(0, 1, 1, 1);
  spring.type = FF_SPRING;
  EXPECT_FALSE(force.upload(spring, start));
  EXPECT_FALSE(force.upload(rumble(ForceFeedback::most_effects, 1, 1, 1), start));
  EXPECT_FALSE(force.upload(rumble(-1, 1, 1, 1), start));
  force.play(-1, 1, start);
  force.play(1000, 1, start);
  force.erase(1000);
  EXPECT_EQ(at(force, 0), Motors{});
}

}  // namespace
}  // namespace pf::host
