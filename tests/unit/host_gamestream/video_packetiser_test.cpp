#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "host/gamestream/video/video_packetiser.h"
#include "support/gamestream_video.h"

namespace pf::host::gamestream {
namespace {

using Packets = std::vector<std::vector<std::byte>>;

class Collector final : public session::PacketSink {
 public:
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    EXPECT_EQ(packets.size() % segment, 0U);
    for (; !packets.empty(); packets = packets.subspan(segment)) {
      const auto one = packets.first(segment);
      sent.emplace_back(one.begin(), one.end());
    }
    return {};
  }
  Packets sent;
};

template <class Set>
VideoRequest asking(Set set) {
  VideoRequest request;
  set(request);
  return request;
}

class Video : public testing::Test {
 protected:
  void open(VideoRequest request) {
    request.packet_size = packet_size;
    auto made = VideoPacketiser::create(request, key, clock);
    ASSERT_TRUE(made);
    packetiser = std::move(*made);
  }
  std::vector<std::byte> unit_of(std::size_t size) {
    std::vector<std::byte> unit(size);
    for (auto& byte : unit) byte = static_cast<std::byte>(random());
    return unit;
  }
  Packets send(const std::vector<std::byte>& unit, bool keyframe = false) {
    Collector sink;
    const auto sent =
        packetiser->send({.data = unit, .keyframe = keyframe, .captured = clock.now() - microseconds{4250}}, sink);
    EXPECT_TRUE(sent) << sent.error().message;
    EXPECT_EQ(sent ? sent->packets : 0, sink.sent.size());
    return std::move(sink.sent);
  }
  static bool same(const test::VideoFrame& frame, const std::vector<std::byte>& unit) {
    return std::ranges::equal(frame.data, unit, {}, {}, [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  }

  static constexpr std::size_t packet_size = 512;
  StreamKey key{};
  ManualClock clock;
  std::mt19937 random{7};
  std::unique_ptr<VideoPacketiser> packetiser;
};

TEST_F(Video, a_client_gets_back_what_was_sent) {
  open({});
  test::VideoAssembler client(packet_size);
  std::uint32_t number = 0;
  for (const std::size_t size : {1, 487, 488, 489, 5000, 200'000, 500'000}) {
    const auto unit = unit_of(size);
    std::optional<test::VideoFrame> frame;
    for (const auto& packet : send(unit, number == 0))
      if (auto done = client.add(packet)) frame = std::move(done);
    ASSERT_TRUE(frame) << size;
    EXPECT_TRUE(same(*frame, unit)) << size;
    EXPECT_EQ(frame->number, ++number);
    EXPECT_EQ(frame->kind, number == 1 ? 2 : 1);
    EXPECT_EQ(frame->latency, 42);
  }
}

TEST_F(Video, lost_packets_are_rebuilt_as_far_as_parity_goes) {
  open(asking([](VideoRequest& request) { request.parity_percent = 20; }));
  for (const std::size_t size : {2000, 30'000, 250'000}) {
    const auto unit = unit_of(size);
    auto packets = send(unit);
    // Of each block, drop as many as it has parity, wherever they are.
    test::VideoAssembler client(packet_size);
    std::shuffle(packets.begin(), packets.end(), random);
    std::map<std::pair<std::uint8_t, std::uint32_t>, std::size_t> to_drop;
    std::optional<test::VideoFrame> frame;
    for (const auto& packet : packets) {
      const auto info = std::to_integer<std::uint32_t>(packet[28]) | std::to_integer<std::uint32_t>(packet[29]) << 8 |
                        std::to_integer<std::uint32_t>(packet[30]) << 16 |
                        std::to_integer<std::uint32_t>(packet[31]) << 24;
      const auto parity = ((info >> 22) * (info >> 4 & 0xff) + 99) / 100;
      if (to_drop[{std::to_integer<std::uint8_t>(packet[27]), parity}]++ < parity) continue;
      if (auto done = client.add(packet)) frame = std::move(done);
    }
    ASSERT_TRUE(frame) << size;
    EXPECT_GT(frame->rebuilt, 0U);
    EXPECT_TRUE(same(*frame, unit)) << size;
  }
}

TEST_F(Video, a_small_frame_has_the_parity_that_the_client_asked_for_at_least) {
  open(asking([](VideoRequest& request) {
    request.min_parity = 5;
    request.parity_percent = 0;
  }));
  EXPECT_GE(send(unit_of(1300)).size(), 3U + 5);
}

TEST_F(Video, sequence_numbers_go_on_and_the_clock_runs_at_90_kHz) {
  open({});
  const auto first = send(unit_of(3000));
  clock.advance(std::chrono::seconds{1});
  const auto second = send(unit_of(3000));
  const auto number = [](const std::vector<std::byte>& packet, std::size_t at, int size) {
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i)
      value = value << 8 | std::to_integer<std::uint32_t>(packet[at + static_cast<std::size_t>(i)]);
    return value;
  };
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(number(first[i], 2, 2), i);
  EXPECT_EQ(number(second[0], 2, 2), first.size());
  EXPECT_EQ(number(second[0], 4, 4) - number(first[0], 4, 4), 90'000U);
}

TEST_F(Video, encrypted_packets_open_with_the_key_and_no_iv_comes_twice) {
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(i);
  open(asking([](VideoRequest& request) { request.encrypted = true; }));
  auto cipher = crypto::make_aead(key);
  ASSERT_TRUE(cipher);
  test::VideoAssembler client(packet_size);
  std::set<std::vector<std::byte>> ivs;
  for (std::uint32_t number = 1; number <= 3; ++number) {
    const auto unit = unit_of(4000);
    std::optional<test::VideoFrame> frame;
    for (auto& packet : send(unit)) {
      ASSERT_EQ(packet.size(), 32 + 16 + packet_size);
      crypto::AeadNonce iv{};
      std::copy_n(packet.begin(), iv.size(), iv.begin());
      EXPECT_TRUE(ivs.emplace(iv.begin(), iv.end()).second);
      EXPECT_EQ(std::to_integer<std::uint32_t>(packet[12]), number);
      const auto tag = std::span<const std::byte>(packet).subspan(16).first<16>();
      const auto text = std::span(packet).subspan(32);
      ASSERT_TRUE((*cipher)->open(iv, {}, text, tag));
      if (auto done = client.add(text)) frame = std::move(done);
    }
    ASSERT_TRUE(frame);
    EXPECT_TRUE(same(*frame, unit));
  }
}

TEST_F(Video, what_cannot_be_sent_is_an_error_and_the_next_frame_is_not) {
  open({});
  Collector sink;
  EXPECT_FALSE(packetiser->send({}, sink));
  const auto huge = unit_of(packet_size * 5000);
  session::VideoUnit unsendable;
  unsendable.data = huge;
  EXPECT_FALSE(packetiser->send(unsendable, sink));
  EXPECT_TRUE(sink.sent.empty());
  test::VideoAssembler client(packet_size);
  const auto unit = unit_of(100);
  std::optional<test::VideoFrame> frame;
  for (const auto& packet : send(unit))
    if (auto done = client.add(packet)) frame = std::move(done);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->number, 1U);
}

}  // namespace
}  // namespace pf::host::gamestream
