#include "client/play/reconnect_policy.h"

#include <gtest/gtest.h>

namespace pf::client {
namespace {

constexpr TimePoint start{std::chrono::seconds{100}};

TEST(ReconnectPolicy, tries_at_once) {
  ReconnectPolicy policy;
  policy.lost(start, milliseconds{2500});
  EXPECT_EQ(policy.next_attempt(start), start);
}

TEST(ReconnectPolicy, pauses_double_up_to_a_second) {
  ReconnectPolicy policy;
  policy.lost(start, std::chrono::seconds{60});
  auto now = start;
  for (const int pause : {100, 200, 400, 800, 1000, 1000}) {
    policy.failed(now);
    EXPECT_EQ(policy.next_attempt(now), now + milliseconds{pause});
    now = *policy.next_attempt(now);
  }
}

TEST(ReconnectPolicy, gives_up_when_the_host_has_let_go_of_the_display) {
  ReconnectPolicy policy;
  policy.lost(start, milliseconds{2500});
  EXPECT_TRUE(policy.next_attempt(start + milliseconds{2500}));
  EXPECT_FALSE(policy.next_attempt(start + milliseconds{2501}));
}

TEST(ReconnectPolicy, an_attempt_that_could_not_begin_in_time_is_none) {
  ReconnectPolicy policy;
  policy.lost(start, milliseconds{2500});
  policy.failed(start + milliseconds{2450});
  EXPECT_FALSE(policy.next_attempt(start + milliseconds{2450}));
}

TEST(ReconnectPolicy, a_second_loss_begins_afresh) {
  ReconnectPolicy policy;
  policy.lost(start, milliseconds{2500});
  for (int i = 0; i < 5; ++i) policy.failed(start);
  const auto later = start + std::chrono::seconds{30};
  policy.lost(later, milliseconds{2500});
  EXPECT_EQ(policy.next_attempt(later), later);
  policy.failed(later);
  EXPECT_EQ(policy.next_attempt(later), later + milliseconds{100});
}

}  // namespace
}  // namespace pf::client
