// Who is let in: pairing, strangers, and clients that break the rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "support/host_fixture.h"

namespace pf::host {
namespace {

using test::RawClient;
using test::Viewer;
using testing::HasSubstr;

class HostGate : public test::HostFixture {};

TEST_F(HostGate, a_stranger_is_refused_whatever_it_says) {
  serve();
  const std::vector<wire::ControlMessage> messages{
      wire::Hello{},        wire::Welcome{},         wire::Refusal{},
      wire::Start{},        wire::Started{},         wire::Reconfigure{},
      wire::Reconfigured{}, wire::RequestKeyframe{}, wire::InvalidateFrames{},
      wire::SetBitrate{},   wire::ClientStats{},     wire::HostStats{},
      wire::Goodbye{},      wire::Paired{}};
  for (const auto& message : messages) {
    SCOPED_TRACE(message.index());
    auto client = raw(3);
    client->say(message);
    const auto refusal = client->hear<wire::Refusal>();
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->code, wire::RefusalCode::not_paired);
    EXPECT_THAT(refusal->text, HasSubstr("punktfunk-host pair"));
    EXPECT_TRUE(client->wait_for_close());
    EXPECT_EQ(client->messages_left(), 0u);
  }
  EXPECT_EQ(world->displays_made(), 0);
}

TEST_F(HostGate, a_strangers_input_unknown_messages_and_garbage_are_refused_alike) {
  serve();
  const auto refused = [](RawClient& client) {
    const auto refusal = client.hear<wire::Refusal>();
    return refusal && refusal->code == wire::RefusalCode::not_paired && client.wait_for_close();
  };
  auto typist = raw(3);
  typist->say_bytes(wire::encode_input(wire::KeyEvent{.code = 30, .pressed = true}), control::Channel::input);
  // Without a control stream there is nothing to answer on but the close itself.
  const auto reason = typist->wait_for_close();
  ASSERT_TRUE(reason);
  EXPECT_THAT(reason->text, HasSubstr("not paired"));
  EXPECT_TRUE(world->injected().empty());
  auto newcomer = raw(3);  // a message of a later version
  newcomer->say_bytes({std::byte{2}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0xff}, std::byte{0x7f}});
  EXPECT_TRUE(refused(*newcomer));
  auto vandal = raw(3);
  vandal->say_bytes(std::vector<std::byte>(100, std::byte{0xff}));
  EXPECT_TRUE(refused(*vandal));
}

TEST_F(HostGate, a_strangers_datagrams_are_not_answered) {
  serve();
  auto client = raw(3);
  for (std::uint32_t i = 0; i < 10; ++i) {
    client->say_datagram(wire::ClockPing{i, i});
    client->say_datagram(wire::MotionDatagram{{.sequence = i + 1, .total_dx = 16}});
  }
  client->hello();
  EXPECT_TRUE(client->wait_for_close());
  EXPECT_EQ(client->datagrams(), 0u);
  EXPECT_TRUE(world->injected().empty());
}

TEST_F(HostGate, a_silent_stranger_is_shown_out) {
  options.stranger_limit = milliseconds{200};
  serve();
  auto client = raw(3);
  const auto reason = client->wait_for_close();
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->kind, control::CloseReason::Kind::peer);
}

TEST_F(HostGate, a_crowd_of_strangers_leaves_room_for_a_paired_client) {
  options.max_strangers = 3;
  serve();
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (int i = 0; i < 3; ++i) crowd.push_back(raw(3));
  auto one_more = RawClient::connect(identity(3), server->local());
  if (one_more) {
    EXPECT_TRUE(one_more->wait_for_close());
  }
  Viewer viewer;
  const auto link = connect(viewer);
  EXPECT_TRUE(viewer.wait_for_unit());
}

TEST_F(HostGate, pairing_is_closed_until_it_is_opened) {
  serve();
  const auto paired = control::pair_with_host(identity(3), "stranger", server->local(), "123456");
  ASSERT_FALSE(paired);
  EXPECT_EQ(paired.error().code, ErrorCode::refused);
  EXPECT_THAT(paired.error().message, HasSubstr("punktfunk-host pair"));
}

TEST_F(HostGate, a_wrong_pin_fails_and_the_right_one_lets_the_client_stream) {
  serve();
  ASSERT_TRUE(pairing.open("123456"));
  const auto wrong = control::pair_with_host(identity(3), "stranger", server->local(), "654321");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::unauthenticated);
  EXPECT_FALSE(trust->find(identity(3).fingerprint));

  // One attempt a second.
  const auto first = clock.now();
  ASSERT_TRUE(world->wait_until([&] { return clock.now() - first > milliseconds{1100}; }));
  const auto right = control::pair_with_host(identity(3), "stranger\x1b[2J", server->local(), "123456");
  ASSERT_TRUE(right) << right.error().message;
  EXPECT_EQ(right->fingerprint, identity(0).fingerprint);
  EXPECT_EQ(right->name, "test host");
  const auto kept = trust->find(identity(3).fingerprint);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->name, "stranger?[2J");
  EXPECT_FALSE(pairing.is_open());

  Viewer viewer;
  const auto link = connect(viewer, 3);
  EXPECT_TRUE(viewer.wait_for_unit());
}

TEST_F(HostGate, a_wrong_proof_is_answered_with_wrong_pin) {
  serve();
  ASSERT_TRUE(pairing.open("123456"));
  auto client = raw(3);
  auto attempt = control::ClientPairing::create("123456", identity(0).fingerprint, identity(3).fingerprint, "x");
  ASSERT_TRUE(attempt);
  client->say(attempt->share());
  const auto share = client->hear<wire::PairShare>();
  ASSERT_TRUE(share);
  auto confirm = attempt->on_share(*share);
  ASSERT_TRUE(confirm);
  confirm->confirmation[0] ^= std::byte{1};
  client->say(*confirm);
  const auto refusal = client->hear<wire::Refusal>();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, wire::RefusalCode::wrong_pin);
  EXPECT_TRUE(client->wait_for_close());
  EXPECT_FALSE(trust->find(identity(3).fingerprint));
}

TEST_F(HostGate, versions_without_overlap_are_named_in_the_refusal) {
  serve();
  auto client = raw(1);
  wire::Hello hello;
  hello.min_version = 7;
  hello.max_version = 9;
  client->say(hello);
  const auto refusal = client->hear<wire::Refusal>();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, wire::RefusalCode::version);
  EXPECT_THAT(refusal->text, HasSubstr("7 to 9"));
  EXPECT_THAT(refusal->text, HasSubstr("1 to 1"));
  EXPECT_TRUE(client->wait_for_close());
}

TEST_F(HostGate, a_newer_client_that_still_speaks_our_version_is_welcome) {
  serve();
  auto client = raw(1);
  wire::Hello hello;
  hello.min_version = 1;
  hello.max_version = 9;
  client->say(hello);
  const auto welcome = client->hear<wire::Welcome>();
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->version, wire::protocol_version);
}

TEST_F(HostGate, messages_out_of_order_or_of_the_wrong_side_end_the_connection_with_a_reason) {
  serve();
  const auto expect_goodbye = [&](const std::function<void(RawClient&)>& misbehave) {
    auto client = raw(1);
    misbehave(*client);
    const auto goodbye = client->hear<wire::Goodbye>();
    ASSERT_TRUE(goodbye);
    EXPECT_EQ(goodbye->reason, wire::GoodbyeReason::protocol_error);
    EXPECT_FALSE(goodbye->text.empty());
    const auto reason = client->wait_for_close();
    ASSERT_TRUE(reason);
    EXPECT_EQ(reason->code, static_cast<std::uint64_t>(wire::GoodbyeReason::protocol_error));
  };
  expect_goodbye([](RawClient& client) { client.start(); });
  expect_goodbye([](RawClient& client) {
    client.hello();
    client.hello();
  });
  expect_goodbye([](RawClient& client) {
    client.hello();
    client.say(wire::Welcome{});
  });
  expect_goodbye([](RawClient& client) {
    client.hello();
    client.say_bytes(std::vector<std::byte>(64, std::byte{0xff}));
  });
  expect_goodbye([](RawClient& client) {
    client.hello();
    client.say_bytes(std::vector<std::byte>(64, std::byte{0}), control::Channel::input);
  });
}

TEST_F(HostGate, a_message_of_a_later_version_is_skipped) {
  serve();
  auto client = raw(1);
  client->hello();
  client->say_bytes({std::byte{2}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0xff}, std::byte{0x7f}});
  client->start();
  EXPECT_TRUE(client->hear<wire::Started>());
}

TEST_F(HostGate, the_host_survives_garbage_and_keeps_streaming_to_others) {
  serve();
  Viewer viewer;
  const auto link = connect(viewer, 2);
  ASSERT_TRUE(viewer.wait_for_unit());
  std::mt19937 random(7);
  for (int round = 0; round < 12; ++round) {
    auto client = raw(1);
    if (round % 2 == 0) client->hello();
    if (round % 4 == 0) client->start();
    std::vector<std::byte> garbage(1 + random() % 3000);
    for (auto& byte : garbage) byte = static_cast<std::byte>(random());
    // Half of it behind a plausible length, so that the decoder gets to see it too.
    if (round % 3 == 0) garbage = wire::encode_control(wire::Start{});
    if (round % 3 == 0) garbage.back() ^= std::byte{0x55};
    client->say_bytes(garbage, round % 5 == 0 ? control::Channel::input : control::Channel::control);
  }
  EXPECT_TRUE(viewer.wait_for_unit([](const auto&) { return true; }, viewer.units()));
  EXPECT_EQ(server->status().sessions.size() >= 1, true);
}

TEST_F(HostGate, a_key_held_by_a_client_that_breaks_the_rules_is_let_go_of) {
  serve();
  auto client = raw(1);
  client->hello();
  client->start();
  ASSERT_TRUE(client->hear<wire::Started>());
  client->say_bytes(wire::encode_input(wire::KeyEvent{.code = 30, .pressed = true}), control::Channel::input);
  ASSERT_TRUE(world->wait_until([&] { return !world->injected().empty(); }));
  client->say(wire::Welcome{});
  EXPECT_TRUE(world->wait_until([&] { return world->injected().back() == "release all"; }));
  EXPECT_TRUE(wait_for_displays(0));
}

}  // namespace
}  // namespace pf::host
