// A whole GameStream host over a fake platform, and a client that speaks to it as Moonlight does.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/gamestream/stream/server.h"
#include "support/fake_platform.h"
#include "support/gamestream_client.h"
#include "support/hex.h"
#include "support/relay.h"
#include "support/siege.h"

namespace pf::test {
namespace {

using namespace host::gamestream;
using Seen = GameStreamClient::Seen;

class GameStream : public testing::Test {
 protected:
  void SetUp() override { listen(net::Address::v4_loopback(0)); }
  void listen(const net::Address& at) {
    server.reset();
    ServerOptions options;
    options.bind = at;
    options.ports = ServerPorts::from_http(0);
    options.max_sessions = 2;
    options.news.streaming = [this](const Launch&, const Stage& stage, bool first) {
      const std::scoped_lock lock(mutex);
      news.push_back((first ? "first " : "again ") + stage.display);
    };
    options.news.waiting = [this](const Launch& launch) { note("waiting " + launch.client); };
    options.news.ended = [this](const Launch& launch) { note("ended " + launch.client); };
    auto made = GameStreamServer::create(options, platform, clock);
    ASSERT_TRUE(made) << made.error().message;
    server = std::move(*made);
  }
  void TearDown() override {
    server.reset();
    EXPECT_TRUE(world->displays().empty()) << "a display was left behind";
    EXPECT_EQ(world->frames_out(), 0);
  }
  void note(const std::string& line) {
    const std::scoped_lock lock(mutex);
    news.push_back(line);
  }
  std::vector<std::string> told() {
    const std::scoped_lock lock(mutex);
    return news;
  }
  GameStreamClientOptions launch(const std::string& client = "sofa", bool sealed = true) {
    auto launch = launch_of(client);
    launch.encrypted_rtsp = sealed;
    ++keys;
    for (std::size_t i = 0; i < launch.key.size(); ++i) launch.key[i] = static_cast<std::byte>(i * keys);
    const auto url = server->board().offer(launch);
    EXPECT_TRUE(url);
    EXPECT_EQ(url->scheme, sealed ? "rtspenc" : "rtsp");
    GameStreamClientOptions options;
    options.rtsp = url->port;
    options.sealed = sealed;
    options.key = launch.key;
    options.key_id = launch.key_id;
    return options;
  }
  static Launch launch_of(const std::string& client) {
    Launch launch;
    launch.client = launch.name = client;
    launch.remote = net::Address::v4_loopback(1);
    launch.key_id = -3;
    launch.mode = {320, 200, 60'000};
    return launch;
  }
  static void watch(GameStreamClient& client) {
    ASSERT_EQ(client.negotiate(), 200);
    ASSERT_TRUE(client.connect());
    ASSERT_TRUE(client.wait([](const Seen& seen) { return seen.frames >= 20; }));
    EXPECT_EQ(client.seen().broken, "");
  }
  static std::vector<std::byte> lost_frames(std::uint32_t first, std::uint32_t last) {
    std::vector<std::byte> message(16);
    for (std::size_t i = 0; i < 4; ++i) {
      message[i] = static_cast<std::byte>(first >> 8 * i);
      message[8 + i] = static_cast<std::byte>(last >> 8 * i);
    }
    return message;
  }
  SessionState state(const std::string& client = "sofa") {
    const auto view = server->board().current(client);
    return view ? view->state : SessionState::offered;
  }

  SteadyClock clock;
  std::shared_ptr<FakeWorld> world = std::make_shared<FakeWorld>();
  FakePlatform platform{world};
  std::mutex mutex;
  std::vector<std::string> news;
  std::size_t keys = 0;
  std::unique_ptr<GameStreamServer> server;
};

/// Thirty-two sockets at eight addresses that are no client's.
class Strangers {
 public:
  Strangers() {
    for (std::uint8_t i = 0; i < 32; ++i) {
      auto at = net::Address::v4_loopback(0);
      at.bytes[3] = static_cast<std::uint8_t>(2 + i % 8);
      sockets_.push_back(net::UdpSocket::bind(at).value());
    }
  }
  void say(std::size_t who, std::uint16_t port, std::span<const std::byte> bytes) const {
    (void)sockets_[who % sockets_.size()]->send(net::Address::v4_loopback(port), {}, bytes);
  }
  [[nodiscard]] std::size_t answered() const {
    net::ReceiveBatch batch;
    std::size_t answers = 0;
    for (const auto& socket : sockets_)
      if (socket->receive(batch, milliseconds{1})) answers += batch.datagrams().size();
    return answers;
  }

 private:
  std::vector<std::unique_ptr<net::UdpSocket>> sockets_;
};

TEST_F(GameStream, a_client_sees_hears_and_does) {
  GameStreamClient client(launch());
  watch(client);
  EXPECT_EQ(client.seen().first_frame, 1U);
  const auto last = client.seen().last_unit;
  const auto unit = ToyUnit::parse(std::as_bytes(std::span(last)));
  ASSERT_TRUE(unit);
  EXPECT_EQ(unit->width, 320U);
  EXPECT_TRUE(client.wait([](const Seen& seen) { return seen.sound_packets >= 40; }));
  client.input(hex("03000000 00 4180 00 0000"));
  client.input(hex("07000000 0005 fffe"));
  EXPECT_TRUE(world->wait_until([&] {
    const auto done = world->injected();
    return std::ranges::find(done, "key 30 down") != done.end() && std::ranges::find(done, "move 5 -2") != done.end();
  }));
  EXPECT_EQ(told(), (std::vector<std::string>{"first " + world->displays().at(0)}));
}

TEST_F(GameStream, a_client_sees_and_hears_over_ipv6) {
  listen(net::Address::v6_loopback(0));
  auto order = launch_of("sofa");
  order.remote = net::Address::v6_loopback(1);
  const auto url = server->board().offer(order);
  ASSERT_TRUE(url);
  GameStreamClientOptions options;
  options.host = net::Address::v6_loopback(0);
  options.rtsp = url->port;
  options.sealed = false;
  GameStreamClient client(options);
  watch(client);
  EXPECT_TRUE(client.wait([](const Seen& seen) { return seen.sound_packets >= 40; }));
}

TEST_F(GameStream, the_keyframe_waits_until_the_client_shows_where_it_is) {
  GameStreamClient client(launch());
  ASSERT_EQ(client.negotiate(), 200);
  ASSERT_TRUE(world->wait_until([&] { return !world->displays().empty(); }));
  std::this_thread::sleep_for(milliseconds{200});  // a dozen frames
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client.wait([](const Seen& seen) { return seen.frames >= 20; }));
  EXPECT_EQ(client.seen().first_frame, 1U);
  EXPECT_GE(client.seen().keyframes, 1U);
}

TEST_F(GameStream, an_idr_comes_when_it_is_asked_for) {
  GameStreamClient client(launch());
  watch(client);
  const auto before = client.seen().keyframes;
  client.send(0x0302, hex("0000"), 1);
  EXPECT_TRUE(client.wait([&](const Seen& seen) { return seen.keyframes > before; }));
}

TEST_F(GameStream, a_lost_frame_is_met_by_one_that_does_without_it) {
  GameStreamClient client(launch());
  watch(client);
  EXPECT_NE(client.seen().described.find("refPicInvalidation:1"), std::string::npos);
  const auto before = client.seen();
  ASSERT_EQ(before.repairs, 0U);
  client.send(0x0301, lost_frames(before.last_frame - 1, before.last_frame), 1);
  ASSERT_TRUE(client.wait([&](const Seen& seen) { return seen.repairs == 1; }));
  ASSERT_TRUE(client.wait([&](const Seen& seen) { return seen.frames >= before.frames + 20; }));
  EXPECT_EQ(client.seen().keyframes, before.keyframes);
  EXPECT_EQ(client.seen().repairs, 1U);
}

TEST_F(GameStream, a_loss_that_no_reference_is_left_of_is_met_by_an_idr) {
  GameStreamClient client(launch());
  watch(client);
  const auto before = client.seen();
  client.send(0x0301, lost_frames(1, before.last_frame), 1);
  ASSERT_TRUE(client.wait([&](const Seen& seen) { return seen.keyframes > before.keyframes; }));
  ASSERT_TRUE(client.wait([&](const Seen& seen) { return seen.frames >= before.frames + 20; }));
  EXPECT_EQ(client.seen().repairs, 0U);
}

TEST_F(GameStream, touch_pen_and_sensors_are_offered_where_they_can_be_passed_on) {
  const auto features = [&] {
    GameStreamClient client(launch());
    EXPECT_EQ(client.negotiate(), 200);
    const auto described = client.seen().described;
    const std::string name = "a=x-ss-general.featureFlags:";
    const auto at = described.find(name);
    return at == std::string::npos ? -1 : described[at + name.size()] - '0';
  };
  EXPECT_EQ(features(), 3);
  world->refuse_gamepads = true;
  EXPECT_EQ(features(), 1);
  world->refuse_touch = true;
  EXPECT_EQ(features(), 0);
}

TEST_F(GameStream, touch_and_pen_reach_the_display) {
  GameStreamClient client(launch());
  watch(client);
  client.input(hex("02000055 01 00 0000 07000000 0000003f 0000803e 0000803f 00000000 00000000"));
  client.input(hex("03000055 01 01 00 00 0000003f 0000803e 0000803f 5a00 1e 00 00000000 00000000"));
  EXPECT_TRUE(world->wait_until([&] {
    const auto done = world->injected();
    const auto any = [&](const std::string& what) {
      return std::ranges::any_of(done, [&](const auto& line) { return line.starts_with(what); });
    };
    return any("touch 7 down 32768 16384") && any("pen touches 32768 16384");
  })) << testing::PrintToString(world->injected());
}

TEST_F(GameStream, what_games_do_to_a_gamepad_reaches_the_client) {
  GameStreamClient client(launch());
  watch(client);
  const auto heard = [&](std::string_view message) {
    return client.wait(
        [&](const Seen& seen) { return std::ranges::find(seen.messages, hex(message)) != seen.messages.end(); });
  };
  client.input(hex("04000055 01 02 ff00 ffff0000"));  // a DualSense with everything
  EXPECT_TRUE(heard("0155 0500 0100 6400 01")) << "acceleration is asked for";
  EXPECT_TRUE(heard("0155 0500 0100 6400 02")) << "so is rotation";
  client.input(hex("0c000000 1a00 0100 0200 1400 0010 00 00 0000 0000 0000 0000 9c00 0000 5500"));
  EXPECT_TRUE(heard("0b01 0a00 00000000 0100 e803 d007")) << "rumble";
  EXPECT_TRUE(heard("0055 0600 0100 0000 0000")) << "of the triggers";
  EXPECT_TRUE(heard("0255 0500 0100 10 20 30")) << "light";
}

TEST_F(GameStream, colours_and_references_are_those_that_the_client_announces) {
  auto options = launch();
  options.csc_mode = 5;  // Rec. 2020, full
  options.max_references = 1;
  GameStreamClient client(options);
  watch(client);
  EXPECT_EQ(world->encoder_asked().colour, (host::Colour{host::ColourMatrix::rec2020, true}));
  EXPECT_EQ(world->encoder_asked().max_references, 1U);
}

TEST_F(GameStream, packets_are_marked_for_routers_where_the_client_wants_it) {
  for (const bool marked : {true, false}) {
    auto options = launch();
    options.marked_media = marked;
    GameStreamClient client(options);
    watch(client);
    ASSERT_TRUE(client.wait([](const Seen& seen) { return seen.sound_packets >= 8; }));
    EXPECT_EQ(client.seen().video_marks, std::set{marked ? 34U : 0U});
    EXPECT_EQ(client.seen().sound_marks, std::set{marked ? 46U : 0U});
    client.leave();
  }
}

TEST_F(GameStream, everything_is_encrypted_where_the_client_wants_it) {
  auto options = launch();
  options.encrypted_media = true;
  options.channels = 6;
  GameStreamClient client(options);
  watch(client);
  EXPECT_TRUE(client.wait([](const Seen& seen) { return seen.sound_packets >= 40; }));
}

TEST_F(GameStream, plain_rtsp_serves_old_clients_and_no_others) {
  const auto options = launch("old", false);
  GameStreamClient client(options);
  watch(client);
  launch("new", true);
  auto plain = options;
  plain.sealed = true;
  plain.key[0] ^= std::byte{1};
  EXPECT_EQ(GameStreamClient(plain).negotiate(), 0) << "of a key that nobody has";
}

TEST_F(GameStream, lost_packets_of_video_and_sound_are_rebuilt) {
  std::map<std::uint16_t, std::unique_ptr<Relay>> relays;
  auto options = launch();
  options.via = [&](std::uint16_t port) {
    auto& relay = relays[port];
    if (!relay) {
      RelayOptions network;
      network.host = net::Address::v4_loopback(port);
      network.to_client = {.seed = 5, .loss = 0.05};
      relay = Relay::start(network).value();
    }
    return relay->address();
  };
  GameStreamClient client(options);
  ASSERT_EQ(client.negotiate(), 200);
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(client.wait(
      [](const Seen& seen) { return seen.frames >= 60 && seen.rebuilt_packets >= 5 && seen.rebuilt_sound >= 5; }));
  const auto seen = client.seen();
  EXPECT_EQ(seen.broken, "");
  EXPECT_GE(seen.frames * 10, (seen.last_frame - seen.first_frame) * 9) << "of all frames, nine in ten arrive";
}

TEST_F(GameStream, quitting_says_why_and_takes_the_display_away) {
  GameStreamClient client(launch());
  watch(client);
  server->board().end("sofa", EndReason::quit);
  ASSERT_TRUE(client.wait([](const Seen& seen) { return seen.termination.has_value(); }));
  EXPECT_EQ(client.seen().termination, 0x80030023U);
  EXPECT_TRUE(world->wait_until([&] { return world->displays().empty(); }));
  EXPECT_TRUE(world->wait_until([&] { return told().back() == "ended sofa"; }));
  EXPECT_FALSE(server->board().current("sofa"));
  EXPECT_TRUE(client.wait([](const Seen& seen) { return seen.disconnected; }));
}

TEST_F(GameStream, a_client_that_left_comes_back_to_its_display) {
  {
    GameStreamClient client(launch());
    watch(client);
    client.leave();
    ASSERT_TRUE(world->wait_until([&] { return state() == SessionState::waiting; }));
  }
  EXPECT_EQ(world->displays().size(), 1U);
  GameStreamClient again(launch());
  watch(again);
  EXPECT_EQ(state(), SessionState::streaming);
  EXPECT_EQ(again.seen().first_frame, 1U);
  EXPECT_GE(again.seen().keyframes, 1U);
  EXPECT_EQ(world->displays_made(), 1);
  EXPECT_EQ(told(), (std::vector<std::string>{"first " + world->displays().at(0), "waiting sofa",
                                              "again " + world->displays().at(0)}));
}

TEST_F(GameStream, two_clients_have_a_display_each_and_a_third_none) {
  GameStreamClient sofa(launch("sofa"));
  GameStreamClient desk(launch("desk"));
  watch(sofa);
  watch(desk);
  EXPECT_EQ(world->displays().size(), 2U);
  const auto refused = server->board().offer(launch_of("third"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::exhausted);
  server->board().end("sofa", EndReason::quit);
  const auto before = desk.seen().frames;
  EXPECT_TRUE(desk.wait([&](const Seen& seen) { return seen.frames > before + 20; }));
}

TEST_F(GameStream, a_broken_encoder_ends_the_session_with_a_code_of_its_own) {
  GameStreamClient client(launch());
  watch(client);
  world->fail_encode = true;
  ASSERT_TRUE(client.wait([](const Seen& seen) { return seen.termination.has_value(); }));
  EXPECT_EQ(client.seen().termination, 0x800e9403U);
  EXPECT_FALSE(server->board().current("sofa"));
}

TEST_F(GameStream, strangers_get_nothing_and_disturb_nobody) {
  const auto options = launch();
  EXPECT_EQ(exchange_rtsp(options.rtsp, "OPTIONS / RTSP/1.0\r\nCSeq: 1\r\n\r\n"), "") << "the session is sealed";
  GameStreamClient client(options);
  watch(client);
  const Strangers strangers;
  auto ping = hex("7878787878787878 7878787878787878 00000000");  // a token of nobody's
  const auto old_ping = hex("50494e47");
  const auto siege = besiege(client, 20'000, 20, [&](std::size_t i) {
    ping[i % 16] ^= std::byte{1};
    const std::span<const std::byte> said(i % 3 == 0 ? old_ping : ping);
    strangers.say(i, i % 2 == 0 ? client.video_port() : client.sound_port(), said.first(said.size() - i % 5 / 4));
  });
  EXPECT_TRUE(siege.keeps_pace());
  EXPECT_LE(siege.bytes_per_attempt, 10);
  EXPECT_EQ(strangers.answered(), 0U);
}

// Who has read a token on the way could turn the stream on somebody else by a ping under another's address.
TEST_F(GameStream, a_ping_from_another_address_moves_no_stream) {
  GameStreamClient client(launch());
  watch(client);
  const Strangers strangers;
  const auto token = client.ping_token() + std::string("\0\0\0\7", 4);
  const auto siege = besiege(client, 20'000, 20, [&](std::size_t i) {
    strangers.say(i, client.video_port(), std::as_bytes(std::span(token)));
  });
  EXPECT_TRUE(siege.keeps_pace());
  EXPECT_LE(siege.bytes_per_attempt, 10);
  EXPECT_EQ(strangers.answered(), 0U);
}

TEST_F(GameStream, a_flood_on_the_control_port_lets_nobody_in_and_the_stream_go_on) {
  GameStreamClient client(launch());
  watch(client);
  const Strangers strangers;
  // ENet's CONNECT with the data of nobody's session, and noise.
  auto connect =
      hex("8fff0000 82ff0001 0000 00 00 00000578 00008000 00000030 00000000 00000000 00001388 00000002 00000002 "
          "00000000 00000000");
  const auto siege = besiege(client, 20'000, 20, [&](std::size_t i) {
    for (std::size_t at = 0; at < 4; ++at)
      connect[connect.size() - 1 - at] = static_cast<std::byte>(i * 7919 >> 8 * at);
    const std::span<const std::byte> bytes(connect);
    strangers.say(i, client.control_port(), i % 2 == 0 ? bytes : bytes.first(i % bytes.size()));
  });
  EXPECT_TRUE(siege.keeps_pace());
  EXPECT_LE(siege.bytes_per_attempt, 10);
  EXPECT_EQ(strangers.answered(), 0U);
  client.input(hex("03000000 00 4180 00 0000"));
  EXPECT_TRUE(world->wait_until([&] { return !world->injected().empty(); })) << "the control stream goes on";
}

TEST_F(GameStream, what_cannot_be_streamed_is_not_offered) {
  auto odd = launch_of("sofa");
  odd.mode = {10, 10, 60'000};
  EXPECT_FALSE(server->board().offer(odd));
  odd.mode = {320, 200, 60'000};
  odd.channels = 5;
  EXPECT_FALSE(server->board().offer(odd));
  EXPECT_FALSE(server->board().current("sofa"));
}

}  // namespace
}  // namespace pf::test
