#include "core/net/udp_socket.h"

#include <gtest/gtest.h>

#include <thread>
#ifdef __linux__
#include <netinet/udp.h>

#include "core/net/socket_api.h"
#endif

namespace pf::net {
namespace {

using namespace std::chrono_literals;

std::vector<std::byte> bytes(std::size_t size, int value) {
  return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

/// Receives until `count` datagrams are there or nothing comes for two seconds.
std::vector<Datagram> receive(UdpSocket& socket, std::size_t count, std::vector<std::vector<std::byte>>& payloads) {
  ReceiveBatch batch;
  std::vector<Datagram> all;
  while (all.size() < count) {
    EXPECT_TRUE(socket.receive(batch, 2000ms));
    if (batch.datagrams().empty()) break;
    for (const auto& datagram : batch.datagrams()) {
      all.push_back(datagram);
      payloads.emplace_back(datagram.payload.begin(), datagram.payload.end());
    }
  }
  return all;
}

class UdpSocketTest : public testing::TestWithParam<Address> {};

TEST_P(UdpSocketTest, carries_datagrams_both_ways) {
  const auto a = UdpSocket::bind(GetParam()).value();
  const auto b = UdpSocket::bind(GetParam()).value();
  ASSERT_NE(a->local().port, 0);
  ASSERT_TRUE(a->send(b->local(), {}, bytes(100, 1)));
  std::vector<std::vector<std::byte>> payloads;
  const auto got = receive(*b, 1, payloads);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].from, a->local());
  EXPECT_EQ(payloads[0], bytes(100, 1));
  ASSERT_TRUE(b->send(got[0].from, {.from = &got[0].to}, bytes(7, 2)));
  payloads.clear();
  ASSERT_EQ(receive(*a, 1, payloads).size(), 1u);
  EXPECT_EQ(payloads[0], bytes(7, 2));
}

TEST_P(UdpSocketTest, segments_arrive_as_the_datagrams_that_they_are) {
  const auto a = UdpSocket::bind(GetParam()).value();
  const auto b = UdpSocket::bind(GetParam()).value();
  std::vector<std::byte> train;
  constexpr std::size_t segment = 1200;
  for (int i = 0; i < 100; ++i) {
    const auto part = bytes(i == 99 ? 55 : segment, i);
    train.insert(train.end(), part.begin(), part.end());
  }
  ASSERT_TRUE(a->send_segments(b->local(), {}, train, segment));
  std::vector<std::vector<std::byte>> payloads;
  receive(*b, 100, payloads);
  ASSERT_EQ(payloads.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(payloads[static_cast<std::size_t>(i)], bytes(i == 99 ? 55 : segment, i)) << i;
}

#ifdef __linux__
TEST_P(UdpSocketTest, marks_packets_for_routers) {
  const auto a = UdpSocket::bind(GetParam()).value();
  const auto b = UdpSocket::bind(GetParam()).value();
  for (const auto dscp : {Dscp::video, Dscp::audio, Dscp::best_effort}) {
    ASSERT_TRUE(a->send(b->local(), {.dscp = dscp}, bytes(100, 1)));
    ASSERT_TRUE(a->send_segments(b->local(), {.dscp = dscp}, bytes(4000, 1), 1000));
    std::vector<std::vector<std::byte>> payloads;
    const auto got = receive(*b, 5, payloads);
    ASSERT_EQ(got.size(), 5U);
    for (const auto& datagram : got) {
      EXPECT_EQ(datagram.dscp, dscp);
      EXPECT_EQ(datagram.ecn, 0);
    }
  }
}

// Paths that do less, made of what the kernel itself refuses: a socket without checksums gets no segmentation (EINVAL).
class LesserPathTest : public testing::Test {
 protected:
  /// The descriptor behind a socket of ours, told by its port.
  static int descriptor_of(const UdpSocket& socket) {
    for (int fd = 0; fd < 1024; ++fd) {
      sockaddr_in name{};
      socklen_t size = sizeof name;
      if (getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0 && name.sin_family == AF_INET &&
          ntohs(name.sin_port) == socket.local().port)
        return fd;
    }
    return -1;
  }
  static void set(const UdpSocket& socket, int level, int option, int value) {
    ASSERT_EQ(setsockopt(descriptor_of(socket), level, option, &value, sizeof value), 0);
  }
  void expect_trains_to_arrive() {
    constexpr std::size_t segment = 1200;
    for (int round = 0; round < 5; ++round) {
      std::vector<std::byte> train;
      for (int i = 0; i < 70; ++i) {
        const auto part = bytes(i == 69 ? 55 : segment, i);
        train.insert(train.end(), part.begin(), part.end());
      }
      ASSERT_TRUE(from_->send_segments(to_->local(), {}, train, segment));
      std::vector<std::vector<std::byte>> payloads;
      receive(*to_, 70, payloads);
      ASSERT_EQ(payloads.size(), 70u);
      for (int i = 0; i < 70; ++i) EXPECT_EQ(payloads[static_cast<std::size_t>(i)], bytes(i == 69 ? 55 : segment, i));
    }
  }

  std::unique_ptr<UdpSocket> from_ = UdpSocket::bind(Address::v4_loopback(0)).value();
  std::unique_ptr<UdpSocket> to_ = UdpSocket::bind(Address::v4_loopback(0)).value();
};

TEST_F(LesserPathTest, a_path_that_refuses_segmentation_gets_the_datagrams_one_by_one) {
  set(*from_, SOL_SOCKET, SO_NO_CHECK, 1);
  expect_trains_to_arrive();
}

TEST_F(LesserPathTest, a_path_that_begins_to_refuse_loses_nothing) {
  expect_trains_to_arrive();
  set(*from_, SOL_SOCKET, SO_NO_CHECK, 1);
  expect_trains_to_arrive();
  set(*from_, SOL_SOCKET, SO_NO_CHECK, 0);
  expect_trains_to_arrive();
}

TEST_F(LesserPathTest, datagrams_that_nobody_coalesces_arrive_as_well) {
  set(*to_, SOL_UDP, UDP_GRO, 0);
  expect_trains_to_arrive();
  set(*from_, SOL_SOCKET, SO_NO_CHECK, 1);
  expect_trains_to_arrive();
}

TEST_F(LesserPathTest, a_datagram_that_is_too_long_for_any_path_is_an_error_and_no_refusal) {
  const auto sent = from_->send_segments(to_->local(), {}, bytes(65'508, 1), 65'508);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::unsupported);
  expect_trains_to_arrive();
}
#endif

INSTANTIATE_TEST_SUITE_P(Families, UdpSocketTest, testing::Values(Address::v4_loopback(0), Address::v6_loopback(0)),
                         [](const auto& tested) { return tested.param.family == Address::Family::v4 ? "v4" : "v6"; });

TEST(UdpSocket, one_socket_serves_both_families) {
  const auto server = UdpSocket::bind(Address::v6_any(0)).value();
  const auto port = server->local().port;
  for (const auto& [from, to] : {std::pair{Address::v4_loopback(0), Address::v4_loopback(port)},
                                 std::pair{Address::v6_loopback(0), Address::v6_loopback(port)}}) {
    const auto client = UdpSocket::bind(from).value();
    ASSERT_TRUE(client->send(to, {}, bytes(3, 9)));
    std::vector<std::vector<std::byte>> payloads;
    const auto got = receive(*server, 1, payloads);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].from, client->local());
    ASSERT_TRUE(server->send(got[0].from, {.from = &got[0].to}, bytes(4, 8)));
    payloads.clear();
    ASSERT_EQ(receive(*client, 1, payloads).size(), 1u);
  }
}

TEST(UdpSocket, a_taken_port_is_said_to_be_taken) {
  const auto first = UdpSocket::bind(Address::v4_loopback(0)).value();
  const auto second = UdpSocket::bind(first->local());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::busy);
  EXPECT_EQ(second.error().message,
            "UDP port " + std::to_string(first->local().port) + " is in use by another program");
}

TEST(UdpSocket, an_interrupt_ends_the_wait) {
  const auto socket = UdpSocket::bind(Address::v4_loopback(0)).value();
  ReceiveBatch batch;
  socket->interrupt();
  ASSERT_TRUE(socket->receive(batch, 60'000ms));
  EXPECT_TRUE(batch.datagrams().empty());
  std::jthread other([&] { socket->interrupt(); });
  ASSERT_TRUE(socket->receive(batch, 60'000ms));
}

TEST(UdpSocket, the_wait_ends_by_itself) {
  const auto socket = UdpSocket::bind(Address::v4_loopback(0)).value();
  ReceiveBatch batch;
  ASSERT_TRUE(socket->receive(batch, 1ms));
  EXPECT_TRUE(batch.datagrams().empty());
}

TEST(UdpSocket, a_port_that_nobody_reads_does_not_break_the_sender) {
  const auto socket = UdpSocket::bind(Address::v4_loopback(0)).value();
  Address gone;
  {
    const auto other = UdpSocket::bind(Address::v4_loopback(0)).value();
    gone = other->local();
  }
  ReceiveBatch batch;
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(socket->send(gone, {}, bytes(10, i)));
    EXPECT_TRUE(socket->receive(batch, 1ms));
  }
}

}  // namespace
}  // namespace pf::net
