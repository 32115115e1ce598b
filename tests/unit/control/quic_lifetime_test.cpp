// How a connection lives on, moves and ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quic_lab.h"

namespace pf::control {
namespace {

using namespace std::chrono_literals;
using test::quic_address;
using test::QuicLab;
using test::QuicPacket;
using testing::Each;
using testing::HasSubstr;
using wire::as_bytes;

void send_media(QuicLab::End& end) {
  const std::vector<std::byte> packet(100, std::byte{0x90});
  ASSERT_TRUE(end.connection->media_sink()->send(packet, 100));
}

TEST(QuicLifetime, keep_alives_hold_a_silent_connection_for_an_hour_and_cost_little) {
  QuicLab lab({}, {.delay = 10ms}, {.delay = 10ms});
  lab.connect();
  lab.steps = 0;
  lab.run(1h);
  EXPECT_FALSE(lab.client->handler->closed());
  EXPECT_FALSE(lab.host->handler->closed());
  EXPECT_LT(lab.steps, 150'000u);  // some 40 a second
}

TEST(QuicLifetime, a_connection_that_says_a_word_a_day_lives_for_ten_years) {
  QuicLab lab({.idle = 48h, .keep_alive = 12h}, {.delay = 10ms}, {.delay = 10ms});
  lab.connect();
  std::string said;
  for (int day = 0; day < 3650; ++day) {
    lab.run(24h);
    ASSERT_FALSE(lab.client->handler->closed() || lab.host->handler->closed()) << "on day " << day;
    ASSERT_TRUE(lab.client->connection->send(Channel::control, as_bytes("day")));
    said += "day";
  }
  ASSERT_TRUE(lab.run_until([&] { return lab.host->handler->control() == said; }));
}

TEST(QuicLifetime, a_vanished_host_is_noticed_in_under_three_seconds) {
  QuicLab lab({}, {.delay = 10ms}, {.delay = 10ms});
  lab.connect();
  lab.run(5s);
  const auto gone = lab.clock.now();
  lab.host.reset();
  ASSERT_TRUE(lab.run_until([&] { return lab.client->handler->closed().has_value(); }));
  EXPECT_EQ(lab.client->handler->closed()->kind, CloseReason::Kind::idle);
  EXPECT_LT(lab.clock.now() - gone, 3s);
}

TEST(QuicLifetime, a_vanished_client_is_noticed_in_under_three_seconds) {
  QuicLab lab;
  lab.connect();
  lab.run(5s);
  const auto gone = lab.clock.now();
  lab.client.reset();
  ASSERT_TRUE(lab.run_until([&] { return lab.host->handler->closed().has_value(); }));
  EXPECT_EQ(lab.host->handler->closed()->kind, CloseReason::Kind::idle);
  EXPECT_LT(lab.clock.now() - gone, 3s);
  lab.run(1s);
  EXPECT_EQ(lab.host->endpoint->connections(), 0u);
}

TEST(QuicLifetime, an_outage_shorter_than_the_idle_time_is_lived_through) {
  QuicLab lab({}, {.delay = 10ms}, {.delay = 10ms});
  lab.connect();
  lab.run(1s);
  lab.on_packet = [](QuicPacket&) { return false; };
  ASSERT_TRUE(lab.client->connection->send(Channel::control, as_bytes("patience")));
  lab.run(1200ms);
  lab.on_packet = nullptr;
  EXPECT_TRUE(lab.run_until([&] { return lab.host->handler->control() == "patience"; }, 2s));
}

TEST(QuicLifetime, a_restarted_host_says_that_it_has_forgotten) {
  QuicLab lab({}, {.delay = 10ms}, {.delay = 10ms});
  lab.connect();
  lab.run(5s);
  const auto restarted = lab.clock.now();
  lab.host = lab.make_host();
  ASSERT_TRUE(lab.run_until([&] { return lab.client->handler->closed().has_value(); }));
  EXPECT_EQ(lab.client->handler->closed()->kind, CloseReason::Kind::transport);
  EXPECT_THAT(lab.client->handler->closed()->text, HasSubstr("restarted"));
  EXPECT_LT(lab.clock.now() - restarted, 700ms);  // by the next keep-alive
}

TEST(QuicLifetime, a_close_waits_for_what_was_sent_before_and_carries_its_reason) {
  const test::ImpairmentOptions network{.seed = 3, .loss = 0.1, .delay = 5ms};
  QuicLab lab({}, network, network);
  lab.connect();
  ASSERT_TRUE(lab.client->connection->send(Channel::control, as_bytes("hello")));  // which opens the stream
  ASSERT_TRUE(lab.run_until([&] { return lab.host->handler->control() == "hello"; }));
  ASSERT_TRUE(lab.host->connection->send(Channel::control, as_bytes(std::string(5'000, 'z'))));
  lab.host->connection->close(7, "enough");
  const auto late = lab.host->connection->send(Channel::control, as_bytes("late"));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::closed);
  ASSERT_TRUE(lab.run_until([&] { return lab.client->handler->closed().has_value(); }));
  EXPECT_EQ(lab.client->handler->control().size(), 5'000u);
  EXPECT_EQ(lab.client->handler->closed()->kind, CloseReason::Kind::peer);
  EXPECT_EQ(lab.client->handler->closed()->code, 7u);
  EXPECT_EQ(lab.client->handler->closed()->text, "enough");
  EXPECT_EQ(lab.host->handler->closed()->kind, CloseReason::Kind::local);
  lab.run(1s);
  EXPECT_EQ(lab.host->endpoint->connections(), 0u);
  EXPECT_EQ(lab.client->endpoint->connections(), 0u);
}

TEST(QuicLifetime, a_close_does_not_wait_longer_than_200_ms) {
  QuicLab lab;
  lab.connect();
  lab.on_packet = [](QuicPacket&) { return false; };
  ASSERT_TRUE(lab.host->connection->send(Channel::control, as_bytes("nobody hears this")));
  const auto start = lab.clock.now();
  lab.host->connection->close(1, "bye");
  ASSERT_TRUE(lab.run_until([&] { return lab.host->handler->closed().has_value(); }));
  EXPECT_EQ(lab.clock.now() - start, 200ms);
}

TEST(QuicLifetime, a_lost_close_is_said_again) {
  QuicLab lab({.keep_alive = 100ms});
  lab.connect();
  lab.run(1s);
  bool lost = false;
  lab.on_packet = [&](QuicPacket&) { return std::exchange(lost, true); };
  lab.host->connection->close(9, "again");
  ASSERT_TRUE(lab.run_until([&] { return lab.client->handler->closed().has_value(); }));
  EXPECT_EQ(lab.client->handler->closed()->code, 9u);
}

TEST(QuicLifetime, a_reason_that_is_no_text_does_not_reach_the_log) {
  QuicLab lab;
  lab.connect();
  lab.host->connection->close(1, "\xff\xfe");
  ASSERT_TRUE(lab.run_until([&] { return lab.client->handler->closed().has_value(); }));
  EXPECT_EQ(lab.client->handler->closed()->text, "");
}

TEST(QuicLifetime, the_end_of_an_endpoint_is_told_to_its_peers) {
  QuicLab lab;
  lab.connect();
  lab.host->endpoint->shut_down(lab.clock.now());
  ASSERT_TRUE(lab.run_until([&] { return lab.client->handler->closed().has_value(); }));
  EXPECT_EQ(lab.client->handler->closed()->kind, CloseReason::Kind::peer);
  EXPECT_FALSE(lab.host->handler->closed());
}

TEST(QuicLifetime, media_goes_nowhere_once_the_connection_is_closed) {
  QuicLab lab;
  lab.connect();
  const auto sink = lab.host->connection->media_sink();
  send_media(*lab.host);
  EXPECT_THAT(lab.host->media->sent, testing::ElementsAre(lab.client->address));
  lab.host->connection->close(0, "");
  lab.run(1s);
  lab.host->connection.reset();
  EXPECT_TRUE(sink->send(std::vector<std::byte>(10), 10));
  EXPECT_EQ(lab.host->media->sent.size(), 1u);
}

// A home router forgets its mapping, or a laptop goes from cable to Wi-Fi: the same client at another address.
TEST(QuicLifetime, a_client_that_moves_keeps_its_connection_and_media_follows_the_proof) {
  QuicLab lab({}, {.delay = 10ms}, {.delay = 10ms});
  lab.connect();
  lab.run(1s);
  const auto before = lab.client->address;
  const auto after = quic_address(77, 7777);
  bool proved = false;
  lab.on_packet = [&](QuicPacket& packet) {
    if (packet.from == before) packet.from = after;
    if (packet.to == before) return false;  // nobody is there any more
    if (packet.to == after) packet.to = before;
    return true;
  };
  const auto moved = lab.clock.now();
  while (lab.clock.now() - moved < 3s) {
    lab.run(10ms);
    lab.host->media->sent.clear();
    send_media(*lab.host);
    const auto to = lab.host->media->sent.at(0);
    proved = proved || to == after;
    EXPECT_EQ(to, proved ? after : before);
  }
  EXPECT_TRUE(proved);
  EXPECT_EQ(lab.host->connection->remote(), after);
  EXPECT_TRUE(lab.client->connection->send(Channel::control, as_bytes("still here")));
  EXPECT_TRUE(lab.run_until([&] { return lab.host->handler->control() == "still here"; }));
  EXPECT_FALSE(lab.client->handler->closed());
}

// Somebody on the way sends the client's own packets from another's address.
TEST(QuicLifetime, a_forged_address_gets_no_media_and_little_of_quic) {
  QuicLab lab({}, {.delay = 10ms}, {.delay = 10ms});
  lab.connect();
  lab.run(1s);
  const auto victim = quic_address(200, 9);
  std::uint64_t forged = 0;
  int count = 0;
  lab.on_packet = [&](QuicPacket& packet) {
    if (packet.from == lab.client->address && count < 3) {
      packet.from = victim;
      forged += packet.bytes.size();
      ++count;
    }
    return true;
  };
  for (int i = 0; i < 500; ++i) {
    lab.run(10ms);
    send_media(*lab.host);
  }
  EXPECT_EQ(count, 3);
  EXPECT_THAT(lab.host->media->sent, Each(lab.client->address));
  EXPECT_LE(lab.bytes_to[victim], 3 * forged);
  EXPECT_FALSE(lab.client->handler->closed());
}

}  // namespace
}  // namespace pf::control
