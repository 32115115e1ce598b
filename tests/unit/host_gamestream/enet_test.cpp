#include <gtest/gtest.h>

#include "host/gamestream/enet/enet_host.h"
#include "host/gamestream/wire/byte_order.h"
#include "support/hex.h"

namespace pf::host::gamestream {
namespace {

using namespace std::chrono_literals;
using test::hex;
using Bytes = std::vector<std::byte>;

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// Speaks ENet by hand to a host with a clock that is turned by hand.
class Enet : public testing::Test {
 protected:
  // "no peer", with the time 0; CONNECT as peer 0, any sessions, MTU 900, window 64 KiB, 48 channels.
  static Bytes connect_datagram(const std::string& id = "0a0b0c0d", const std::string& data = "00000063") {
    return hex(
        "8fff 0000 82 ff 0001 0000 ff ff 00000384 00010000 00000030 00000000 00000000 00001388 00000002 00000002" + id +
        data);
  }
  /// From a client that is connected: peer 0 in session 1, at its time 5.
  static Bytes from_client(const Bytes& command) { return join({hex("9000 0005"), command}); }
  static Bytes reliable(std::uint16_t sequence, const std::string& text, std::uint8_t channel = 0) {
    return from_client(enet_reliable(channel, sequence, std::as_bytes(std::span(text))));
  }

  void connect() {
    host.receive(client, connect_datagram(), now);
    const auto verify = host.next_datagram(now);
    ASSERT_TRUE(verify);
    host.receive(client, from_client(hex("01 ff 0001 0001 0000")), now);
    const auto event = host.next_event();
    ASSERT_TRUE(event);
    ASSERT_EQ(event->kind, EnetEvent::Kind::connected);
    EXPECT_EQ(event->connect_data, 99U);
  }
  std::vector<std::string> messages() {
    std::vector<std::string> texts;
    while (const auto event = host.next_event())
      if (event->kind == EnetEvent::Kind::message)
        texts.emplace_back(reinterpret_cast<const char*>(event->message.data.data()), event->message.data.size());
    return texts;
  }
  std::vector<Bytes> datagrams() {
    std::vector<Bytes> all;
    while (auto datagram = host.next_datagram(now)) all.push_back(std::move(datagram->bytes));
    return all;
  }
  void pass(Duration time) {
    now += time;
    host.tick(now);
  }

  TimePoint now{1h};
  net::Address client = net::Address::v4_loopback(5000);
  EnetHost host{2, [](const net::Address&, std::uint32_t data) { return data == 99; }};
};

TEST_F(Enet, a_client_that_knows_the_data_is_let_in) {
  host.receive(client, connect_datagram(), now);
  const auto verify = host.next_datagram(now);
  ASSERT_TRUE(verify);
  EXPECT_EQ(verify->to, client);
  // Behind the header: peer 0 here, sessions 1 and 1 after none, everything else as it was asked for.
  EXPECT_EQ(
      Bytes(verify->bytes.begin() + 4, verify->bytes.end()),
      hex("83 ff 0001 0000 01 01 00000384 00010000 00000030 00000000 00000000 00001388 00000002 00000002 0a0b0c0d"));
}

TEST_F(Enet, a_stranger_gets_no_answer_and_takes_no_place) {
  for (int i = 0; i < 1000; ++i) host.receive(client, connect_datagram("0a0b0c0d", "00000001"), now);
  EXPECT_TRUE(datagrams().empty());
  EXPECT_EQ(host.deadline(), TimePoint::max());
  connect();
}

TEST_F(Enet, messages_arrive_in_order_once_and_are_acknowledged) {
  connect();
  host.receive(client, reliable(2, "second"), now);
  EXPECT_TRUE(messages().empty());
  host.receive(client, reliable(1, "first"), now);
  host.receive(client, reliable(1, "first"), now);
  host.receive(client, reliable(1, "elsewhere", 3), now);
  EXPECT_EQ(messages(), (std::vector<std::string>{"first", "second", "elsewhere"}));
  const auto answers = datagrams();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(Bytes(answers[0].begin() + 2, answers[0].end()),
            hex("01 00 0002 0002 0005 01 00 0001 0001 0005 01 00 0001 0001 0005 01 03 0001 0001 0005"));
}

TEST_F(Enet, sequences_go_on_across_their_end) {
  connect();
  for (std::uint32_t i = 1; i <= 0x10005; ++i) {
    host.receive(client, reliable(static_cast<std::uint16_t>(i), "x"), now);
    ASSERT_EQ(messages().size(), 1U) << i;
    datagrams();
  }
}

TEST_F(Enet, unreliable_messages_are_dropped_when_late_and_unsequenced_ones_are_not) {
  connect();
  host.receive(client, from_client(hex("07 00 0000 0002 0001 62")), now);
  host.receive(client, from_client(hex("07 00 0000 0001 0001 61")), now);
  host.receive(client, from_client(hex("07 00 0001 0001 0001 63")), now);
  host.receive(client, from_client(hex("49 00 0000 0001 0001 64")), now);
  EXPECT_EQ(messages(), (std::vector<std::string>{"b", "d"}));
}

TEST_F(Enet, what_is_not_acknowledged_is_sent_again_and_then_no_more) {
  connect();
  datagrams();
  const auto text = std::as_bytes(std::span("hello", 5));
  ASSERT_TRUE(host.send(0, 0, text, now));
  const auto message = hex("86 00 0001 0005 68656c6c6f");
  auto sent = datagrams();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(Bytes(sent[0].begin() + 4, sent[0].end()), message);
  pass(600ms);
  sent = datagrams();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(Bytes(sent[0].begin() + 4, sent[0].end()), message) << "which does for a ping";
  host.receive(client, from_client(hex("01 00 0001 0001 0000")), now);
  pass(300ms);
  EXPECT_TRUE(datagrams().empty());
  pass(300ms);
  sent = datagrams();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(Bytes(sent[0].begin() + 4, sent[0].end()), hex("85 ff 0002"));
}

TEST_F(Enet, a_client_that_speaks_but_acknowledges_nothing_makes_nothing_pile_up) {
  connect();
  datagrams();
  for (int second = 0; second < 3600; ++second) {
    pass(1s);
    host.receive(client, from_client(hex("49 00 0000 0001 0001 64")), now);
    EXPECT_EQ(messages().size(), 1U);
    for (const auto& datagram : datagrams()) ASSERT_EQ(datagram.size(), 4U + 4U) << "one ping";
  }
}

TEST_F(Enet, a_silent_client_is_given_up_after_ten_seconds) {
  connect();
  for (int i = 0; i < 99; ++i) {
    pass(100ms);
    datagrams();
  }
  EXPECT_FALSE(host.next_event());
  pass(200ms);
  const auto event = host.next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, EnetEvent::Kind::disconnected);
  EXPECT_EQ(host.deadline(), TimePoint::max());
}

TEST_F(Enet, a_client_that_leaves_is_answered_and_its_late_datagrams_are_nobodys) {
  connect();
  datagrams();
  host.receive(client, from_client(hex("84 ff 0002 00000000")), now);
  EXPECT_FALSE(host.next_event());
  EXPECT_EQ(datagrams().size(), 1U);
  const auto event = host.next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, EnetEvent::Kind::disconnected);
  host.receive(client, connect_datagram("0a0b0c0e"), now);
  ASSERT_EQ(datagrams().size(), 1U);
  host.receive(client, from_client(hex("01 ff 0001 0001 0000")), now);  // of the session before
  EXPECT_FALSE(host.next_event());
}

// The common library gives a datagram up at an acknowledgement that it does not expect, and a client that leaves
// expects that of its leaving alone.
TEST_F(Enet, a_client_that_leaves_is_answered_with_nothing_else) {
  connect();
  datagrams();
  host.send(0, 0, std::as_bytes(std::span("on its way")), now);
  host.receive(client, reliable(1, "the last"), now);
  host.receive(client, from_client(hex("84 ff 0002 00000000")), now);
  const auto sent = datagrams();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(Bytes(sent[0].begin() + 2, sent[0].end()), hex("01 ff 0002 0002 0005"));
  EXPECT_EQ(messages(), std::vector<std::string>{"the last"});
}

TEST_F(Enet, the_host_says_goodbye_until_it_is_acknowledged) {
  connect();
  datagrams();
  host.disconnect(0, now);
  const auto sent = datagrams();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(Bytes(sent[0].begin() + 4, sent[0].end()), hex("84 ff 0002 00000000"));
  host.receive(client, from_client(hex("01 ff 0002 0002 0000")), now);
  const auto event = host.next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, EnetEvent::Kind::disconnected);
}

TEST_F(Enet, datagrams_from_elsewhere_do_nothing) {
  connect();
  host.receive(net::Address::v4_loopback(5001), reliable(1, "spoofed"), now);
  host.receive(net::Address::v4_loopback(5001), from_client(hex("84 ff 0002 00000000")), now);
  EXPECT_FALSE(host.next_event());
}

TEST_F(Enet, a_flood_of_messages_takes_bounded_memory) {
  connect();
  datagrams();
  // None of them in order: at most max_reordered wait, and the rest is not acknowledged.
  for (std::uint16_t i = 2; i < 5000; ++i) host.receive(client, reliable(i, "x"), now);
  host.receive(client, reliable(1, "x"), now);
  EXPECT_EQ(messages().size(), EnetPeer::max_reordered + 1);
  // And nobody fetches these.
  for (std::uint32_t i = 1; i < 5000; ++i) host.receive(client, reliable(static_cast<std::uint16_t>(i), "x", 1), now);
  EXPECT_LE(messages().size(), 1024U);
  EXPECT_LE(datagrams().size(), 4U);
}

TEST_F(Enet, only_as_many_clients_as_there_are_places) {
  connect();
  host.receive(net::Address::v4_loopback(1), connect_datagram("00000001"), now);
  host.receive(net::Address::v4_loopback(2), connect_datagram("00000002"), now);
  std::size_t verified = 0;
  while (const auto datagram = host.next_datagram(now)) verified += datagram->to.port == 1 ? 1 : 0;
  EXPECT_EQ(verified, 1U);
}

}  // namespace
}  // namespace pf::host::gamestream
