// The relay between real sockets on loopback.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/wire/bytes.h"
#include "support/relay.h"

namespace pf::test {
namespace {

constexpr milliseconds patience{2000};

std::unique_ptr<net::UdpSocket> bound() {
  return net::UdpSocket::bind(net::Address::v4_loopback(0)).value();
}

void say(net::UdpSocket& socket, const net::Address& to, std::string_view text) {
  ASSERT_TRUE(socket.send(to, {}, wire::as_bytes(text)));
}

struct Heard {
  std::string text;
  net::Address from;
};

// Until `count` datagrams are there or time is up.
std::vector<Heard> hear(net::UdpSocket& socket, std::size_t count, milliseconds wait = patience) {
  std::vector<Heard> heard;
  net::ReceiveBatch batch;
  const auto deadline = std::chrono::steady_clock::now() + wait;
  while (heard.size() < count && std::chrono::steady_clock::now() < deadline) {
    EXPECT_TRUE(socket.receive(batch, milliseconds{50}));
    for (const auto& datagram : batch.datagrams()) {
      heard.push_back(
          {{reinterpret_cast<const char*>(datagram.payload.data()), datagram.payload.size()}, datagram.from});
    }
  }
  return heard;
}

class MediaRelayTest : public testing::Test {
 protected:
  void start(RelayOptions options = {}) {
    options.host = host_->local();
    relay_ = Relay::start(options).value();
  }
  std::unique_ptr<net::UdpSocket> host_ = bound();
  std::unique_ptr<net::UdpSocket> client_ = bound();
  std::unique_ptr<Relay> relay_;
};

TEST_F(MediaRelayTest, carries_both_directions_and_tells_clients_apart) {
  start();
  auto other = bound();
  say(*client_, relay_->address(), "from one");
  say(*other, relay_->address(), "from two");
  const auto heard = hear(*host_, 2);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_NE(heard[0].from, heard[1].from);
  for (const auto& h : heard) say(*host_, h.from, "answer " + h.text);
  const auto answer = hear(*client_, 1);
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(answer[0].text, "answer from one");
  EXPECT_EQ(answer[0].from, relay_->address());
  EXPECT_EQ(hear(*other, 1).at(0).text, "answer from two");
  EXPECT_EQ(relay_->counters().clients, 2u);
}

TEST_F(MediaRelayTest, delays_by_what_it_was_told) {
  RelayOptions options;
  options.to_host.delay = milliseconds{60};
  start(options);
  const auto sent = std::chrono::steady_clock::now();
  say(*client_, relay_->address(), "late");
  ASSERT_EQ(hear(*host_, 1).size(), 1u);
  EXPECT_GE(std::chrono::steady_clock::now() - sent, milliseconds{60});
}

TEST_F(MediaRelayTest, loses_what_its_model_loses_and_counts_it) {
  RelayOptions options;
  options.to_host.loss = 0.5;
  start(options);
  for (int i = 0; i < 200; ++i) say(*client_, relay_->address(), std::to_string(i));
  const auto heard = hear(*host_, 200, milliseconds{500});
  EXPECT_LT(heard.size(), 150u);
  EXPECT_GT(heard.size(), 50u);
  EXPECT_EQ(relay_->counters().to_host.offered - relay_->counters().to_host.lost, heard.size());
}

TEST_F(MediaRelayTest, nothing_passes_while_it_is_cut) {
  start();
  say(*client_, relay_->address(), "before");
  ASSERT_EQ(hear(*host_, 1).size(), 1u);
  relay_->cut(true);
  say(*client_, relay_->address(), "during");
  EXPECT_TRUE(hear(*host_, 1, milliseconds{200}).empty());
  relay_->cut(false);
  say(*client_, relay_->address(), "after");
  EXPECT_EQ(hear(*host_, 1).at(0).text, "after");
  EXPECT_EQ(relay_->counters().to_host.cut, 1u);
}

TEST_F(MediaRelayTest, more_clients_than_it_has_room_for_are_not_served) {
  RelayOptions options;
  options.max_clients = 1;
  start(options);
  say(*client_, relay_->address(), "first");
  ASSERT_EQ(hear(*host_, 1).size(), 1u);
  auto other = bound();
  say(*other, relay_->address(), "second");
  EXPECT_TRUE(hear(*host_, 1, milliseconds{200}).empty());
}

}  // namespace
}  // namespace pf::test
