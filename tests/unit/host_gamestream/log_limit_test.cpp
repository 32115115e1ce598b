#include "host/gamestream/service/log_limit.h"

#include <gtest/gtest.h>

#include <vector>

namespace pf::host::gamestream {
namespace {

TEST(LogLimit, what_strangers_bring_about_fills_no_log) {
  ManualClock clock;
  std::vector<std::string> said;
  LogLimit limit(clock, [&](const std::string& sentence) { said.push_back(sentence); }, 3, std::chrono::seconds{10});
  for (int i = 0; i < 10'000; ++i) limit.say("again");
  limit.look();
  EXPECT_EQ(said.size(), 3U);
  clock.advance(std::chrono::seconds{10});
  limit.look();
  ASSERT_EQ(said.size(), 4U);
  EXPECT_NE(said.back().find("9997 more"), std::string::npos) << said.back();
  limit.look();
  EXPECT_EQ(said.size(), 4U);
  limit.say("later");
  EXPECT_EQ(said.back(), "later");
}

}  // namespace
}  // namespace pf::host::gamestream
