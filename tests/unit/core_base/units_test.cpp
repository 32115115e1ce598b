#include "core/base/units.h"

#include <gtest/gtest.h>

namespace pf {
namespace {

TEST(Mode, reads_what_a_user_types) {
  EXPECT_EQ(Mode::parse("1920x1080@60").value(), (Mode{1920, 1080, 60'000}));
  EXPECT_EQ(Mode::parse("1366x769").value(), (Mode{1366, 769, 60'000}));
  EXPECT_EQ(Mode::parse("2560x1440@59.94").value(), (Mode{2560, 1440, 59'940}));
  EXPECT_EQ(Mode::parse("7680x4320@500").value(), (Mode{7680, 4320, 500'000}));
}

TEST(Mode, prints_what_it_reads) {
  for (const auto* text : {"1920x1080@60", "2560x1440@59.94", "320x200@1", "1280x720@119.9"}) {
    EXPECT_EQ(Mode::parse(text).value().to_string(), text);
  }
}

TEST(Mode, refuses_what_is_no_mode) {
  for (const auto* text : {"", "x", "1920", "1920x", "1920x1080@", "1920x1080@60.", "1920x1080@60.1234",
                           "1920x1080@60 ", "-1x1080", "1920X1080", "99999999999x1080", "1920x1080@4294967", "319x200",
                           "7681x4320", "320x199", "1920x1080@0", "1920x1080@501"}) {
    EXPECT_FALSE(Mode::parse(text)) << text;
  }
}

TEST(FrameId, compares_across_the_wrap) {
  EXPECT_TRUE(FrameId{0}.newer_than(FrameId{0xFFFF'FFFF}));
  EXPECT_FALSE(FrameId{0xFFFF'FFFF}.newer_than(FrameId{0}));
  EXPECT_EQ(FrameId{2}.since(FrameId{0xFFFF'FFFF}), 3);
}

}  // namespace
}  // namespace pf
