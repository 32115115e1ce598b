// Properties of sender and receiver together, over seeded bad networks.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "support/video_path.h"

namespace pf::session {
namespace {

using test::CollectingSink;
using test::media_key;
using test::Packet;
using test::pattern;
using test::VideoPath;
using test::VideoPathOptions;

// Holds every unit to what was sent under its id, and ids to their order.
class Judge {
 public:
  explicit Judge(VideoPath& path) : path_(path) {
    path.on_unit = [this](const ReceivedUnit& unit) { judge(unit); };
  }
  std::uint32_t delivered = 0;

 private:
  void judge(const ReceivedUnit& unit) {
    ASSERT_GT(unit.frame.value, last_) << "out of order";
    if (unit.frame.value != last_ + 1) {
      ASSERT_TRUE(unit.keyframe) << "frame " << unit.frame.value << " does not decode";
    }
    ASSERT_EQ(unit.data, path_.unit_of(unit.frame.value));
    last_ = unit.frame.value;
    ++delivered;
  }

  VideoPath& path_;
  std::uint32_t last_ = 0;
};

TEST(VideoPath, any_loss_up_to_the_parity_gives_identical_units) {
  const ManualClock clock;
  std::mt19937_64 random(17);
  auto sender = VideoSender::create(media_key(), {}, clock).value();
  auto receiver = VideoReceiver::create(media_key(), {}, clock).value();
  CollectingSink sink;
  for (std::uint32_t id = 1; id <= 600; ++id) {
    const auto unit = pattern(id, 1 + random() % (id % 50 == 0 ? 400'000 : 20'000));
    ASSERT_TRUE(sender->send({.data = unit, .keyframe = id == 1, .captured = {}}, sink));
    auto packets = sink.take();
    const auto header = wire::parse_media_header(packets[0]).value();
    std::ranges::shuffle(packets, random);
    packets.resize(packets.size() - random() % (header.parity_shards + 1u));
    for (auto& packet : packets) ASSERT_TRUE(receiver->receive(packet, clock.now()));
    const auto received = receiver->next(clock.now());
    ASSERT_TRUE(received);
    ASSERT_EQ(received->data, unit);
  }
  EXPECT_EQ(receiver->counters().frames_lost, 0u);
  EXPECT_FALSE(receiver->needs_keyframe());
}

TEST(VideoPath, a_clean_path_delivers_every_frame) {
  VideoPath path({});
  Judge judge(path);
  for (int i = 0; i < 500; ++i) path.step();
  EXPECT_EQ(judge.delivered, 500u);
  EXPECT_EQ(path.keyframes_sent, 1u);
  EXPECT_EQ(path.receiver->counters().frames_recovered, 0u);
}

TEST(VideoPath, five_percent_loss_reordering_and_duplication_lose_few_frames_and_hide_none) {
  VideoPath path({.network = {.seed = 7,
                              .loss = 0.05,
                              .delay = milliseconds{5},
                              .jitter = milliseconds{3},
                              .reorder = 0.02,
                              .reorder_by = milliseconds{20},
                              .duplicate = 0.02},
                  .sender = {.fec = {.floor = 0.25}}});
  Judge judge(path);
  for (int i = 0; i < 4000; ++i) path.step();
  const auto& counters = path.receiver->counters();
  EXPECT_EQ(judge.delivered, counters.frames_complete);
  EXPECT_GT(judge.delivered, 3800u);
  EXPECT_GT(counters.frames_recovered, 2000u);
  // What was not delivered is known to be lost, but for the last few that may still come.
  EXPECT_NEAR(static_cast<double>(counters.frames_complete + counters.frames_lost), 4000, 10);
  EXPECT_GT(path.keyframes_sent, 1u);
  EXPECT_LT(path.longest_repair, milliseconds{150});
  const double lost = static_cast<double>(counters.packets_lost);
  EXPECT_NEAR(lost / static_cast<double>(counters.packets_expected), 0.05, 0.01);
}

TEST(VideoPath, bursts_beyond_any_parity_are_answered_with_keyframes) {
  VideoPath path({.network = {.seed = 3,
                              .bursts = {.enter = 0.001, .leave = 0.02},
                              .delay = milliseconds{15},
                              .jitter = milliseconds{8}},
                  .largest = 15'000});
  Judge judge(path);
  for (int i = 0; i < 3000; ++i) path.step();
  const auto& counters = path.receiver->counters();
  EXPECT_GT(counters.frames_lost, 50u);
  EXPECT_GT(judge.delivered, 2000u);
  EXPECT_NEAR(static_cast<double>(counters.frames_complete + counters.frames_lost), 3000, 20);
}

TEST(VideoPath, an_outage_ends_with_a_keyframe) {
  VideoPath path({.network = {.outages = {{std::chrono::seconds{2}, std::chrono::seconds{5}}}}});
  Judge judge(path);
  for (int i = 0; i < 600; ++i) path.step();
  EXPECT_EQ(path.keyframes_sent, 2u);
  EXPECT_NEAR(judge.delivered, 600 - 180, 10);
  EXPECT_LT(path.longest_repair, milliseconds{150});
}

TEST(VideoPath, an_hour_of_a_bad_network_stays_in_step) {
  VideoPath path({.network = {.seed = 12,
                              .loss = 0.02,
                              .bursts = {.enter = 0.0005, .leave = 0.1},
                              .jitter = milliseconds{10},
                              .reorder = 0.05,
                              .reorder_by = milliseconds{60},
                              .duplicate = 0.05},
                  .frame_time = milliseconds{50},
                  .keyframe_size = 9000,
                  .smallest = 20,
                  .largest = 2500});
  Judge judge(path);
  const TimePoint start = path.now();
  IntervalLoss meter;
  while (path.now() - start < std::chrono::hours{1}) path.step();
  EXPECT_EQ(path.sent, 72'000u);
  const auto& counters = path.receiver->counters();
  EXPECT_NEAR(static_cast<double>(counters.frames_complete + counters.frames_lost), 72'000, 10);
  EXPECT_GT(counters.frames_complete, 70'000u);
  EXPECT_NEAR(meter.take(counters).share(), 0.025, 0.01);
}

TEST(VideoPath, forged_replayed_truncated_and_altered_packets_change_nothing) {
  const VideoPathOptions options{.network = {.seed = 5, .loss = 0.03, .jitter = milliseconds{3}}};
  VideoPath clean(options);
  VideoPath attacked(options);
  Judge judge_clean(clean);
  Judge judge_attacked(attacked);
  std::mt19937_64 random(99);
  auto stranger = crypto::PacketSealer::create(media_key(wire::StreamKind::video, 8)).value();
  std::vector<Packet> heard;
  std::uint64_t attacks = 0;
  const auto attack = [&](Packet packet) {
    EXPECT_FALSE(attacked.receiver->receive(packet, attacked.now()));
    ++attacks;
  };
  attacked.before_receive = [&](const Packet& packet) {
    Packet altered = packet;
    altered[random() % altered.size()] ^= static_cast<std::byte>(1u << (random() % 8));
    attack(std::move(altered));
    Packet truncated = packet;
    truncated.resize(random() % packet.size());
    attack(std::move(truncated));
    Packet longer = packet;
    longer.push_back(std::byte{0});
    attack(std::move(longer));
    if (!heard.empty()) attack(heard[random() % heard.size()]);
    Packet forged = packet;
    stranger.seal(wire::parse_media_header(packet).value(), forged).value();
    attack(std::move(forged));
    attack(pattern(random(), random() % 1500));
    heard.push_back(packet);
  };
  for (int i = 0; i < 300; ++i) {
    clean.step();
    attacked.step();
    ASSERT_EQ(judge_clean.delivered, judge_attacked.delivered);
  }
  auto counters = attacked.receiver->counters();
  EXPECT_EQ(counters.packets_rejected, attacks);
  EXPECT_EQ(counters.packets_received, clean.receiver->counters().packets_received);
  EXPECT_EQ(counters.frames_lost, clean.receiver->counters().frames_lost);
}

}  // namespace
}  // namespace pf::session
