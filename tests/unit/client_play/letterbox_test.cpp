#include "client/play/letterbox.h"

#include <gtest/gtest.h>

namespace pf::client {
namespace {

TEST(Letterbox, a_picture_of_the_windows_shape_fills_it) {
  EXPECT_EQ(letterbox({1920, 1080}, {1280, 720}), (Box{0, 0, 1280, 720}));
  EXPECT_EQ(letterbox({1280, 720}, {1280, 720}), (Box{0, 0, 1280, 720}));
}

TEST(Letterbox, a_wider_window_has_bars_on_both_sides) {
  EXPECT_EQ(letterbox({1000, 1000}, {1600, 800}), (Box{400, 0, 800, 800}));
}

TEST(Letterbox, a_taller_window_has_bars_above_and_below) {
  EXPECT_EQ(letterbox({1600, 900}, {800, 1000}), (Box{0, 275, 800, 450}));
}

TEST(Letterbox, an_extreme_shape_still_has_a_pixel) {
  EXPECT_EQ(letterbox({7680, 1}, {100, 100}).height, 1);
  EXPECT_EQ(letterbox({1, 4320}, {100, 100}).width, 1);
}

TEST(Letterbox, nothing_has_no_box) {
  EXPECT_EQ(letterbox({0, 0}, {100, 100}), Box{});
  EXPECT_EQ(letterbox({100, 100}, {0, 100}), Box{});
}

TEST(Letterbox, keeps_the_shape_to_half_a_pixel_for_every_window) {
  for (int width = 1; width < 400; width += 7) {
    for (int height = 1; height < 400; height += 11) {
      const auto box = letterbox({1920, 1200}, {width, height});
      ASSERT_LE(box.width, width);
      ASSERT_LE(box.height, height);
      ASSERT_TRUE(box.width == width || box.height == height);
      ASSERT_LE(std::abs(box.width * 1200 - box.height * 1920), 1920 / 2 + 1200) << width << "x" << height;
    }
  }
}

TEST(PlaceIn, the_pictures_corners_are_the_wires_ends) {
  const Box box{400, 100, 800, 600};
  EXPECT_EQ(place_in(box, 400, 100), (Place{0, 0}));
  EXPECT_EQ(place_in(box, 1199, 699), (Place{65'535, 65'535}));
}

TEST(PlaceIn, the_bars_count_as_the_nearest_edge) {
  const Box box{400, 0, 800, 800};
  EXPECT_EQ(place_in(box, 10, -5), (Place{0, 0}));
  EXPECT_EQ(place_in(box, 5000, 5000), (Place{65'535, 65'535}));
  EXPECT_EQ(place_in({}, 5, 5), (Place{0, 0}));
}

}  // namespace
}  // namespace pf::client
