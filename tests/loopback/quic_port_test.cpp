#include "control/quic/quic_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <random>

#include "core/wire/bytes.h"
#include "support/quic_handler.h"

namespace pf::control {
namespace {

using namespace std::chrono_literals;
using wire::as_bytes;

const Identity& identity(int which) {
  static const Identity made[] = {Identity::generate("host").value(), Identity::generate("client").value(),
                                  Identity::generate("other").value()};
  return made[which];
}

/// Runs on the port's control thread and waits for it.
void on_control_thread(QuicPort& port, std::function<void()> task) {
  std::promise<void> done;
  port.post([&] {
    task();
    done.set_value();
  });
  done.get_future().get();
}

struct Server {
  std::shared_ptr<test::RecordingHandler> handler = std::make_shared<test::RecordingHandler>();
  std::mutex mutex;
  QuicConnection* connection = nullptr;
  Fingerprint peer{};
  int accepted = 0;
  std::unique_ptr<QuicPort> port;

  explicit Server(const net::Address& bind, const Identity& who = identity(0), QuicTimeouts timeouts = {}) {
    QuicPortOptions options;
    options.bind = bind;
    options.identity = who;
    options.timeouts = timeouts;
    port = QuicPort::listen(options, [this](QuicConnection& c) {
             const std::lock_guard lock(mutex);
             connection = &c;
             peer = c.peer();
             ++accepted;
             return handler;
           }).value();
  }
};

std::unique_ptr<QuicPort> client_port(const net::Address& bind = net::Address::v4_loopback(0),
                                      QuicTimeouts timeouts = {}) {
  QuicPortOptions options;
  options.bind = bind;
  options.identity = identity(1);
  options.timeouts = timeouts;
  return QuicPort::open(options).value();
}

class QuicPortTest : public testing::TestWithParam<net::Address> {};

TEST_P(QuicPortTest, carries_streams_and_datagrams_both_ways) {
  Server server(GetParam());
  auto client = client_port(GetParam());
  auto handler = std::make_shared<test::RecordingHandler>();
  const auto connection = client->connect(server.port->local(), identity(0).fingerprint, handler);
  ASSERT_TRUE(connection) << connection.error().message;
  on_control_thread(*client, [&] {
    EXPECT_TRUE((*connection)->send(Channel::control, as_bytes("hello")));
    EXPECT_TRUE((*connection)->send(Channel::input, as_bytes("key")));
    (*connection)->send_datagram(as_bytes("motion"));
  });
  EXPECT_TRUE(server.handler->wait_for_control("hello"));
  EXPECT_TRUE(server.handler->wait_for_input("key"));
  EXPECT_TRUE(server.handler->wait_for_datagram("motion"));
  EXPECT_EQ(server.peer, identity(1).fingerprint);
  on_control_thread(*server.port, [&] {
    EXPECT_TRUE(server.connection->send(Channel::control, as_bytes("welcome")));
    EXPECT_FALSE(server.connection->send(Channel::input, as_bytes("no")));
    server.connection->send_datagram(as_bytes("pong"));
  });
  EXPECT_TRUE(handler->wait_for_control("welcome"));
  EXPECT_TRUE(handler->wait_for_datagram("pong"));
}

INSTANTIATE_TEST_SUITE_P(Families, QuicPortTest,
                         testing::Values(net::Address::v4_loopback(0), net::Address::v6_loopback(0)),
                         [](const auto& tested) {
                           return tested.param.family == net::Address::Family::v4 ? "v4" : "v6";
                         });

class QuicPairTest : public testing::Test {
 protected:
  void connect(QuicTimeouts timeouts = {}) {
    server_ = std::make_unique<Server>(net::Address::v6_any(0), identity(0), timeouts);
    client_ = client_port(net::Address::v4_loopback(0), timeouts);
    auto connected =
        client_->connect(net::Address::v4_loopback(server_->port->local().port), identity(0).fingerprint, handler_);
    ASSERT_TRUE(connected) << connected.error().message;
    connection_ = *connected;
    on_control_thread(*client_, [&] { ASSERT_TRUE(connection_->send(Channel::control, as_bytes("x"))); });
    ASSERT_TRUE(server_->handler->wait_for_control("x"));
  }
  std::unique_ptr<Server> server_;
  std::unique_ptr<QuicPort> client_;
  std::shared_ptr<test::RecordingHandler> handler_ = std::make_shared<test::RecordingHandler>();
  std::shared_ptr<QuicConnection> connection_;
};

TEST_F(QuicPairTest, both_sides_export_the_same_media_secret) {
  connect();
  crypto::MediaSecret ours{};
  crypto::MediaSecret theirs{};
  on_control_thread(*client_, [&] { ours = connection_->media_secret().value(); });
  on_control_thread(*server_->port, [&] { theirs = server_->connection->media_secret().value(); });
  EXPECT_EQ(ours, theirs);
  EXPECT_NE(ours, crypto::MediaSecret{});
}

TEST_F(QuicPairTest, media_shares_the_port_and_does_not_touch_quic) {
  connect();
  std::promise<std::size_t> got;
  std::atomic<std::size_t> packets = 0;
  client_->set_media_handler([&](std::span<std::byte> packet, const net::Address&, TimePoint) {
    EXPECT_EQ(packet[0], std::byte{0x90});
    if (++packets == 50) got.set_value(packets);
  });
  std::shared_ptr<session::PacketSink> sink;
  on_control_thread(*server_->port, [&] { sink = server_->connection->media_sink(); });
  const std::vector<std::byte> train(50 * 1200, std::byte{0x90});
  ASSERT_TRUE(sink->send(train, 1200));
  ASSERT_EQ(got.get_future().wait_for(10s), std::future_status::ready);
  on_control_thread(*client_, [&] { ASSERT_TRUE(connection_->send(Channel::control, as_bytes("y"))); });
  EXPECT_TRUE(server_->handler->wait_for_control("xy"));
  client_->set_media_handler(nullptr);
}

TEST_F(QuicPairTest, a_close_carries_its_reason_after_what_was_sent_before) {
  connect();
  on_control_thread(*server_->port, [&] {
    ASSERT_TRUE(server_->connection->send(Channel::control, std::vector<std::byte>(100'000, std::byte{'z'})));
    server_->connection->close(7, "enough");
    EXPECT_FALSE(server_->connection->send(Channel::control, as_bytes("late")));
  });
  const auto closed = handler_->wait_for_close();
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->kind, CloseReason::Kind::peer);
  EXPECT_EQ(closed->code, 7u);
  EXPECT_EQ(closed->text, "enough");
  EXPECT_EQ(handler_->control_size(), 100'000u);
  EXPECT_EQ(server_->handler->wait_for_close()->kind, CloseReason::Kind::local);
}

TEST_F(QuicPairTest, a_megabyte_goes_through_in_order) {
  connect();
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i);
  for (std::size_t at = 0; at < text.size(); at += 60'000) {
    bool sent = false;
    while (!sent)
      on_control_thread(*client_, [&] {
        sent = connection_->send(Channel::control, as_bytes(std::string_view(text).substr(at, 60'000))).has_value();
      });
  }
  EXPECT_TRUE(server_->handler->wait_for_control("x" + text));
}

TEST_F(QuicPairTest, the_end_of_the_port_closes_the_connection) {
  connect();
  server_.reset();
  const auto closed = handler_->wait_for_close();
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->kind, CloseReason::Kind::peer);
}

TEST_F(QuicPairTest, keep_alive_holds_a_silent_connection_open) {
  connect({.idle = 600ms, .keep_alive = 150ms});
  EXPECT_FALSE(handler_->wait_for_close(1500ms));
}

TEST(QuicPort, a_host_that_is_not_there_is_a_timeout) {
  net::Address gone;
  {
    const auto socket = net::UdpSocket::bind(net::Address::v4_loopback(0)).value();
    gone = socket->local();
  }
  auto client = client_port(net::Address::v4_loopback(0), {.handshake = 500ms});
  const auto connection = client->connect(gone, std::nullopt, std::make_shared<test::RecordingHandler>());
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, ErrorCode::timeout);
  EXPECT_THAT(connection.error().message, testing::HasSubstr("no answer from 127.0.0.1"));
}

TEST(QuicPort, another_certificate_than_the_pinned_one_is_refused) {
  Server server(net::Address::v4_loopback(0));
  auto client = client_port();
  const auto connection =
      client->connect(server.port->local(), identity(2).fingerprint, std::make_shared<test::RecordingHandler>());
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, ErrorCode::unauthenticated);
}

TEST(QuicPort, two_clients_share_a_host) {
  Server server(net::Address::v4_loopback(0));
  auto first = client_port();
  auto second = client_port();
  const auto a = first->connect(server.port->local(), std::nullopt, std::make_shared<test::RecordingHandler>());
  const auto b = second->connect(server.port->local(), std::nullopt, std::make_shared<test::RecordingHandler>());
  ASSERT_TRUE(a && b);
  on_control_thread(*first, [&] { ASSERT_TRUE((*a)->send(Channel::control, as_bytes("1"))); });
  EXPECT_TRUE(server.handler->wait_for_control("1"));
  on_control_thread(*second, [&] { ASSERT_TRUE((*b)->send(Channel::control, as_bytes("2"))); });
  EXPECT_TRUE(server.handler->wait_for_control("12"));
}

TEST(QuicPort, garbage_changes_nothing) {
  Server server(net::Address::v4_loopback(0));
  const auto socket = net::UdpSocket::bind(net::Address::v4_loopback(0)).value();
  std::mt19937 random(11);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::byte> garbage(1 + random() % 1400);
    for (auto& byte : garbage) byte = static_cast<std::byte>(random());
    if (i % 4 == 0 && garbage.size() > 6) {
      garbage[0] = std::byte{0xC3};  // looks like an Initial of version 1
      for (std::size_t b = 1; b < 4; ++b) garbage[b] = std::byte{0};
      garbage[4] = std::byte{1};
    }
    (void)socket->send(server.port->local(), {}, garbage);
  }
  auto client = client_port();
  const auto connection =
      client->connect(server.port->local(), std::nullopt, std::make_shared<test::RecordingHandler>());
  ASSERT_TRUE(connection) << connection.error().message;
}

TEST(QuicPort, tasks_run_in_order_and_when_they_are_due) {
  auto port = client_port();
  std::mutex mutex;
  std::vector<int> ran;
  std::promise<void> done;
  const auto note = [&](int n) {
    const std::lock_guard lock(mutex);
    ran.push_back(n);
  };
  port->post(
      [&] {
        note(3);
        done.set_value();
      },
      100ms);
  port->post([&] { note(1); });
  port->post([&] { note(2); });
  ASSERT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_THAT(ran, testing::ElementsAre(1, 2, 3));
}

// The first byte of such an answer is otherwise arbitrary, and a client would take some of them for media.
TEST(QuicPort, its_answers_to_other_versions_of_quic_never_look_like_media) {
  Server server(net::Address::v4_loopback(0));
  std::vector<std::byte> packet(1200);
  wire::Writer to(packet);
  to.write(std::uint8_t{0xC0});
  to.write(std::uint32_t{0x4A3A2A1A});  // a version that exists to be unknown (RFC 9000, section 15)
  for (int id = 0; id < 2; ++id) {
    to.write(std::uint8_t{16});
    to.put(std::vector<std::byte>(16, std::byte{7}));
  }
  const auto socket = net::UdpSocket::bind(net::Address::v4_loopback(0)).value();
  net::ReceiveBatch batch;
  int answers = 0;
  for (int i = 0; i < 64; ++i) {
    ASSERT_TRUE(socket->send(server.port->local(), {}, packet));
    ASSERT_TRUE(socket->receive(batch, 5s));
    for (const auto& answer : batch.datagrams()) {
      ++answers;
      ASSERT_GT(answer.payload.size(), 5u);
      EXPECT_EQ(answer.payload[0] & std::byte{0xC0}, std::byte{0xC0});
      EXPECT_EQ(answer.payload[1], std::byte{0}) << "not a version negotiation";
    }
  }
  EXPECT_EQ(answers, 64);
}

}  // namespace
}  // namespace pf::control
