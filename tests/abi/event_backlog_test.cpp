// What an embedder that does not keep up still hears.
#include "abi/host/event_backlog.h"

#include <gtest/gtest.h>

#include <bitset>
#include <random>
#include <vector>

#include "abi/host/events.h"
#include "abi/input.h"

namespace pf::abi {
namespace {

class EventBacklogTest : public testing::Test {
 protected:
  void add(std::uint32_t kind, std::uint64_t session) { backlog_.add(host_event(kind, session)); }
  void input(std::uint64_t session, const punktfunk_input& what) {
    auto event = host_event(PUNKTFUNK_HOST_EVENT_INPUT, session);
    event.input = what;
    backlog_.add(event);
  }
  void key(std::uint64_t session, std::uint16_t code) {
    auto what = input_of(PUNKTFUNK_INPUT_KEY);
    what.data.key = {code, 1, 0};
    input(session, what);
  }
  void arrives(std::uint64_t session, std::uint8_t pad) { input(session, to_c(wire::GamepadArrival{.pad = pad})); }
  void leaves(std::uint64_t session, std::uint8_t pad) {
    auto what = input_of(PUNKTFUNK_INPUT_GAMEPAD_REMOVAL);
    what.data.removed_pad = pad;
    input(session, what);
  }
  std::vector<punktfunk_host_event> take_all() {
    std::vector<punktfunk_host_event> all;
    while (!backlog_.empty()) all.push_back(backlog_.take_front());
    return all;
  }
  /// All that waits, in order: the kind of an event, or 100 and that of an input.
  std::vector<std::uint32_t> kinds() {
    std::vector<std::uint32_t> list;
    for (const auto& event : take_all())
      list.push_back(event.kind == PUNKTFUNK_HOST_EVENT_INPUT ? 100 + event.input.kind : event.kind);
    return list;
  }
  using Kinds = std::vector<std::uint32_t>;

  EventBacklog backlog_;
};

TEST_F(EventBacklogTest, a_flood_of_input_takes_away_nothing_but_the_flooding_sessions_input) {
  add(PUNKTFUNK_HOST_EVENT_SESSION_WANTED, 1);
  add(PUNKTFUNK_HOST_EVENT_SESSION_WANTED, 2);
  add(PUNKTFUNK_HOST_EVENT_FRAMES_LOST, 2);
  key(2, 30);
  for (int i = 0; i < 2000; ++i) key(1, 31);
  add(PUNKTFUNK_HOST_EVENT_SESSION_ENDED, 2);
  for (int i = 0; i < 2000; ++i) key(1, 32);
  std::size_t inputs = 0;
  Kinds others;
  for (const auto& event : take_all()) {
    const bool floods = event.kind == PUNKTFUNK_HOST_EVENT_INPUT && event.session == 1;
    if (floods)
      ++inputs;
    else
      others.push_back(event.kind);
  }
  EXPECT_EQ(others,
            (Kinds{PUNKTFUNK_HOST_EVENT_SESSION_WANTED, PUNKTFUNK_HOST_EVENT_SESSION_WANTED,
                   PUNKTFUNK_HOST_EVENT_FRAMES_LOST, PUNKTFUNK_HOST_EVENT_INPUT, PUNKTFUNK_HOST_EVENT_SESSION_ENDED}));
  EXPECT_LE(inputs, EventBacklog::most_inputs);
}

TEST_F(EventBacklogTest, what_input_is_dropped_has_everything_let_go_of_in_its_place) {
  for (std::size_t i = 0; i < EventBacklog::most_inputs; ++i) key(1, 30);
  add(PUNKTFUNK_HOST_EVENT_SESSION_PAUSED, 1);
  key(1, 31);
  const auto left = take_all();
  ASSERT_EQ(left.size(), 3u);
  EXPECT_EQ(left[0].input.kind, std::uint32_t{PUNKTFUNK_INPUT_RELEASE_ALL});
  EXPECT_EQ(left[1].kind, std::uint32_t{PUNKTFUNK_HOST_EVENT_SESSION_PAUSED});
  EXPECT_EQ(left[2].input.data.key.code, 31);
}

TEST_F(EventBacklogTest, gamepads_that_come_and_go_outlast_a_flood) {
  leaves(1, 3);
  for (std::size_t i = 0; i < 500; ++i) key(1, 30);
  arrives(1, 4);
  for (std::size_t i = 0; i < 600; ++i) key(1, 30);
  const auto left = take_all();
  EXPECT_EQ(left[0].input.kind, std::uint32_t{PUNKTFUNK_INPUT_GAMEPAD_REMOVAL});
  EXPECT_EQ(left[1].input.kind, std::uint32_t{PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL});
  EXPECT_EQ(left[2].input.kind, std::uint32_t{PUNKTFUNK_INPUT_RELEASE_ALL});
}

TEST_F(EventBacklogTest, a_gamepad_that_has_come_and_gone_unseen_is_not_told_of) {
  arrives(1, 2);
  input(1, to_c(std::uint8_t{2}, 1u, wire::GamepadAxes{}));
  arrives(1, 3);
  arrives(2, 2);
  leaves(1, 2);
  EXPECT_EQ(kinds(), (Kinds{100 + PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL, 100 + PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL}));
  for (int i = 0; i < 1000; ++i) {
    leaves(1, 3);
    arrives(1, 3);
  }
  EXPECT_EQ(kinds(), (Kinds{100 + PUNKTFUNK_INPUT_GAMEPAD_REMOVAL, 100 + PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL}));
}

TEST_F(EventBacklogTest, how_things_stand_is_told_once_and_as_it_stands) {
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    add(PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED, 1);
    auto bitrate = host_event(PUNKTFUNK_HOST_EVENT_BITRATE, 1);
    bitrate.bitrate = i;
    backlog_.add(bitrate);
    auto lost = host_event(PUNKTFUNK_HOST_EVENT_FRAMES_LOST, 1);
    lost.lost_first = 3000 + i;
    lost.lost_last = lost.lost_first + 5;
    backlog_.add(lost);
  }
  add(PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED, 2);
  const auto left = take_all();
  ASSERT_EQ(left.size(), 4u);
  EXPECT_EQ(left[1].bitrate, 2000u);
  EXPECT_EQ(left[2].lost_first, 3001u);
  EXPECT_EQ(left[2].lost_last, 5005u);
  EXPECT_EQ(left[3].session, 2u);
  add(PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED, 1);
  EXPECT_EQ(kinds(), Kinds{PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED}) << "once it is fetched, it is wanted anew";
}

TEST_F(EventBacklogTest, a_step_of_a_sessions_life_stands_where_it_was_taken_last) {
  add(PUNKTFUNK_HOST_EVENT_SESSION_PAUSED, 1);
  add(PUNKTFUNK_HOST_EVENT_SESSION_WANTED, 1);
  add(PUNKTFUNK_HOST_EVENT_SESSION_PAUSED, 1);
  EXPECT_EQ(kinds(), (Kinds{PUNKTFUNK_HOST_EVENT_SESSION_WANTED, PUNKTFUNK_HOST_EVENT_SESSION_PAUSED}));
}

TEST_F(EventBacklogTest, a_question_is_taken_back_if_it_still_waits) {
  add(PUNKTFUNK_HOST_EVENT_SESSION_WANTED, 1);
  add(PUNKTFUNK_HOST_EVENT_SESSION_WANTED, 2);
  EXPECT_TRUE(backlog_.withdraw(1, PUNKTFUNK_HOST_EVENT_SESSION_WANTED));
  EXPECT_EQ(backlog_.take_front().session, 2u);
  EXPECT_FALSE(backlog_.withdraw(2, PUNKTFUNK_HOST_EVENT_SESSION_WANTED));
}

TEST_F(EventBacklogTest, of_what_is_logged_the_oldest_makes_way) {
  for (std::size_t i = 0; i < EventBacklog::most_logs + 10; ++i)
    backlog_.add(host_event(PUNKTFUNK_HOST_EVENT_LOG, 0, {}, std::to_string(i)));
  const auto left = take_all();
  ASSERT_EQ(left.size(), EventBacklog::most_logs);
  EXPECT_STREQ(left.front().text, "10");
}

TEST_F(EventBacklogTest, it_is_bounded_whatever_comes) {
  constexpr std::uint64_t sessions = 8;
  constexpr std::size_t kinds_but_input_and_log = 8;
  constexpr std::size_t comings_and_goings = 2 * wire::max_gamepads;
  std::mt19937 chance(1);
  std::bitset<(sessions + 1) * wire::max_gamepads> plugged;  // a pad leaves only after it has arrived
  const auto below = [&](std::uint32_t end) { return static_cast<std::uint32_t>(chance() % end); };
  for (int i = 0; i < 50'000; ++i) {
    const std::uint64_t session = 1 + below(sessions);
    switch (below(3)) {
      case 0: key(session, 30); break;
      case 1: {
        const auto pad = static_cast<std::uint8_t>(below(wire::max_gamepads));
        const auto at = session * wire::max_gamepads + pad;
        if (plugged[at])
          leaves(session, pad);
        else
          arrives(session, pad);
        plugged.flip(at);
        break;
      }
      default: {
        const auto kind = 1 + below(10);
        if (kind != PUNKTFUNK_HOST_EVENT_INPUT) add(kind, kind == PUNKTFUNK_HOST_EVENT_LOG ? 0 : session);
      }
    }
    ASSERT_LE(backlog_.size(), EventBacklog::most_inputs + EventBacklog::most_logs +
                                   sessions * (kinds_but_input_and_log + comings_and_goings));
  }
}

}  // namespace
}  // namespace pf::abi
