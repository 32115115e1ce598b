#include "core/crypto/replay_window.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>

namespace pf::crypto {
namespace {

TEST(ReplayWindow, takes_each_number_once) {
  ReplayWindow window;
  for (const std::uint64_t n : {5u, 3u, 4u, 9u, 0u}) {
    EXPECT_TRUE(window.would_accept(n)) << n;
    window.accept(n);
    EXPECT_FALSE(window.would_accept(n)) << n;
  }
}

TEST(ReplayWindow, refuses_what_is_older_than_it_remembers) {
  ReplayWindow window;
  window.accept(100'000);
  EXPECT_TRUE(window.would_accept(100'000 - ReplayWindow::size + 1));
  EXPECT_FALSE(window.would_accept(100'000 - ReplayWindow::size));
}

TEST(ReplayWindow, agrees_with_a_set_of_all_numbers_seen) {
  std::mt19937_64 random(7);
  ReplayWindow window;
  std::set<std::uint64_t> seen;
  std::uint64_t newest = 0;
  for (int i = 0; i < 200'000; ++i) {
    const auto jump = random() % 100 == 0 ? random() % 20'000 : random() % 8;
    const auto back = random() % 6000;
    const auto number = random() % 2 == 0 ? newest + jump : newest - std::min(newest, back);
    const bool fresh =
        !seen.contains(number) && (seen.empty() || number > newest || newest - number < ReplayWindow::size);
    ASSERT_EQ(window.would_accept(number), fresh) << number << " newest " << newest;
    if (!fresh) continue;
    window.accept(number);
    seen.insert(number);
    newest = std::max(newest, number);
  }
}

TEST(ReplayWindow, a_jump_past_everything_forgets_everything) {
  ReplayWindow window;
  for (std::uint64_t n = 0; n < ReplayWindow::size; ++n) window.accept(n);
  window.accept(3 * ReplayWindow::size);
  for (auto n = 2 * ReplayWindow::size + 1; n < 3 * ReplayWindow::size; ++n) EXPECT_TRUE(window.would_accept(n)) << n;
  EXPECT_FALSE(window.would_accept(2 * ReplayWindow::size));
}

TEST(ReplayWindow, holds_at_the_last_number_there_is) {
  constexpr auto last = std::numeric_limits<std::uint64_t>::max();
  ReplayWindow window;
  window.accept(last - 1);
  EXPECT_TRUE(window.would_accept(last));
  window.accept(last);
  EXPECT_FALSE(window.would_accept(last));
  EXPECT_FALSE(window.would_accept(last - 1));
  EXPECT_TRUE(window.would_accept(last - 2));
}

}  // namespace
}  // namespace pf::crypto
