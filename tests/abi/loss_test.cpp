// Losses on the way, and what an embedder's host hears of them and does about them.
#include "abi/session_world.h"
#include "support/relay.h"

namespace abi_test {
namespace {

/// A viewer whose packets go through a relay that can lose all of them.
class AbiLosses : public testing::Test {
 protected:
  void serve(bool repairs, bool hides = false, double loss = 0, std::uint64_t min_bitrate = 0) {
    auto options = sized<punktfunk_host_options>();
    options.repairs = repairs;
    host.emplace(options);
    pf::test::RelayOptions way;
    way.to_client = {.seed = 1, .loss = loss};
    way.host = pf::net::resolve(host->address(), 0)->front();
    auto started = pf::test::Relay::start(way);
    ASSERT_TRUE(started) << started.error().message;
    relay = std::move(*started);
    viewer.emplace(*host);
    auto wish = viewer->wish();
    wish.hides = hides;
    wish.min_bitrate = min_bitrate;
    const auto through = relay->address().to_string();
    wish.host = "embedder";
    wish.address = through.c_str();
    ASSERT_EQ(viewer->connect(wish), PUNKTFUNK_OK) << viewer->error.text;
  }

  struct Gap {
    std::uint8_t before = 0;  // the lowest byte of the last number that arrived, and of the first one behind the gap
    std::uint8_t after = 0;
    bool keyframe = false;
    std::uint8_t until_shown = 0;
  };
  /// Loses some frames, and follows the stream over the gap.
  std::optional<Gap> lose_some() {
    auto last = viewer->unit();
    if (!last) return std::nullopt;
    relay->cut(true);
    EXPECT_TRUE(host->sends(8));
    relay->cut(false);
    for (;;) {
      Gap gap{.before = viewer->first_byte};
      const auto next = viewer->unit();
      if (!next) return std::nullopt;
      if (next->frame != last->frame + 1) {
        gap.after = viewer->first_byte;
        gap.keyframe = next->keyframe != 0;
        gap.until_shown = next->until_shown;
        return gap;
      }
      last = next;
    }
  }

  std::optional<Embedder> host;
  std::unique_ptr<pf::test::Relay> relay;
  std::optional<Viewer> viewer;
};

TEST_F(AbiLosses, an_embedder_hears_which_units_are_lost_and_goes_on_without_a_keyframe) {
  serve(true);
  // A machine that is too slow to repair in time is asked for a keyframe, as it should be: not every time, though.
  for (int i = 0; i < 30; ++i) {
    const auto heard_before = host->losses().size();
    const auto gap = lose_some();
    ASSERT_TRUE(gap);
    if (gap->keyframe) continue;
    auto losses = host->losses();
    losses.erase(losses.begin(), losses.begin() + static_cast<std::ptrdiff_t>(heard_before));
    ASSERT_FALSE(losses.empty());
    // A unit that was cut in two is heard of by itself, before those that never came.
    EXPECT_EQ(losses.front().lost_first & 0xff, (gap->before + 1u) & 0xff);
    for (const auto& loss : losses) {
      EXPECT_EQ(loss.session, host->session);
      EXPECT_GE(loss.lost_last, loss.lost_first);
      EXPECT_LE(loss.lost_last - loss.lost_first, 100u);
      EXPECT_GT((gap->after - loss.lost_first) & 0xff, loss.lost_last - loss.lost_first) << "it came after the loss";
    }
    auto stats = sized<punktfunk_host_stats>();
    ASSERT_EQ(punktfunk_host_stats_get(host->host, &stats), PUNKTFUNK_OK);
    EXPECT_GT(stats.repairs_sent, 0u);
    return;
  }
  FAIL() << "every loss was ended by a keyframe";
}

TEST_F(AbiLosses, an_embedder_that_cannot_repair_is_asked_for_a_keyframe) {
  serve(false);
  const auto gap = lose_some();
  ASSERT_TRUE(gap);
  EXPECT_TRUE(gap->keyframe);
  EXPECT_TRUE(host->losses().empty());
}

TEST_F(AbiLosses, a_client_that_hides_is_told_which_units_of_a_refresh_to_show) {
  serve(true, true);
  host->refresh = 2;
  ASSERT_TRUE(host->hides);
  for (int i = 0; i < 30; ++i) {
    const auto gap = lose_some();
    ASSERT_TRUE(gap);
    if (gap->keyframe) continue;  // asked for by a machine that is slow
    EXPECT_EQ(gap->until_shown, 2);
    for (const unsigned left : {1, 0, 0}) {
      const auto next = viewer->unit();
      ASSERT_TRUE(next);
      EXPECT_EQ(next->until_shown, left);
    }
    return;
  }
  FAIL() << "every loss was ended by a keyframe";
}

TEST_F(AbiLosses, a_bad_way_brings_the_bitrate_down_and_not_below_the_clients_floor) {
  constexpr std::uint64_t floor = 12'000'000;
  const auto comes_down_to = [&](std::uint64_t bitrate) {
    for (int i = 0; i < 100 && host->lowest_bitrate() > bitrate; ++i) ASSERT_TRUE(host->sends(20));
  };
  serve(true, false, 0.3, floor);
  comes_down_to(floor);
  ASSERT_TRUE(host->sends(200));
  EXPECT_EQ(host->lowest_bitrate(), floor);
  viewer.reset();
  relay.reset();
  host.reset();
  serve(true, false, 0.3);
  comes_down_to(floor - 1);
  EXPECT_LT(host->lowest_bitrate(), floor) << "without one";
}

TEST_F(AbiLosses, a_client_that_shows_everything_is_sent_no_refresh) {
  serve(true);
  ASSERT_TRUE(viewer->unit());
  EXPECT_FALSE(host->hides);
  const std::array<std::uint8_t, 4> data{};
  auto unit = sized<punktfunk_host_unit>();
  unit.width = 640;
  unit.height = 360;
  unit.keyframe = 1;
  unit.until_shown = 1;
  unit.data = data.data();
  unit.size = data.size();
  EXPECT_EQ(punktfunk_host_submit_video(host->host, host->session, &unit), PUNKTFUNK_ERROR_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace abi_test
