// What a host does with packets that belong to no connection: little, and keeps nothing of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "quic_lab.h"

namespace pf::control {
namespace {

using namespace std::chrono_literals;
using test::quic_address;
using test::QuicLab;
using test::QuicPacket;

std::vector<std::byte> long_packet(std::uint32_t version, std::size_t size, std::byte first = std::byte{0xC3}) {
  std::vector<std::byte> packet(size);
  packet[0] = first;
  for (std::size_t i = 0; i < 4; ++i) packet[1 + i] = static_cast<std::byte>(version >> (24 - 8 * i));
  packet[5] = std::byte{8};  // connection ids of eight bytes
  packet[14] = std::byte{8};
  return packet;
}

/// What the host answers to one packet.
std::vector<QuicPacket> answers(QuicLab& lab, std::vector<std::byte> packet) {
  std::vector<QuicPacket> heard;
  lab.on_packet = [&](QuicPacket& answer) {
    heard.push_back(answer);
    return false;
  };
  lab.inject({quic_address(50), lab.host->address, std::move(packet)});
  lab.run(6s);  // and the last of them are given up by then
  return heard;
}

TEST(QuicStrangers, another_version_is_told_which_one_is_spoken) {
  for (const std::uint32_t version : {0x0A0A0A0Au, 0x6B3343CFu, 0x709A50C4u, 0xFF00001Du}) {
    QuicLab lab;
    const auto heard = answers(lab, long_packet(version, 1200));
    ASSERT_EQ(heard.size(), 1u);
    const auto& bytes = heard[0].bytes;
    EXPECT_EQ(std::vector(bytes.begin() + 1, bytes.begin() + 5), std::vector<std::byte>(4));
    const std::vector last(bytes.end() - 4, bytes.end());
    EXPECT_EQ(last, (std::vector{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}}));
    EXPECT_EQ(lab.host->endpoint->connections(), 0u);
  }
}

TEST(QuicStrangers, a_small_packet_of_another_version_and_a_version_negotiation_are_not_answered) {
  QuicLab lab;
  EXPECT_TRUE(answers(lab, long_packet(0x0A0A0A0A, 1199)).empty());
  EXPECT_TRUE(answers(lab, long_packet(0, 1200)).empty());
  auto negotiation = long_packet(0, 1200);
  negotiation[5] = std::byte{16};
  EXPECT_TRUE(answers(lab, negotiation).empty());
}

TEST(QuicStrangers, a_first_packet_that_is_none_leaves_nothing_behind) {
  QuicLab lab;
  EXPECT_TRUE(answers(lab, long_packet(1, 1200)).empty());
  lab.inject({quic_address(50), lab.host->address, long_packet(1, 1200)});
  lab.run(1ms);
  EXPECT_EQ(lab.host->endpoint->connections(), 0u);
}

TEST(QuicStrangers, a_reset_is_shorter_than_what_it_answers) {
  for (std::size_t size = 1; size < 100; ++size) {
    QuicLab lab;
    const auto heard = answers(lab, std::vector<std::byte>(size, std::byte{0x41}));
    ASSERT_EQ(heard.size(), size > 21 ? 1u : 0u) << size;
    for (const auto& answer : heard) EXPECT_LT(answer.bytes.size(), size);
  }
}

TEST(QuicStrangers, a_client_answers_no_stranger) {
  QuicLab lab;
  std::size_t heard = 0;
  lab.on_packet = [&](QuicPacket&) { return ++heard == 0; };
  for (const auto& packet :
       {long_packet(1, 1200), long_packet(0x0A0A0A0A, 1200), std::vector<std::byte>(100, std::byte{0x41})})
    lab.inject({quic_address(50), lab.client->address, packet});
  lab.run(1s);
  EXPECT_EQ(heard, 0u);
}

TEST(QuicStrangers, a_million_garbage_packets_stay_without_effect) {
  QuicLab lab;
  lab.connect();
  lab.client->connection->send_datagram(wire::as_bytes("x"));
  std::mt19937 random(7);
  std::size_t most = 0;
  std::uint64_t sent = 0;
  const auto stranger = quic_address(50);
  std::vector<std::byte> memory(1400);
  for (auto& byte : memory) byte = static_cast<std::byte>(random());
  for (int i = 0; i < 1'000'000; ++i) {
    const auto at = random() % 100;
    const auto bytes = std::span(memory).subspan(at, 1 + random() % 1300);
    bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    if (i % 512 == 0) {
      const auto head = long_packet(1, 24);
      std::ranges::copy(std::span(head).first(std::min(head.size(), bytes.size())), bytes.begin());
    }
    sent += bytes.size();
    lab.host->endpoint->receive(lab.host->address, stranger, bytes, lab.clock.now());
    most = std::max(most, lab.host->endpoint->connections());
    if (i % 1000 == 0) lab.run(1ms);
  }
  EXPECT_LE(most, 16u);
  EXPECT_LE(lab.bytes_to[stranger], sent);
  lab.run(6s);
  EXPECT_EQ(lab.host->endpoint->connections(), 1u);
  EXPECT_FALSE(lab.client->handler->closed());
}

TEST(QuicStrangers, garbage_with_a_known_connection_id_does_not_end_the_connection) {
  QuicLab lab;
  std::vector<QuicPacket> seen;
  lab.on_packet = [&](QuicPacket& packet) {
    if (seen.size() < 100) seen.push_back(packet);
    return true;
  };
  lab.connect();
  lab.run(5s);
  std::mt19937 random(8);
  for (int i = 0; i < 50'000; ++i) {
    auto packet = seen[random() % seen.size()];
    const auto flips = random() % 4;  // none: a replay
    for (std::size_t flip = 0; flip < flips; ++flip) {
      const auto keep = std::min<std::size_t>(packet.bytes.size() - 1, 17);
      packet.bytes[keep + random() % (packet.bytes.size() - keep)] ^= static_cast<std::byte>(1 + random() % 255);
    }
    if (random() % 8 == 0) packet.bytes.resize(1 + random() % packet.bytes.size());
    if (random() % 8 == 0) packet.from = quic_address(static_cast<std::uint8_t>(random()));
    lab.inject(packet);
    if (i % 16 == 0) lab.run(1ms);
  }
  EXPECT_FALSE(lab.client->handler->closed());
  EXPECT_FALSE(lab.host->handler->closed());
  ASSERT_TRUE(lab.client->connection->send(Channel::control, wire::as_bytes("fine")));
  EXPECT_TRUE(lab.run_until([&] { return lab.host->handler->control() == "fine"; }));
}

}  // namespace
}  // namespace pf::control
