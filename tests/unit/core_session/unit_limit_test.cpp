#include "core/session/unit_limit.h"

#include <gtest/gtest.h>

#include "core/session/video_sender.h"

namespace pf::session {
namespace {

constexpr Mode hd{1280, 720, 60'000};
constexpr Mode full_hd{1920, 1080, 60'000};
constexpr Mode uhd{3840, 2160, 60'000};
constexpr TimePoint start{std::chrono::hours{1}};

std::size_t pixels(const Mode& mode) {
  return std::size_t{mode.width} * mode.height;
}

// docs/protocol.md, "The size of a unit".
TEST(MaxUnit, is_two_bytes_for_a_pixel_of_blocks_of_64_between_1_and_32_MiB) {
  EXPECT_EQ(max_unit_for({320, 200, 60'000}), 1'048'576u);
  EXPECT_EQ(max_unit_for(hd), 1'966'080u);
  EXPECT_EQ(max_unit_for(full_hd), 4'177'920u);
  EXPECT_EQ(max_unit_for({2560, 1440, 144'000}), 7'536'640u);
  EXPECT_EQ(max_unit_for(uhd), 16'711'680u);
  EXPECT_EQ(max_unit_for({7680, 4320, 60'000}), 33'554'432u);
}

// Macroblocks of 16 by 16 samples, each 384 bytes of samples and 16 of syntax.
TEST(MaxUnit, holds_a_picture_of_raw_macroblocks) {
  for (std::uint32_t width = 320; width <= 4096; width += 98) {
    for (std::uint32_t height = 200; height <= 2304; height += 94) {
      const std::size_t macroblocks = std::size_t{(width + 15) / 16} * ((height + 15) / 16);
      ASSERT_GT(max_unit_for({width, height, 60'000}), macroblocks * 400 + 4096) << width << "x" << height;
    }
  }
}

TEST(MaxUnit, holds_ten_bits_and_full_chroma_at_two_to_one) {
  for (const Mode& mode : {hd, full_hd, uhd}) EXPECT_GT(max_unit_for(mode), pixels(mode) * 375 / 200);
}

TEST(MaxUnit, fits_into_a_block_of_any_datagram_that_a_host_may_be_set_to) {
  for (const Mode& mode : {hd, full_hd, uhd, Mode{7680, 4320, 60'000}}) {
    const std::size_t shard = 600 - wire::media_overhead;
    EXPECT_GE(max_data_shards_for(max_unit_for(mode)) * shard, max_unit_for(mode) + wire::unit_prefix_size);
  }
}

TEST(UnitLimit, takes_either_mode_until_the_host_has_answered) {
  UnitLimit limit(hd);
  limit.asked(1, uhd);
  EXPECT_EQ(limit.bytes(start), max_unit_for(uhd));
  limit.answered(1, uhd, start);
  EXPECT_EQ(limit.bytes(start + std::chrono::hours{1}), max_unit_for(uhd));
}

TEST(UnitLimit, late_frames_of_a_larger_mode_are_taken_and_then_no_more) {
  UnitLimit limit(uhd);
  limit.asked(1, hd);
  EXPECT_EQ(limit.bytes(start), max_unit_for(uhd));
  limit.answered(1, hd, start);
  EXPECT_EQ(limit.bytes(start + milliseconds{999}), max_unit_for(uhd));
  EXPECT_EQ(limit.bytes(start + milliseconds{1000}), max_unit_for(hd));
}

TEST(UnitLimit, a_refused_mode_is_forgotten) {
  UnitLimit limit(hd);
  limit.asked(1, uhd);
  limit.answered(1, hd, start);
  EXPECT_EQ(limit.bytes(start), max_unit_for(uhd)) << "the host may have tried it";
  EXPECT_EQ(limit.bytes(start + std::chrono::seconds{1}), max_unit_for(hd));
}

TEST(UnitLimit, the_answer_to_an_earlier_request_keeps_the_later_one_open) {
  UnitLimit limit(hd);
  limit.asked(1, full_hd);
  limit.asked(2, uhd);
  limit.answered(1, full_hd, start);
  EXPECT_EQ(limit.bytes(start + std::chrono::hours{1}), max_unit_for(uhd));
  limit.answered(2, full_hd, start + std::chrono::hours{1});
  EXPECT_EQ(limit.bytes(start + std::chrono::hours{2}), max_unit_for(full_hd));
}

TEST(UnitLimit, a_host_that_answers_unasked_gets_no_memory) {
  UnitLimit limit(hd);
  limit.answered(7, uhd, start);
  EXPECT_EQ(limit.bytes(start), max_unit_for(hd));
}

TEST(UnitLimit, follows_the_mode_that_the_stream_begins_in) {
  UnitLimit limit(uhd);
  limit.started(hd, start);
  EXPECT_EQ(limit.bytes(start + std::chrono::seconds{1}), max_unit_for(hd));
  limit.started(uhd, start);
  EXPECT_EQ(limit.bytes(start), max_unit_for(uhd));
}

}  // namespace
}  // namespace pf::session
