// A whole GameStream host over a fake platform, from the first request of a stranger to the end of its trust.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>

#include "control/trust/trust_store.h"
#include "host/gamestream/service/service.h"
#include "support/fake_launcher.h"
#include "support/fake_platform.h"
#include "support/hex.h"
#include "support/moonlight_host.h"
#include "support/relay.h"
#include "support/siege.h"
#include "support/tcp_stranger.h"
#include "support/temporary_folder.h"

namespace pf::test {
namespace {

using namespace host::gamestream;
using Seen = GameStreamClient::Seen;

const control::Identity& host_identity() {
  static const auto identity = *control::Identity::generate("box", control::KeyKind::rsa2048);
  return identity;
}

class GameStreamService : public testing::Test {
 protected:
  void start(OtherClients others = OtherClients::beside, const net::Address& bind = net::Address::v4_loopback(0)) {
    ServiceOptions options;
    options.bind = bind;
    options.http = 0;
    options.name = "box";
    options.id = "00ff";
    options.identity = host_identity();
    options.others = others;
    options.unix_time = [] { return std::int64_t{0}; };
    auto made = Service::start(options, *trust, platform, launcher, clock);
    ASSERT_TRUE(made) << made.error().message;
    service = std::move(*made);
  }
  void TearDown() override {
    service.reset();
    EXPECT_TRUE(world->displays().empty()) << "a display was left behind";
  }
  /// One that the user has typed the PIN in for.
  MoonlightHost paired(const std::string& name, const MoonlightIdentity& identity = MoonlightIdentity::make(),
                       const std::string& address = "127.0.0.1") {
    MoonlightHost client(service->http_port(), service->https_port(), identity, address);
    auto outcome = std::async(std::launch::async, [&] { return client.pair("4711"); });
    EXPECT_TRUE(world->wait_until([&] { return service->enter_pin("4711", name, "").has_value(); }));
    EXPECT_EQ(outcome.get(), "");
    return client;
  }
  static std::unique_ptr<GameStreamClient> watch(MoonlightHost& host, const std::string& verb = "launch") {
    const auto options = host.start(verb, {320, 200, 60'000});
    EXPECT_NE(options.rtsp, 0) << host.answer.body;
    auto client = std::make_unique<GameStreamClient>(options);
    EXPECT_EQ(client->negotiate(), 200);
    EXPECT_TRUE(client->connect());
    EXPECT_TRUE(client->wait([](const Seen& seen) { return seen.frames >= 10; }));
    return client;
  }

  SteadyClock clock;
  std::shared_ptr<FakeWorld> world = std::make_shared<FakeWorld>();
  FakePlatform platform{world};
  FakeLauncher launcher;
  std::unique_ptr<control::TrustStore> trust = control::TrustStore::in_memory();
  std::unique_ptr<Service> service;
};

TEST_F(GameStreamService, a_stranger_pairs_by_the_pin_that_it_shows_and_streams) {
  start();
  auto host = paired("sofa");
  ASSERT_EQ(trust->peers().size(), 1U);
  EXPECT_EQ(trust->peers()[0].name, "sofa");
  const auto client = watch(host);
  const auto sessions = service->sessions();
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].protocol, "gamestream");
  EXPECT_EQ(sessions[0].client, "sofa");
  EXPECT_EQ(sessions[0].fingerprint, control::to_hex(trust->peers()[0].fingerprint));
  EXPECT_EQ(sessions[0].app, "Desktop");
  EXPECT_EQ(sessions[0].display, world->displays().at(0));
  EXPECT_EQ(sessions[0].mode, (Mode{320, 200, 60'000}));
  EXPECT_EQ(sessions[0].state, host::SessionState::streaming);
  EXPECT_GE(sessions[0].counters.frames_encoded, 10U);
  EXPECT_EQ(sessions[0].cipher, std::nullopt) << "the client has asked for none";
  EXPECT_EQ(host.get("/cancel").element("cancel"), "1");
  EXPECT_TRUE(world->wait_until([&] { return world->displays().empty(); }));
  EXPECT_TRUE(service->sessions().empty());
}

TEST_F(GameStreamService, a_client_whose_trust_ends_loses_its_session_at_once_and_is_refused) {
  start();
  auto host = paired("sofa");
  const auto client = watch(host);
  ASSERT_TRUE(trust->remove("sofa"));
  EXPECT_TRUE(client->wait([](const Seen& seen) { return seen.termination.has_value(); }));
  EXPECT_TRUE(world->wait_until([&] { return world->displays().empty(); }));
  EXPECT_EQ(host.start("launch", {320, 200, 60'000}).rtsp, 0);
  EXPECT_EQ(host.answer.attribute("status_code"), "401");
}

TEST_F(GameStreamService, removed_clients_do_not_come_back_with_the_next_one_or_a_restart) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "clients";
  trust = control::TrustStore::open(file).value();
  start();
  const auto old = MoonlightIdentity::make();
  const auto older = MoonlightIdentity::make();
  const auto fresh = MoonlightIdentity::make();
  const auto status = [&](const MoonlightIdentity& identity) {
    return https_get(service->https_port(), "/applist", identity).attribute("status_code");
  };
  paired("older", older);
  paired("old", old);
  EXPECT_EQ(status(older), "200");
  EXPECT_EQ(status(old), "200");
  ASSERT_TRUE(trust->remove("older"));
  ASSERT_TRUE(trust->remove("old"));
  ASSERT_TRUE(trust->peers().empty());
  paired("fresh", fresh);
  const auto only_the_new_one_is_in = [&] {
    EXPECT_EQ(status(fresh), "200");
    EXPECT_EQ(status(old), "401");
    EXPECT_EQ(status(older), "401");
    EXPECT_EQ(trust->peers().size(), 1U);
  };
  only_the_new_one_is_in();
  service.reset();
  trust = control::TrustStore::open(file).value();
  start();
  only_the_new_one_is_in();
}

TEST_F(GameStreamService, a_client_that_left_resumes) {
  start();
  auto host = paired("sofa");
  watch(host)->leave();
  ASSERT_TRUE(world->wait_until([&] { return service->sessions().at(0).state == host::SessionState::waiting; }));
  watch(host, "resume");
  EXPECT_EQ(world->displays_made(), 1);
}

TEST_F(GameStreamService, a_second_client_stands_beside_the_first_unless_the_user_says_otherwise) {
  start();
  auto sofa = paired("sofa");
  auto desk = paired("desk");
  const auto first = watch(sofa);
  const auto second = watch(desk);
  EXPECT_EQ(world->displays().size(), 2U);
  EXPECT_FALSE(first->seen().termination);
}

TEST_F(GameStreamService, a_second_client_is_refused_where_the_user_wants_one_at_a_time) {
  start(OtherClients::refuse);
  auto sofa = paired("sofa");
  auto desk = paired("desk");
  const auto first = watch(sofa);
  EXPECT_EQ(desk.start("launch", {320, 200, 60'000}).rtsp, 0);
  EXPECT_NE(desk.answer.attribute("status_message").find("one at a time"), std::string::npos);
  const auto before = first->seen().frames;
  EXPECT_TRUE(first->wait([&](const Seen& seen) { return seen.frames > before + 10; }));
}

TEST_F(GameStreamService, a_second_client_takes_the_place_where_the_user_allows_it) {
  start(OtherClients::replace);
  auto sofa = paired("sofa");
  auto desk = paired("desk");
  const auto first = watch(sofa);
  const auto second = watch(desk);
  EXPECT_TRUE(first->wait([](const Seen& seen) { return seen.termination.has_value(); }));
  EXPECT_TRUE(world->wait_until([&] { return world->displays().size() == 1; }));
  const auto sessions = service->sessions();
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].client, "desk");
}

TEST_F(GameStreamService, the_host_ends_while_a_client_waits_for_its_pin) {
  start();
  MoonlightHost client(service->http_port(), service->https_port(), MoonlightIdentity::make());
  auto outcome = std::async(std::launch::async, [&] { return client.pair("4711"); });
  ASSERT_TRUE(world->wait_until([&] { return service->waiting().size() == 1; }));
  service.reset();
  EXPECT_NE(outcome.get(), "");
}

// Each takes a place for the two that may wait of one address, or is refused; none keeps anything.
TEST_F(GameStreamService, ten_thousand_attempts_to_pair_trust_nobody_and_the_stream_goes_on) {
  start();
  auto host = paired("sofa");
  const auto client = watch(host);
  const MoonlightPairing stranger(MoonlightIdentity::make(), "0000");
  const std::string bytes(64, 'a');
  const auto target = [&](std::size_t i) {
    const auto id = "&uniqueid=" + std::to_string(i % 5'000);
    switch (i % 8) {
      case 5: return "/pair?clientchallenge=" + bytes.substr(0, 32) + id;  // of no attempt, or out of turn
      case 6: return "/pair?serverchallengeresp=" + bytes + id;            // likewise
      case 7: return "/pair?clientpairingsecret=" + bytes + bytes + id;    // likewise
      default:
        return "/pair?phrase=getservercert&salt=" + stranger.salt() + "&clientcert=" + stranger.certificate() + id;
    }
  };
  std::deque<TcpStranger> waiting;
  std::size_t most_waiting = 0;
  const auto siege = besiege(*client, 10'000, 4, [&](std::size_t i) {
    waiting.emplace_back(service->http_port(), "127.0.0." + std::to_string(2 + i % 3),
                         "GET " + target(i) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    if (waiting.size() > 10) waiting.pop_front();
    if (i % 500 == 0) most_waiting = std::max(most_waiting, service->waiting().size());
  });
  EXPECT_TRUE(siege.keeps_pace());
  EXPECT_GE(siege.a_minute, 10'000);
  EXPECT_LE(siege.bytes_per_attempt, 20);
  EXPECT_GE(most_waiting, 1U);
  EXPECT_LE(most_waiting, 6U) << "two of each address";
  EXPECT_EQ(trust->peers().size(), 1U);
  EXPECT_EQ(host.get("/serverinfo").element("PairStatus"), "1") << "and who is paired is answered";
}

// Somebody guesses while the user types the PIN that another client shows, and the steps of a pairing that went well
// come again, under its client's name and others'.
TEST_F(GameStreamService, guessed_pins_and_replayed_steps_are_refused_at_any_rate_and_the_stream_goes_on) {
  start();
  auto host = paired("sofa");
  const auto client = watch(host);
  std::vector<std::string> recorded;
  const auto pair = [&](MoonlightPairing& pairing, const std::string& id) {
    const auto step = [&](const std::string& what) {
      recorded.push_back("/pair?uniqueid=" + id + "&" + what);
      return http_get(service->http_port(), recorded.back());
    };
    const auto one = step("phrase=getservercert&salt=" + pairing.salt() + "&clientcert=" + pairing.certificate());
    if (one.element("paired") != "1") return one;
    pairing.take_host_certificate(one.element("plaincert"));
    const auto two = step("clientchallenge=" + pairing.challenge());
    (void)step("serverchallengeresp=" + pairing.answer(two.element("challengeresponse")));
    return step("clientpairingsecret=" + pairing.secret());
  };
  std::jthread user([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      (void)service->enter_pin("4711", "desk", "127.0.0.1");
      std::this_thread::sleep_for(milliseconds{1});
    }
  });
  MoonlightPairing good(MoonlightIdentity::make(), "4711");
  ASSERT_EQ(pair(good, "desk").element("paired"), "1");
  ASSERT_EQ(recorded.size(), 4U);
  const auto steps = std::exchange(recorded, {});

  std::atomic<std::size_t> guesses = 0;
  std::atomic<std::size_t> let_in = 0;
  MoonlightPairing guesser(MoonlightIdentity::make(), "0000");
  std::jthread guessing([&](const std::stop_token& stop) {
    for (; !stop.stop_requested(); ++guesses, recorded.clear())
      if (pair(guesser, "guesser").element("paired") != "0") ++let_in;
  });
  const auto siege = besiege(*client, 3'000, 4, [&](std::size_t i) {
    auto target = steps[1 + i % 3];
    if (i % 2 == 0) target.replace(target.find("desk"), 4, "other" + std::to_string(i % 500));
    if (http_get(service->http_port(), target).element("paired") != "0") ++let_in;
  });
  guessing.request_stop();
  guessing.join();
  std::printf("%zu guesses of a PIN besides\n", guesses.load());
  EXPECT_TRUE(siege.keeps_pace());
  EXPECT_GE(siege.a_minute, 10'000);
  EXPECT_LE(siege.bytes_per_attempt, 20);
  EXPECT_GE(guesses, 10U);
  EXPECT_EQ(let_in, 0U);
  EXPECT_EQ(trust->peers().size(), 2U);
}

TEST_F(GameStreamService, connections_that_say_nothing_or_never_end_keep_no_stream_from_going_on) {
  start();
  auto host = paired("sofa");
  const auto options = host.start("launch", {320, 200, 60'000});
  GameStreamClient client(options);
  ASSERT_EQ(client.negotiate(), 200);
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client.wait([](const Seen& seen) { return seen.frames >= 10; }));
  const std::vector<std::pair<std::uint16_t, std::string>> beginnings = {
      {service->http_port(), "GET /serverinfo HT"},
      {service->https_port(), "\x16\x03\x01"},
      {options.rtsp, "OPTIONS rtsp://a RTSP/1.0\r\nCSe"},
      {options.rtsp, ""},
      {service->http_port(), ""},
      {service->https_port(), ""}};
  std::deque<TcpStranger> slow;
  const auto come = [&](std::size_t i) {
    const auto& [port, text] = beginnings[i % beginnings.size()];
    slow.emplace_back(port, "127.0.0." + std::to_string(2 + i / beginnings.size() % 8), text);
    if (slow.size() > 600) slow.pop_front();
    if (i % 20 == 0) slow[i * 7 % slow.size()].say("a");  // a byte now and then
  };
  for (std::size_t i = 0; i < 600; ++i) come(i);  // every place is taken, and has its memory
  const auto siege = besiege(client, 6'000, 4, come);
  EXPECT_TRUE(siege.keeps_pace());
  EXPECT_LE(siege.bytes_per_attempt, 200);
  EXPECT_EQ(host.get("/serverinfo").element("PairStatus"), "1") << "they have no more places than their addresses get";
  EXPECT_EQ(host.get("/cancel").element("cancel"), "1");
  watch(host);
}

TEST_F(GameStreamService, clients_of_ipv6_and_of_ipv4_stream_side_by_side_from_one_set_of_ports) {
  start(OtherClients::beside, net::Address::v6_any(0));
  auto six = paired("six", MoonlightIdentity::make(), "::1");
  auto four = paired("four");
  auto options = six.start("launch", {320, 200, 60'000});
  ASSERT_NE(six.answer.element("sessionUrl0").find("//[::1]:"), std::string::npos) << six.answer.body;
  std::unique_ptr<Relay> enet;  // between its library's IPv4 and the host's IPv6
  std::unique_ptr<GameStreamClient> client;
  options.via = [&](std::uint16_t port) {
    if (port != client->control_port()) return net::Address::v6_loopback(port);
    RelayOptions bridge;
    bridge.host = net::Address::v6_loopback(port);
    if (!enet) enet = Relay::start(bridge).value();
    return enet->address();
  };
  client = std::make_unique<GameStreamClient>(options);
  ASSERT_EQ(client->negotiate(), 200);
  ASSERT_TRUE(client->connect());
  EXPECT_TRUE(client->wait([](const Seen& seen) { return seen.frames >= 30 && seen.sound_packets >= 40; }));
  const auto beside = watch(four);
  EXPECT_EQ(client->seen().broken + beside->seen().broken, "");
  client->input(hex("03000000 00 4180 00 0000"));
  EXPECT_TRUE(world->wait_until([&] { return !world->injected().empty(); }));
  EXPECT_EQ(six.get("/cancel").element("cancel"), "1");
  EXPECT_TRUE(client->wait([](const Seen& seen) { return seen.termination.has_value(); }));
  const auto before = beside->seen().frames;
  EXPECT_TRUE(beside->wait([&](const Seen& seen) { return seen.frames > before + 10; }));
}

TEST_F(GameStreamService, a_port_that_is_taken_is_named) {
  std::string named;
  // One beside it may happen to be taken as well, and is named instead.
  for (int i = 0; i < 10; ++i) {
    start();
    ServiceOptions options;
    options.bind = net::Address::v4_loopback(0);
    options.http = service->http_port();
    options.identity = host_identity();
    const auto second = Service::start(options, *trust, platform, launcher, clock);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::busy);
    named = second.error().message;
    if (named.find(std::to_string(options.http)) != std::string::npos) return;
  }
  FAIL() << named;
}

}  // namespace
}  // namespace pf::test
