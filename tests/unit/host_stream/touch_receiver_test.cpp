#include "host/stream/touch_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_platform.h"

namespace pf::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using wire::TouchPhase;

class TouchReceiverTest : public testing::Test {
 protected:
  std::shared_ptr<test::FakeWorld> world = std::make_shared<test::FakeWorld>();
  test::FakePlatform platform{world};
  std::unique_ptr<VirtualDisplay> display = std::move(*platform.create_display({640, 480, 60'000}, "test"));
  std::unique_ptr<InputInjector> injector = std::move(*platform.open_injector(*display));
  TouchReceiver receiver{*injector};

  void touch(std::uint32_t sequence, TouchPhase phase, std::uint32_t id, std::uint16_t x) {
    ASSERT_TRUE(receiver.apply(wire::TouchEvent{sequence, phase, {.id = id, .x = x}}));
  }
  void move(std::uint32_t sequence, std::uint32_t id, std::uint16_t x) {
    ASSERT_TRUE(receiver.apply(wire::TouchMotion{sequence, {{.id = id, .x = x}}}));
  }
  [[nodiscard]] std::vector<std::string> done() const { return world->injected(); }
};

TEST_F(TouchReceiverTest, a_finger_comes_moves_and_goes) {
  touch(1, TouchPhase::down, 7, 10);
  move(2, 7, 20);
  touch(3, TouchPhase::up, 7, 20);
  EXPECT_THAT(done(), ElementsAre("touch 7 down 10 0", "touch 7 move 20 0", "touch 7 up 20 0"));
  EXPECT_FALSE(receiver.holds_anything());
}

TEST_F(TouchReceiverTest, late_motion_moves_nothing) {
  touch(5, TouchPhase::down, 7, 10);
  move(4, 7, 1);
  move(6, 7, 20);
  move(6, 7, 20);
  EXPECT_THAT(done(), ElementsAre("touch 7 down 10 0", "touch 7 move 20 0"));
}

TEST_F(TouchReceiverTest, motion_that_overtakes_its_beginning_or_follows_its_end_touches_nothing) {
  move(2, 7, 20);
  touch(1, TouchPhase::down, 7, 10);
  touch(3, TouchPhase::up, 7, 10);
  move(4, 7, 30);
  EXPECT_THAT(done(), ElementsAre("touch 7 down 10 0", "touch 7 up 10 0"));
}

TEST_F(TouchReceiverTest, the_sequence_may_wrap) {
  touch(0xffffffff, TouchPhase::down, 7, 10);
  move(0, 7, 20);
  EXPECT_EQ(done().back(), "touch 7 move 20 0");
}

TEST_F(TouchReceiverTest, sixteen_fingers_are_enough_and_none_comes_twice) {
  for (std::uint32_t id = 0; id < 20; ++id) touch(id, TouchPhase::down, id, 0);
  touch(30, TouchPhase::down, 3, 9);
  EXPECT_EQ(done().size(), wire::max_touch_contacts);
}

TEST_F(TouchReceiverTest, a_phase_of_a_later_version_does_nothing) {
  touch(1, static_cast<TouchPhase>(9), 7, 10);
  EXPECT_THAT(done(), IsEmpty());
}

TEST_F(TouchReceiverTest, everything_is_let_go_of) {
  touch(1, TouchPhase::down, 7, 10);
  ASSERT_TRUE(receiver.apply(wire::PenEvent{{.sequence = 1, .in_range = true, .touching = true, .x = 3}}));
  receiver.release_all();
  EXPECT_THAT(done(), ElementsAre("touch 7 down 10 0", "pen touches 3 0", "touch 7 cancel 0 0", "pen away 3 0"));
  EXPECT_FALSE(receiver.holds_anything());
}

TEST_F(TouchReceiverTest, a_datagram_moves_the_pen_and_presses_nothing) {
  ASSERT_TRUE(receiver.apply(wire::PenMotion{{.sequence = 1, .in_range = true, .x = 1}}));
  ASSERT_TRUE(receiver.apply(wire::PenEvent{{.sequence = 2, .in_range = true, .x = 2}}));
  ASSERT_TRUE(receiver.apply(wire::PenMotion{{.sequence = 4, .in_range = true, .touching = true, .x = 4}}));
  ASSERT_TRUE(receiver.apply(wire::PenMotion{{.sequence = 3, .in_range = true, .x = 3}}));
  ASSERT_TRUE(receiver.apply(wire::PenEvent{{.sequence = 3, .in_range = true, .touching = true, .x = 3}}));
  EXPECT_THAT(done(), ElementsAre("pen hovers 2 0", "pen hovers 4 0", "pen touches 3 0"));
}

}  // namespace
}  // namespace pf::host
