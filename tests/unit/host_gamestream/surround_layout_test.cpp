#include <gtest/gtest.h>

#include <set>

#include "host/gamestream/audio/surround_layout.h"

namespace pf::host::gamestream {
namespace {

TEST(SurroundLayout, pairs_share_a_stream_and_the_rest_stand_alone) {
  EXPECT_EQ(surround_params({2}, false), "21101");
  // Clients put the last digit in front of the fourth: 014523 and 01672345 are what they decode by.
  EXPECT_EQ(surround_params({6}, false), "642014235");
  EXPECT_EQ(surround_params({8}, false), "85301623457");
}

TEST(SurroundLayout, in_high_quality_every_channel_has_a_stream_in_the_clients_order) {
  EXPECT_EQ(surround_params({6}, true), "660012345");
  EXPECT_EQ(surround_params({8}, true), "88001234567");
}

TEST(SurroundLayout, every_coded_channel_is_used_once) {
  for (const std::uint8_t channels : std::to_array<std::uint8_t>({2, 6, 8}))
    for (const bool high : {false, true}) {
      const auto layout = surround_layout({channels}, high);
      EXPECT_EQ(layout.channels, channels);
      EXPECT_EQ(layout.streams + layout.coupled, channels);
      const std::set<int> used(layout.mapping.begin(), layout.mapping.begin() + channels);
      EXPECT_EQ(used.size(), channels);
      EXPECT_EQ(*used.rbegin(), channels - 1);
    }
}

TEST(SurroundLayout, the_host_codes_a_speaker_where_the_client_looks_for_it) {
  // AudioFormat has L C R SL SR BL BR LFE; the client FL FR C LFE BL BR SL SR.
  const auto layout = surround_layout({8}, false);
  EXPECT_EQ(layout.mapping, (std::array<std::uint8_t, 8>{0, 6, 1, 4, 5, 2, 3, 7}));
}

}  // namespace
}  // namespace pf::host::gamestream
