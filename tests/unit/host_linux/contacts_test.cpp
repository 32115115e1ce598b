#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/linux/uinput/multitouch.h"
#include "host/linux/uinput/pen_tablet.h"
#include "host/linux/uinput/touch_screen.h"
#include "unit/host_linux/said.h"

namespace pf::host {
namespace {

using test::said;
using test::Said;
using test::sync;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;
using wire::TouchPhase;

class TouchScreenTest : public testing::Test {
 protected:
  std::vector<Said> after(TouchPhase phase, const wire::TouchContact& contact) {
    screen.report(phase, contact, frame);
    return said(frame);
  }

  TouchScreen screen{"screen"};
  EventFrame frame{screen.profile()};
};

TEST_F(TouchScreenTest, a_contact_takes_a_slot_moves_and_leaves_it) {
  EXPECT_THAT(after(TouchPhase::down, {.id = 77, .x = 10, .y = 20, .pressure = 30}),
              ElementsAre(Said{EV_ABS, ABS_MT_TRACKING_ID, 0}, Said{EV_ABS, ABS_MT_TOOL_TYPE, MT_TOOL_FINGER},
                          Said{EV_ABS, ABS_MT_POSITION_X, 10}, Said{EV_ABS, ABS_MT_POSITION_Y, 20},
                          Said{EV_ABS, ABS_MT_PRESSURE, 30}, Said{EV_ABS, ABS_X, 10}, Said{EV_ABS, ABS_Y, 20},
                          Said{EV_KEY, BTN_TOUCH, 1}, sync));
  EXPECT_THAT(after(TouchPhase::move, {.id = 77, .x = 11, .y = 20, .pressure = 30}),
              ElementsAre(Said{EV_ABS, ABS_MT_POSITION_X, 11}, Said{EV_ABS, ABS_MT_POSITION_Y, 20},
                          Said{EV_ABS, ABS_MT_PRESSURE, 30}, Said{EV_ABS, ABS_X, 11}, sync));
  EXPECT_THAT(after(TouchPhase::up, {.id = 77}),
              ElementsAre(Said{EV_ABS, ABS_MT_TRACKING_ID, -1}, Said{EV_KEY, BTN_TOUCH, 0}, sync));
}

TEST_F(TouchScreenTest, contacts_keep_their_slots_and_a_free_one_is_used_again) {
  after(TouchPhase::down, {.id = 1});
  EXPECT_THAT(after(TouchPhase::down, {.id = 2}), Contains(Said{EV_ABS, ABS_MT_SLOT, 1}));
  EXPECT_THAT(after(TouchPhase::up, {.id = 1}),
              ElementsAre(Said{EV_ABS, ABS_MT_SLOT, 0}, Said{EV_ABS, ABS_MT_TRACKING_ID, -1}, sync))
      << "one finger is still there";
  const auto third = after(TouchPhase::down, {.id = 3});
  EXPECT_THAT(third, Contains(Said{EV_ABS, ABS_MT_TRACKING_ID, 2}));
  EXPECT_THAT(third, Not(Contains(Said{EV_ABS, ABS_MT_SLOT, 1}))) << "slot 0 is spoken of already";
}

TEST_F(TouchScreenTest, a_cancelled_contact_is_a_palm) {
  after(TouchPhase::down, {.id = 1});
  EXPECT_THAT(after(TouchPhase::cancel, {.id = 1}),
              ElementsAre(Said{EV_ABS, ABS_MT_TOOL_TYPE, MT_TOOL_PALM}, Said{EV_ABS, ABS_MT_TRACKING_ID, -1},
                          Said{EV_KEY, BTN_TOUCH, 0}, sync));
  EXPECT_THAT(after(TouchPhase::down, {.id = 2}), Contains(Said{EV_ABS, ABS_MT_TOOL_TYPE, MT_TOOL_FINGER}));
}

TEST_F(TouchScreenTest, one_contact_too_many_and_unknown_ones_say_nothing) {
  for (std::uint32_t id = 0; id < wire::max_touch_contacts; ++id) after(TouchPhase::down, {.id = id});
  EXPECT_THAT(after(TouchPhase::down, {.id = 99}), IsEmpty());
  EXPECT_THAT(after(TouchPhase::down, {.id = 3}), IsEmpty()) << "is down already";
  EXPECT_THAT(after(TouchPhase::move, {.id = 99}), IsEmpty());
  EXPECT_THAT(after(TouchPhase::up, {.id = 99}), IsEmpty());
}

TEST(MultitouchTest, positions_end_where_the_surface_does) {
  Multitouch contacts({.slots = 2, .right = 1919, .bottom = 1079});
  DeviceProfile profile;
  contacts.add_axes(profile);
  EventFrame frame(profile);
  contacts.report(TouchPhase::down, {.id = 1, .x = 65'535, .y = 32'768}, frame);
  const auto all = said(frame);
  EXPECT_THAT(all, Contains(Said{EV_ABS, ABS_MT_POSITION_X, 1919}));
  EXPECT_THAT(all, Contains(Said{EV_ABS, ABS_MT_POSITION_Y, 539}));
  contacts.report(TouchPhase::down, {.id = 2}, frame);
  contacts.report(TouchPhase::down, {.id = 3}, frame);
  EXPECT_EQ(contacts.contacts(), 2U);
}

class PenTabletTest : public testing::Test {
 protected:
  std::vector<Said> after(const wire::PenState& pen) {
    tablet.report(pen, frame);
    return said(frame);
  }

  PenTablet tablet{"tablet"};
  EventFrame frame{tablet.profile()};
};

TEST_F(PenTabletTest, a_pen_comes_near_touches_and_leaves) {
  EXPECT_THAT(after({.in_range = true, .x = 5, .y = 6, .pressure = 999}),
              UnorderedElementsAre(Said{EV_KEY, BTN_TOOL_PEN, 1}, Said{EV_ABS, ABS_X, 5}, Said{EV_ABS, ABS_Y, 6}, sync))
      << "a pen that hovers presses on nothing";
  EXPECT_THAT(
      after({.in_range = true, .touching = true, .first_button = true, .x = 5, .y = 6, .pressure = 999, .tilt_x = -30}),
      UnorderedElementsAre(Said{EV_KEY, BTN_TOUCH, 1}, Said{EV_KEY, BTN_STYLUS, 1}, Said{EV_ABS, ABS_PRESSURE, 999},
                           Said{EV_ABS, ABS_TILT_X, -30}, sync));
  EXPECT_THAT(after({.x = 50'000}),
              UnorderedElementsAre(Said{EV_KEY, BTN_TOUCH, 0}, Said{EV_KEY, BTN_STYLUS, 0},
                                   Said{EV_KEY, BTN_TOOL_PEN, 0}, Said{EV_ABS, ABS_PRESSURE, 0}, sync))
      << "where it left is where it was last";
}

TEST_F(PenTabletTest, one_end_leaves_before_the_other_one_comes) {
  after({.in_range = true, .touching = true, .pressure = 9});
  EXPECT_THAT(after({.in_range = true, .eraser = true}),
              ElementsAre(Said{EV_KEY, BTN_TOOL_PEN, 0}, Said{EV_KEY, BTN_TOUCH, 0}, Said{EV_ABS, ABS_PRESSURE, 0},
                          sync, Said{EV_KEY, BTN_TOOL_RUBBER, 1}, sync));
}

TEST_F(PenTabletTest, a_pen_that_measures_nothing_presses_all_the_same) {
  EXPECT_THAT(after({.in_range = true, .touching = true}), Contains(Said{EV_ABS, ABS_PRESSURE, 32'768}));
}

TEST_F(PenTabletTest, a_pen_that_was_never_near_says_nothing) {
  EXPECT_THAT(after({.x = 1, .y = 1}), IsEmpty());
}

}  // namespace
}  // namespace pf::host
