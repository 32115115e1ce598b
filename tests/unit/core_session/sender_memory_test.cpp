// A sender's memory is taken when it is made: no frame takes more, whatever its size and the parity that it needs.
#include <gtest/gtest.h>

#include <random>

#include "core/session/video_sender.h"
#include "support/allocation_meter.h"
#include "support/media_fixture.h"

namespace pf::session {
namespace {

class NullSink final : public PacketSink {
  Result<void> send(std::span<const std::byte>, std::size_t) override { return {}; }
};

TEST(VideoSenderMemory, no_frame_takes_any) {
  const SteadyClock clock;
  NullSink sink;
  std::mt19937_64 random(1);
  const std::size_t max_unit = max_unit_for({1280, 720, 60'000});
  const auto unit = test::pattern(1, max_unit);
  for (const std::size_t max_datagram : {600u, 1200u, 8900u, 65'507u}) {
    auto sender = VideoSender::create(test::media_key(), {.max_datagram = max_datagram, .max_unit = max_unit}, clock);
    ASSERT_TRUE(sender);
    const auto before = test::allocations();
    for (int i = 0; i < 60; ++i) {
      const auto size = i % 10 == 0 ? max_unit : random() % 3 == 0 ? random() % max_unit : random() % 100'000;
      (*sender)->set_loss(
          {.share = static_cast<double>(random() % 50) / 100, .mean_run = static_cast<double>(1 + random() % 40)});
      ASSERT_TRUE((*sender)->send({.data = std::span(unit).first(size + (size == 0)), .captured = {}}, sink));
    }
    EXPECT_EQ(test::allocations().count, before.count) << max_datagram;
    EXPECT_LT(before.bytes, 4 * max_unit + (8u << 20))
        << "for as much parity as data, and what it takes to work it out";
  }
}

TEST(VideoSenderMemory, is_that_of_the_table) {
  const SteadyClock clock;
  struct Case {
    Mode mode;
    std::size_t most;  // MiB
  };
  for (const Case& c : {Case{{1280, 720, 60'000}, 6}, Case{{1920, 1080, 60'000}, 11}, Case{{3840, 2160, 60'000}, 42}}) {
    const auto before = test::allocations().bytes;
    const auto sender = VideoSender::create(test::media_key(), {.max_unit = max_unit_for(c.mode)}, clock);
    ASSERT_TRUE(sender);
    EXPECT_LE(test::allocations().bytes - before, c.most << 20) << c.mode.to_string();
    EXPECT_GT(test::allocations().bytes - before, (c.most << 20) * 8 / 10) << "or the table says too much";
  }
}

TEST(VideoSenderMemory, follows_the_mode) {
  const SteadyClock clock;
  auto sender = VideoSender::create(test::media_key(), {.max_unit = max_unit_for({1280, 720, 60'000})}, clock).value();
  const auto small = test::allocations().bytes;
  sender->set_max_unit(max_unit_for({3840, 2160, 60'000}));
  EXPECT_GT(test::allocations().bytes, small + (24u << 20));
  sender->set_max_unit(max_unit_for({1280, 720, 60'000}));
  EXPECT_EQ(test::allocations().bytes, small);
}

}  // namespace
}  // namespace pf::session
