// What a connection carries: two reliable channels, and datagrams.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/quic/send_buffer.h"
#include "quic_lab.h"

namespace pf::control {
namespace {

using namespace std::chrono_literals;
using test::QuicLab;
using test::QuicPacket;
using testing::ElementsAre;
using wire::as_bytes;

std::string counting(int to) {
  std::string text;
  for (int i = 0; i < to; ++i) text += std::to_string(i) + " ";
  return text;
}

TEST(QuicTransfer, both_channels_carry_bytes_and_input_goes_one_way_only) {
  QuicLab lab;
  lab.connect();
  EXPECT_TRUE(lab.client->connection->send(Channel::control, as_bytes("hello")));
  EXPECT_TRUE(lab.client->connection->send(Channel::input, as_bytes("key")));
  EXPECT_TRUE(lab.run_until([&] { return lab.host->handler->control() == "hello"; }));
  EXPECT_TRUE(lab.run_until([&] { return lab.host->handler->input() == "key"; }));
  EXPECT_TRUE(lab.host->connection->send(Channel::control, as_bytes("welcome")));
  EXPECT_TRUE(lab.run_until([&] { return lab.client->handler->control() == "welcome"; }));
  const auto sent = lab.host->connection->send(Channel::input, as_bytes("no"));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::invalid_argument);
}

TEST(QuicTransfer, a_lossy_reordering_network_changes_nothing_in_the_streams) {
  const test::ImpairmentOptions network{
      .seed = 5, .loss = 0.2, .delay = 10ms, .jitter = 5ms, .reorder = 0.1, .duplicate = 0.05};
  QuicLab lab({.handshake = 20s}, network, network);
  lab.connect();
  const auto up = counting(30'000);
  const auto down = counting(40'000);
  ASSERT_TRUE(lab.client->connection->send(Channel::control, as_bytes(up)));
  ASSERT_TRUE(lab.client->connection->send(Channel::input, as_bytes(up)));
  ASSERT_TRUE(lab.host->connection->send(Channel::control, as_bytes(down)));
  EXPECT_TRUE(lab.run_until(
      [&] {
        return lab.host->handler->control().size() == up.size() && lab.host->handler->input().size() == up.size() &&
               lab.client->handler->control().size() == down.size();
      },
      std::chrono::minutes{10}));
  EXPECT_EQ(lab.host->handler->control(), up);
  EXPECT_EQ(lab.host->handler->input(), up);
  EXPECT_EQ(lab.client->handler->control(), down);
}

TEST(QuicTransfer, more_than_the_windows_flows_through_both_channels_at_once) {
  QuicLab lab({}, {.delay = 5ms}, {.delay = 5ms});
  lab.connect();
  const std::string block(100'000, 'b');
  std::size_t sent = 0;
  while (sent < 5'000'000) {
    if (lab.client->connection->send(Channel::control, as_bytes(block)) &&
        lab.client->connection->send(Channel::input, as_bytes(block)))
      sent += block.size();
    lab.run(20ms);
    ASSERT_FALSE(lab.client->handler->closed());
  }
  EXPECT_TRUE(lab.run_until(
      [&] { return lab.host->handler->control().size() >= sent && lab.host->handler->input().size() >= sent; }));
}

TEST(QuicTransfer, a_channel_that_finds_the_connections_window_used_up_goes_on_when_there_is_a_new_one) {
  QuicLab lab;
  lab.host = lab.make_host(64, {.channel = 256u << 10, .connection = 4'000});
  lab.connect();
  lab.run(100ms);
  // Control leaves input a part of the window that is too small for the host to widen input's own as well.
  const std::string control(3'000, 'c');
  const std::string input(3'000, 'i');
  lab.on_packet = [&](QuicPacket& packet) { return packet.to != lab.client->address; };
  ASSERT_TRUE(lab.client->connection->send(Channel::control, as_bytes(control)));
  ASSERT_TRUE(lab.client->connection->send(Channel::input, as_bytes(input)));
  lab.run(500ms);
  EXPECT_EQ(lab.host->handler->control().size() + lab.host->handler->input().size(), 4'000u) << "a window's worth";
  lab.on_packet = nullptr;
  EXPECT_TRUE(lab.run_until([&] { return lab.host->handler->input() == input; }));
  EXPECT_EQ(lab.host->handler->control(), control);
}

TEST(QuicTransfer, a_peer_that_acknowledges_nothing_exhausts_the_sender_after_a_mebibyte) {
  QuicLab lab;
  lab.connect();
  lab.on_packet = [](QuicPacket&) { return false; };
  const std::vector<std::byte> block(1 << 16);
  std::size_t taken = 0;
  Result<void> sent;
  while ((sent = lab.client->connection->send(Channel::control, block))) taken += block.size();
  EXPECT_EQ(sent.error().code, ErrorCode::exhausted);
  EXPECT_EQ(taken, 1u << 20);
}

TEST(QuicTransfer, small_messages_share_packets) {
  QuicLab lab;
  lab.connect();
  lab.run(100ms);
  int packets = 0;
  lab.on_packet = [&](QuicPacket& packet) {
    packets += packet.to == lab.host->address ? 1 : 0;
    return true;
  };
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(lab.client->connection->send(Channel::input, as_bytes("0123456789")));
  ASSERT_TRUE(lab.run_until([&] { return lab.host->handler->input().size() == 10'000; }));
  EXPECT_LE(packets, 15);
}

TEST(QuicTransfer, a_datagram_has_a_thousand_bytes_at_most_and_its_arrival_is_told) {
  QuicLab lab({}, {.delay = 7ms}, {.delay = 7ms});
  lab.connect();
  lab.client->connection->send_datagram(as_bytes(std::string(1001, 'x')));
  lab.client->connection->send_datagram(as_bytes(std::string(1000, 'y')));
  lab.client->connection->send_datagram(as_bytes("z"));
  lab.run(1s);
  EXPECT_THAT(lab.host->handler->datagrams(), ElementsAre(std::string(1000, 'y'), "z"));
}

TEST(QuicTransfer, a_datagram_after_a_long_silence_is_not_taken_for_an_old_one) {
  QuicLab lab({.idle = 60s, .keep_alive = 20s});
  lab.connect();
  lab.run(10s);
  lab.client->connection->send_datagram(as_bytes("fresh"));
  lab.run(1s);
  EXPECT_THAT(lab.host->handler->datagrams(), ElementsAre("fresh"));
}

TEST(QuicTransfer, lost_datagrams_are_not_sent_again_and_waiting_ones_are_bounded) {
  QuicLab lab({.idle = 60s}, {}, {});
  lab.connect();
  lab.run(100ms);
  bool cut = true;
  lab.on_packet = [&](QuicPacket&) { return !cut; };
  for (int i = 0; i < 1000; ++i) {
    lab.client->connection->send_datagram(as_bytes(std::string(1000, 'd')));
    lab.run(1ms);
  }
  cut = false;
  lab.run(5s);
  EXPECT_LT(lab.host->handler->datagrams().size(), 200u);
  lab.client->connection->send_datagram(as_bytes("again"));
  lab.run(1s);
  EXPECT_THAT(lab.host->handler->datagrams(), testing::Contains("again"));
}

TEST(SendBuffer, hands_out_each_byte_once_and_keeps_it_until_it_is_acknowledged) {
  SendBuffer buffer;
  const auto text = counting(5000);
  for (std::size_t at = 0; at < text.size(); at += 7) buffer.append(as_bytes(std::string_view(text).substr(at, 7)));
  const auto first = buffer.unsent();
  std::string sent;
  while (!buffer.unsent().empty()) {
    const auto part = buffer.unsent().first(std::min<std::size_t>(buffer.unsent().size(), 1100));
    sent.append(reinterpret_cast<const char*>(part.data()), part.size());
    buffer.mark_sent(part.size());
  }
  EXPECT_EQ(sent, text);
  EXPECT_EQ(buffer.held(), text.size());
  buffer.append(as_bytes("more"));
  EXPECT_EQ(first[0], std::byte{'0'});  // where it was
  EXPECT_EQ(buffer.unsent().size(), 4u);
  buffer.acknowledge(text.size() - 1);
  EXPECT_EQ(buffer.held(), 5u);
  EXPECT_FALSE(buffer.all_acknowledged());
  buffer.acknowledge(10);  // an old one
  buffer.mark_sent(4);
  buffer.acknowledge(text.size() + 4);
  EXPECT_TRUE(buffer.all_acknowledged());
  EXPECT_EQ(buffer.held(), 0u);
  buffer.append(as_bytes("last"));
  EXPECT_EQ(buffer.unsent().size(), 4u);
}

}  // namespace
}  // namespace pf::control
