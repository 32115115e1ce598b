#include "core/session/video_sender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/media_fixture.h"

namespace pf::session {
namespace {

using test::CollectingSink;
using test::media_key;
using test::pattern;

struct Opened {
  wire::MediaHeader header;
  std::vector<std::byte> payload;
};

class VideoSenderTest : public testing::Test {
 protected:
  SentUnit send(std::span<const std::byte> data, bool keyframe = false) {
    return sender_
        ->send({.data = data, .keyframe = keyframe, .width = 1280, .height = 720, .captured = clock_.now()}, sink_)
        .value();
  }
  std::vector<Opened> open_all() {
    std::vector<Opened> all;
    for (auto& packet : sink_.take()) {
      const auto opened = opener_.open(packet).value();
      all.push_back({opened.header, {opened.payload.begin(), opened.payload.end()}});
    }
    return all;
  }

  ManualClock clock_;
  CollectingSink sink_;
  std::unique_ptr<VideoSender> sender_ = VideoSender::create(media_key(), {}, clock_).value();
  crypto::PacketOpener opener_ = crypto::PacketOpener::create(media_key(), wire::StreamKind::video).value();
};

TEST_F(VideoSenderTest, a_unit_comes_out_as_equal_shards_data_first) {
  const auto unit = pattern(1, 50'000);
  const auto sent = send(unit, true);
  const auto packets = open_all();
  ASSERT_EQ(packets.size(), sent.packets);
  const auto data = std::size_t{packets[0].header.data_shards};
  EXPECT_EQ(data, (50'000 + wire::unit_prefix_size + 1159) / 1160);
  EXPECT_EQ(packets[0].header.parity_shards, FecPolicy().parity_for(data));
  std::vector<std::byte> block;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT_EQ(packets[i].header.shard, i);
    EXPECT_EQ(packets[i].header.packet_number, i);
    EXPECT_EQ(packets[i].payload.size(), packets[0].payload.size());
    EXPECT_TRUE(packets[i].header.flags.keyframe);
    if (i < data) block.insert(block.end(), packets[i].payload.begin(), packets[i].payload.end());
  }
  EXPECT_EQ(packets[0].payload.size() % 2, 0u);
  const auto parsed = wire::parse_unit_prefix(block).value();
  EXPECT_EQ(parsed.prefix.unit_size, unit.size());
  EXPECT_EQ(parsed.prefix.width, 1280);
  EXPECT_TRUE(std::equal(unit.begin(), unit.end(), block.begin() + wire::unit_prefix_size));
  EXPECT_TRUE(std::all_of(block.begin() + static_cast<std::ptrdiff_t>(wire::unit_prefix_size + unit.size()),
                          block.end(), [](std::byte b) { return b == std::byte{0}; }));
}

TEST_F(VideoSenderTest, every_size_fits_the_datagram_and_wastes_no_shard) {
  for (std::size_t size = 1; size < 20'000; size += size < 3000 ? 1 : 97) {
    send(std::vector<std::byte>(size, std::byte{7}));
    const auto& packet = sink_.packets.front();
    ASSERT_LE(packet.size(), wire::default_datagram_size);
    const std::size_t shard = packet.size() - wire::media_overhead;
    const auto data = wire::parse_media_header(packet).value().data_shards;
    ASSERT_GE(data * shard, size + wire::unit_prefix_size);
    ASSERT_LT((data - 1) * shard, size + wire::unit_prefix_size) << "the last shard carries nothing but padding";
    sink_.take();
  }
}

TEST_F(VideoSenderTest, frames_count_from_one_and_only_the_first_is_a_discontinuity) {
  for (std::uint32_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(send(pattern(i, 100)).frame, FrameId{i});
    for (const auto& packet : open_all()) {
      EXPECT_EQ(packet.header.frame, FrameId{i});
      EXPECT_EQ(packet.header.flags.discontinuity, i == 1);
    }
  }
}

TEST_F(VideoSenderTest, a_unit_that_does_without_lost_ones_is_a_discontinuity) {
  send(pattern(1, 100));
  open_all();
  const auto unit = pattern(2, 100);
  ASSERT_TRUE(sender_->send({.data = unit, .repaired = true, .captured = clock_.now()}, sink_));
  for (const auto& packet : open_all()) {
    EXPECT_TRUE(packet.header.flags.discontinuity);
    EXPECT_FALSE(packet.header.flags.keyframe);
  }
}

TEST_F(VideoSenderTest, batches_are_what_segmentation_offload_takes) {
  send(pattern(1, 400'000));
  std::size_t packets = 0;
  for (const auto& batch : sink_.batches) {
    EXPECT_EQ(batch.segment, sink_.batches[0].segment);
    EXPECT_EQ(batch.bytes % batch.segment, 0u);
    EXPECT_LE(batch.bytes / batch.segment, 64u);
    EXPECT_LE(batch.bytes, 60'000u);
    packets += batch.bytes / batch.segment;
  }
  EXPECT_EQ(packets, sink_.packets.size());
  EXPECT_LE(sink_.batches.size(), packets / 49 + 1);
}

TEST_F(VideoSenderTest, no_data_waits_for_parity_of_a_frame_of_several_batches) {
  for (const std::size_t size : {55'000, 70'000, 104'000, 400'000}) {
    send(pattern(1, size));
    const auto data = wire::parse_media_header(sink_.packets[0]).value().data_shards;
    std::size_t shard = 0;
    bool one_begins_with_parity = false;
    for (const auto& batch : sink_.batches) {
      one_begins_with_parity |= shard == data;
      shard += batch.bytes / batch.segment;
    }
    EXPECT_TRUE(one_begins_with_parity) << size;
    sink_.take();
    sink_.batches.clear();
  }
}

TEST_F(VideoSenderTest, a_small_frame_is_one_batch) {
  for (const std::size_t size : {1, 1000, 30'000}) {
    send(pattern(1, size));
    EXPECT_EQ(sink_.batches.size(), 1u) << size;
    sink_.batches.clear();
  }
}

TEST_F(VideoSenderTest, packets_say_when_the_picture_was_captured_and_how_long_they_took) {
  const auto captured = clock_.now();
  clock_.advance(milliseconds{8});
  const auto unit = pattern(1, 100);
  ASSERT_TRUE(sender_->send({.data = unit, .captured = captured}, sink_));
  for (const auto& packet : open_all()) {
    EXPECT_EQ(packet.header.timestamp_us, static_cast<std::uint32_t>(to_micros(captured)));
    EXPECT_EQ(packet.header.send_delay, 500);
  }
  ASSERT_TRUE(sender_->send({.data = unit, .captured = clock_.now() - std::chrono::hours{1}}, sink_));
  EXPECT_EQ(open_all()[0].header.send_delay, 0xFFFF);
  ASSERT_TRUE(sender_->send({.data = unit, .captured = clock_.now() + std::chrono::hours{1}}, sink_));
  EXPECT_EQ(open_all()[0].header.send_delay, 0);
}

TEST_F(VideoSenderTest, parity_follows_the_reported_loss) {
  const auto before = send(pattern(1, 100'000)).packets;
  sender_->set_loss({.share = 0.2});
  EXPECT_GT(send(pattern(1, 100'000)).packets, before);
}

TEST_F(VideoSenderTest, refuses_what_cannot_be_sent) {
  EXPECT_EQ(sender_->send({.data = {}, .captured = {}}, sink_).error().code, ErrorCode::invalid_argument);
  const auto unit = pattern(1, 10);
  EXPECT_EQ(sender_->send({.data = unit, .width = 65'536, .captured = {}}, sink_).error().code,
            ErrorCode::invalid_argument);
  EXPECT_TRUE(sink_.packets.empty());
  EXPECT_EQ(send(unit).frame, FrameId{1}) << "a refused unit takes no frame id";
}

TEST(VideoSender, a_unit_larger_than_a_block_is_refused) {
  const ManualClock clock;
  CollectingSink sink;
  auto sender = VideoSender::create(media_key(), {.max_datagram = VideoSender::smallest_datagram}, clock).value();
  const std::vector<std::byte> unit(65'535 * (256 - wire::media_overhead) - wire::unit_prefix_size + 1);
  EXPECT_EQ(sender->send({.data = unit, .captured = {}}, sink).error().code, ErrorCode::refused);
  const auto sent = sender->send({.data = std::span(unit).first(unit.size() - 1), .captured = {}}, sink);
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->packets, 65'535u) << "a full block has no room for parity";
}

TEST_F(VideoSenderTest, refuses_a_unit_larger_than_the_mode_allows_and_follows_the_mode) {
  const auto unit = pattern(1, 2000);
  sender_->set_max_unit(1999);
  EXPECT_EQ(sender_->send({.data = unit, .captured = {}}, sink_).error().code, ErrorCode::refused);
  EXPECT_TRUE(sink_.packets.empty());
  sender_->set_max_unit(2000);
  EXPECT_EQ(send(unit).frame, FrameId{1}) << "a refused unit takes no frame id";
}

TEST(VideoSender, refuses_datagram_sizes_that_do_not_exist) {
  const ManualClock clock;
  EXPECT_FALSE(VideoSender::create(media_key(), {.max_datagram = 255}, clock));
  EXPECT_FALSE(VideoSender::create(media_key(), {.max_datagram = 65'508}, clock));
  EXPECT_TRUE(VideoSender::create(media_key(), {.max_datagram = 65'507}, clock));
}

class FailingSink final : public PacketSink {
 public:
  explicit FailingSink(ErrorCode code) : code_(code) {}
  Result<void> send(std::span<const std::byte>, std::size_t) override {
    ++calls;
    return fail(code_, "no");
  }
  int calls = 0;

 private:
  ErrorCode code_;
};

TEST_F(VideoSenderTest, a_full_sink_loses_packets_but_not_the_rest_of_the_frame) {
  FailingSink full(ErrorCode::exhausted);
  const auto unit = pattern(1, 200'000);
  const auto sent = sender_->send({.data = unit, .captured = {}}, full);
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->dropped, sent->packets);
  EXPECT_GT(full.calls, 1);
}

TEST_F(VideoSenderTest, a_broken_sink_ends_the_frame_and_its_error_is_handed_on) {
  FailingSink broken(ErrorCode::io);
  const auto unit = pattern(1, 200'000);
  EXPECT_EQ(sender_->send({.data = unit, .captured = {}}, broken).error().code, ErrorCode::io);
  EXPECT_EQ(broken.calls, 1);
  EXPECT_EQ(send(unit).frame, FrameId{2}) << "packets of frame 1 may be on their way";
}

}  // namespace
}  // namespace pf::session
