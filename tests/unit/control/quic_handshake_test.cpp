// How a connection comes about: who proves what to whom, and what happens when somebody does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quic_lab.h"

namespace pf::control {
namespace {

using namespace std::chrono_literals;
using test::quic_identity;
using test::QuicLab;
using test::QuicPacket;
using testing::HasSubstr;
using wire::as_bytes;

TEST(QuicHandshake, both_sides_learn_the_others_fingerprint_and_export_the_same_secret) {
  QuicLab lab;
  lab.connect();
  EXPECT_EQ(lab.client->connection->peer(), quic_identity(0).fingerprint);
  EXPECT_EQ(lab.host->connection->peer(), quic_identity(1).fingerprint);
  const auto ours = lab.client->connection->media_secret();
  ASSERT_TRUE(ours);
  EXPECT_EQ(*ours, lab.host->connection->media_secret().value());

  auto second = lab.make_client(3);
  lab.others.push_back(second.get());
  lab.start_connect(*second);
  ASSERT_TRUE(lab.run_until([&] { return second->connection != nullptr; }));
  EXPECT_NE(*ours, second->connection->media_secret().value());
}

TEST(QuicHandshake, takes_one_round_trip_before_the_first_byte_can_leave) {
  QuicLab lab({}, {.delay = 20ms}, {.delay = 20ms});
  const auto start = lab.clock.now();
  lab.start_connect(*lab.client);
  ASSERT_TRUE(lab.run_until([&] { return lab.client->connection != nullptr; }));
  EXPECT_EQ(lab.clock.now() - start, 40ms);
  ASSERT_TRUE(lab.client->connection->send(Channel::control, as_bytes("hello")));
  ASSERT_TRUE(lab.run_until([&] { return lab.host->handler->control() == "hello"; }));
  EXPECT_LT(lab.clock.now() - start, 65ms);  // and a little pacing
}

TEST(QuicHandshake, gets_through_when_a_fifth_of_the_packets_is_lost) {
  int succeeded = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    QuicLab lab({.handshake = 20s}, {.seed = seed, .loss = 0.2, .delay = 10ms},
                {.seed = seed + 1000, .loss = 0.2, .delay = 10ms});
    lab.start_connect(*lab.client);
    succeeded += lab.run_until([&] { return lab.client->connection && lab.host->connection; }, 20s) ? 1 : 0;
  }
  EXPECT_EQ(succeeded, 40);
}

TEST(QuicHandshake, another_certificate_than_the_pinned_one_ends_it_and_the_host_hears_why) {
  QuicLab lab;
  lab.start_connect(*lab.client, quic_identity(2).fingerprint);
  ASSERT_TRUE(lab.run_until([&] { return lab.client->error.has_value(); }));
  EXPECT_EQ(lab.client->error->code, ErrorCode::unauthenticated);
  EXPECT_THAT(lab.client->error->message, HasSubstr("another certificate"));
  lab.run(1s);
  EXPECT_FALSE(lab.client->connection);
  EXPECT_EQ(lab.client->endpoint->connections(), 0u);
  EXPECT_EQ(lab.host->endpoint->connections(), 0u);
}

TEST(QuicHandshake, without_a_pin_any_certificate_will_do) {
  QuicLab lab;
  lab.start_connect(*lab.client, std::nullopt);
  EXPECT_TRUE(lab.run_until([&] { return lab.client->connection != nullptr; }));
}

TEST(QuicHandshake, silence_is_a_timeout_after_the_time_that_was_given) {
  QuicLab lab;
  lab.host.reset();
  const auto start = lab.clock.now();
  lab.host = nullptr;
  lab.client->endpoint->connect(
      lab.client->address, test::quic_address(1, default_port), std::nullopt, lab.client->handler,
      [&](auto result) { lab.client->error = result.error(); }, lab.clock.now());
  ASSERT_TRUE(lab.run_until([&] { return lab.client->error.has_value(); }));
  EXPECT_EQ(lab.client->error->code, ErrorCode::timeout);
  EXPECT_GE(lab.clock.now() - start, 5000ms);
  EXPECT_LE(lab.clock.now() - start, 5100ms);
  lab.run(1s);
  EXPECT_EQ(lab.client->endpoint->connections(), 0u);
}

TEST(QuicHandshake, a_host_that_comes_up_late_is_still_reached) {
  QuicLab lab;
  const auto start = lab.clock.now();
  lab.on_packet = [&](QuicPacket& packet) {
    return packet.to.port != default_port || lab.clock.now() - start > 3200ms;
  };
  lab.start_connect(*lab.client);
  ASSERT_TRUE(lab.run_until([&] { return lab.client->connection || lab.client->error; }));
  EXPECT_TRUE(lab.client->connection) << lab.client->error->message;
}

TEST(QuicHandshake, a_host_may_refuse_whom_it_does_not_want) {
  QuicLab lab;
  lab.host->accepting = false;
  lab.start_connect(*lab.client);
  ASSERT_TRUE(lab.run_until([&] { return lab.client->handler->closed().has_value(); }));
  EXPECT_EQ(lab.client->handler->closed()->kind, CloseReason::Kind::peer);
  EXPECT_EQ(lab.client->handler->closed()->text, "refused");
}

TEST(QuicHandshake, many_half_open_handshakes_make_newcomers_prove_their_address) {
  QuicLab lab;
  std::vector<std::unique_ptr<QuicLab::End>> silent;
  for (std::uint8_t i = 0; i < 8; ++i) {
    silent.push_back(lab.make_client(static_cast<std::uint8_t>(100 + i)));
    lab.start_connect(*silent.back());  // its packets leave, and it is never heard of again
  }
  lab.run(1ms);
  ASSERT_EQ(lab.host->endpoint->connections(), 8u);

  int retries = 0;
  lab.on_packet = [&](QuicPacket& packet) {
    retries += (packet.bytes[0] & std::byte{0xF0}) == std::byte{0xF0} && packet.to == lab.client->address ? 1 : 0;
    return true;
  };
  lab.start_connect(*lab.client);
  ASSERT_TRUE(lab.run_until([&] { return lab.client->connection != nullptr; }, 2s));
  EXPECT_EQ(retries, 1);
  EXPECT_TRUE(lab.client->connection->send(Channel::control, as_bytes("x")));
  EXPECT_TRUE(lab.run_until([&] { return lab.host->handler->control() == "x"; }, 2s));
}

TEST(QuicHandshake, half_open_handshakes_do_not_keep_a_client_out_of_a_full_host) {
  QuicLab lab;
  lab.host = lab.make_host(4);
  std::vector<std::unique_ptr<QuicLab::End>> silent;
  for (std::uint8_t i = 0; i < 6; ++i) {
    silent.push_back(lab.make_client(static_cast<std::uint8_t>(100 + i)));
    lab.start_connect(*silent.back());
  }
  lab.run(1ms);
  EXPECT_EQ(lab.host->endpoint->connections(), 4u);
  lab.connect();
  EXPECT_LE(lab.host->endpoint->connections(), 4u);
}

TEST(QuicHandshake, a_host_full_of_live_connections_takes_no_more) {
  QuicLab lab;
  lab.host = lab.make_host(1);
  lab.connect();
  auto second = lab.make_client(3);
  lab.others.push_back(second.get());
  lab.start_connect(*second);
  ASSERT_TRUE(lab.run_until([&] { return second->error.has_value(); }));
  EXPECT_EQ(second->error->code, ErrorCode::timeout);
  EXPECT_FALSE(lab.client->handler->closed());
}

}  // namespace
}  // namespace pf::control
