// What a receiver holds is a matter of the mode alone: nothing that arrives makes it take more. docs/architecture.md,
// "Memory", has the table.
#include <gtest/gtest.h>

#include <random>

#include "core/session/fec_policy.h"
#include "core/session/video_receiver.h"
#include "support/allocation_meter.h"
#include "support/frame_forge.h"

namespace pf::session {
namespace {

using test::ForgedFrame;
using test::FrameForge;
using test::media_key;

struct Case {
  Mode mode;
  std::size_t most;  // MiB, of the table
};
constexpr Case hd{{1280, 720, 60'000}, 12};
constexpr Case full_hd{{1920, 1080, 60'000}, 23};
constexpr Case uhd{{3840, 2160, 60'000}, 69};

class ReceiverMemory : public testing::TestWithParam<Case> {
 protected:
  ReceiverMemory() {
    forge_.emplace(media_key());
    before_ = test::allocations().bytes;
    receiver_ = VideoReceiver::create(media_key(), {.max_unit = max_unit_}, clock_).value();
    held_ = test::allocations().bytes - before_;
    allocations_ = test::allocations().count;
  }
  [[nodiscard]] std::uint64_t allocated_since() const { return test::allocations().count - forged_ - allocations_; }

  /// What the test itself takes doesn't count.
  template <class Make>
  auto make(const Make& what) {
    const auto before = test::allocations().count;
    auto made = what();
    forged_ += test::allocations().count - before;
    return made;
  }
  Result<void> offer(const ForgedFrame& frame, std::size_t shard) {
    auto packet = make(
        [&] { return forge_->packet(FrameForge::header_of(frame, shard), std::vector<std::byte>(frame.shard_size)); });
    return receive(packet);
  }
  Result<void> receive(std::span<std::byte> packet) {
    auto received = receiver_->receive(packet, clock_.now());
    return received ? std::move(received) : make([&] { return std::move(received); });
  }
  /// The largest frame of such shards, with the most parity.
  [[nodiscard]] ForgedFrame largest(std::uint32_t id, std::size_t shard_size) const {
    const std::size_t data = std::min(max_unit_ / shard_size, max_data_shards_for(max_unit_));
    return {.id = id, .keyframe = true, .data = data, .parity = max_parity_for(data), .shard_size = shard_size};
  }

  static constexpr std::array<std::size_t, 6> shard_sizes{2, 64, 130, 560, 1160, 65'000};
  const Case case_ = GetParam();
  const std::size_t max_unit_ = max_unit_for(case_.mode);
  ManualClock clock_;
  std::optional<FrameForge> forge_;
  std::unique_ptr<VideoReceiver> receiver_;
  std::size_t before_ = 0;
  std::size_t held_ = 0;
  std::uint64_t allocations_ = 0;
  std::uint64_t forged_ = 0;
};

TEST_P(ReceiverMemory, is_that_of_the_table) {
  EXPECT_LE(held_, case_.most << 20);
  EXPECT_GT(held_, (case_.most << 20) * 9 / 10) << "or the table says too much";
}

TEST_P(ReceiverMemory, many_huge_frames_that_are_never_finished_take_none) {
  std::mt19937_64 random(1);
  for (std::uint32_t id = 1; id <= 600; ++id) {
    auto frame = largest(id, shard_sizes[id % shard_sizes.size()]);
    if (random() % 2 == 0) {
      frame.data = 4 + random() % (frame.data - 4);  // more than come
      frame.parity = random() % (max_parity_for(frame.data) + 1);
    }
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(offer(frame, random() % (frame.data + frame.parity)));
    clock_.advance(milliseconds{random() % 20});
  }
  EXPECT_EQ(allocated_since(), 0u);
}

TEST_P(ReceiverMemory, frames_that_claim_more_than_the_mode_allows_are_refused) {
  auto frame = largest(1, 1160);
  frame.data += 65'536 / 1160 + 2;
  EXPECT_EQ(offer(frame, 0).error().code, ErrorCode::refused) << "too many bytes";
  frame = largest(2, 2);
  ++frame.data;
  EXPECT_EQ(offer(frame, 0).error().code, ErrorCode::refused) << "too many shards";
}

TEST_P(ReceiverMemory, rebuilding_the_worst_of_frames_takes_none) {
  std::uint32_t id = 0;
  for (const std::size_t shard_size : {2u, 130u}) {
    const auto shape = largest(++id, shard_size);
    auto packets = make([&] { return forge_->frame(shape); });
    const std::size_t lost = std::min(shape.data, shape.parity);
    for (std::size_t i = lost; i < packets.size(); ++i) ASSERT_TRUE(receive(packets[i]));
    const auto unit = receiver_->next(clock_.now());
    ASSERT_TRUE(unit) << shard_size;
    EXPECT_TRUE(unit->recovered);
    EXPECT_EQ(allocated_since(), 0u) << shard_size;
  }
}

TEST_P(ReceiverMemory, units_that_nobody_gives_back_keep_out_new_ones_and_take_none) {
  std::vector<ReceivedUnit> kept;
  kept.reserve(2000);
  allocations_ = test::allocations().count;
  std::uint32_t id = 0;
  Result<void> received;
  while (received && id < 2000) {
    ++id;
    const auto packets =
        make([&] { return forge_->frame({.id = id, .keyframe = true, .data = 100, .parity = 0, .shard_size = 1160}); });
    for (const auto& packet : packets) {
      auto copy = make([&] { return packet; });
      received = receive(copy);
      if (!received) break;
    }
    while (auto unit = receiver_->next(clock_.now())) kept.push_back(std::move(*unit));
  }
  EXPECT_FALSE(received);
  std::size_t bytes = 0;
  for (const auto& unit : kept) bytes += unit.data.size();
  EXPECT_LT(bytes, case_.most << 20);
}

TEST_P(ReceiverMemory, that_of_another_mode_goes_with_the_last_unit_in_it) {
  auto packets = make([&] { return forge_->frame({.id = 1, .keyframe = true}); });
  for (auto& packet : packets) ASSERT_TRUE(receive(packet));
  auto unit = receiver_->next(clock_.now());
  ASSERT_TRUE(unit);
  const auto other = case_.mode == hd.mode ? uhd : hd;
  const auto mine = test::allocations().bytes;
  receiver_->set_max_unit(max_unit_for(other.mode));
  EXPECT_GT(test::allocations().bytes, mine - (case_.most << 19)) << "the unit still has its memory";
  unit.reset();
  packets = {};
  const auto held = test::allocations().bytes - before_;
  EXPECT_LE(held, other.most << 20);
  EXPECT_GT(held, (other.most << 20) * 9 / 10);
}

TEST_P(ReceiverMemory, a_frame_begun_under_a_larger_limit_is_still_delivered_and_leaves_nothing_behind) {
  const auto shape = largest(1, 1160);
  auto packets = forge_->frame(shape);
  ASSERT_TRUE(receive(packets[0]));
  receiver_->set_max_unit(least_max_unit);
  for (std::size_t i = 2; i <= shape.data; ++i) ASSERT_TRUE(receive(packets[i])) << "all but one, and one of parity";
  auto unit = receiver_->next(clock_.now());
  ASSERT_TRUE(unit);
  EXPECT_TRUE(unit->recovered);
  EXPECT_GT(unit->data.size(), least_max_unit);
  unit.reset();
  std::vector<test::Packet>().swap(packets);
  const auto held = test::allocations().bytes - before_;
  const auto other = VideoReceiver::create(media_key(), {.max_unit = least_max_unit}, clock_).value();
  EXPECT_LE(held, test::allocations().bytes - before_ - held + 65'536) << "as much as one made for the smaller mode";
  auto later = shape;
  later.id = 2;
  EXPECT_EQ(offer(later, 0).error().code, ErrorCode::refused);
}

INSTANTIATE_TEST_SUITE_P(Modes, ReceiverMemory, testing::Values(hd, full_hd, uhd),
                         [](const auto& given) { return std::to_string(given.param.mode.height) + "p"; });

}  // namespace
}  // namespace pf::session
