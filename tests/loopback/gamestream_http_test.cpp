// The two TCP ports from outside: what strangers, impostors and paired clients get.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "host/gamestream/http/http_server.h"
#include "host/gamestream/http/requests.h"
#include "support/moonlight_http.h"
#include "support/tcp_stranger.h"
#include "support/temporary_folder.h"

namespace pf::host::gamestream {
namespace {

using test::http_get;
using test::https_get;
using test::MoonlightIdentity;
using test::MoonlightPairing;
using testing::HasSubstr;
using testing::StartsWith;

/// Sessions that are only noted down.
class NotedSessions final : public LaunchBoard {
 public:
  Result<SessionUrl> offer(const Launch& launch) override {
    const std::lock_guard lock(mutex);
    launches.push_back(launch);
    return SessionUrl{launch.encrypted_rtsp ? "rtspenc" : "rtsp", 48010};
  }
  std::optional<SessionView> current(const std::string& client) const override {
    const std::lock_guard lock(mutex);
    for (auto launch = launches.rbegin(); launch != launches.rend(); ++launch) {
      if (launch->client == client) return SessionView{launch->app, SessionState::streaming};
    }
    return std::nullopt;
  }
  void end(const std::string& client, EndReason) override {
    const std::lock_guard lock(mutex);
    std::erase_if(launches, [&](const Launch& launch) { return launch.client == client; });
  }

  mutable std::mutex mutex;
  std::vector<Launch> launches;
};

const control::Identity& host_identity() {
  static const auto identity = *control::Identity::generate("box", control::KeyKind::rsa2048);
  return identity;
}

const MoonlightIdentity& sofa() {
  static const auto identity = MoonlightIdentity::make();
  return identity;
}

class GameStreamHttp : public testing::Test {
 protected:
  void SetUp() override { listen(std::chrono::seconds{2}); }
  void listen(std::chrono::seconds request_limit) {
    auto listening = HttpServer::listen(
        {.http = net::Address::v4_loopback(0),
         .https = net::Address::v4_loopback(0),
         .identity = host_identity(),
         .connections = 24,
         .request_limit = request_limit},
        [this](const HttpRequest& request, const Respond& respond) { requests.answer(request, respond); });
    ASSERT_TRUE(listening) << listening.error().message;
    server = std::move(*listening);
    http = server->http_port();
    https = server->https_port();
  }
  void trust_client(const MoonlightIdentity& identity, const std::string& name) {
    ASSERT_TRUE(trust->add({.fingerprint = Certificate::from_pem(identity.certificate)->fingerprint(),
                            .name = name,
                            .paired_at = 0,
                            .address = {}}));
  }
  static std::string launch_of(const std::string& verb, std::uint32_t app) {
    return "/" + verb + "?uniqueid=0123456789ABCDEF&appid=" + std::to_string(app) +
           "&mode=1280x720x60&additionalStates=1&sops=0&rikey=000102030405060708090a0b0c0d0e0f&rikeyid=-1203"
           "&localAudioPlayMode=0&surroundAudioInfo=196610&gcmap=1&corever=1";
  }

  test::TemporaryFolder folder;
  SteadyClock clock;
  std::unique_ptr<control::TrustStore> trust = std::move(*control::TrustStore::open(folder.path() / "clients"));
  NotedSessions sessions;
  std::shared_ptr<const AppList> apps = std::make_shared<AppList>();
  PairingDesk desk{host_identity(), *trust, clock, {}, [] { return std::int64_t{0}; }};
  Requests requests{
      {.name = "living & dining <room>", .id = "00ff", .hardware_address = {}},
      {.pairing = desk, .trust = *trust, .sessions = sessions, .apps = [this] { return apps; }, .log = {}}};
  std::unique_ptr<HttpServer> server;
  std::uint16_t http = 0;
  std::uint16_t https = 0;
};

TEST_F(GameStreamHttp, a_stranger_learns_who_the_host_is_and_that_it_has_to_pair) {
  const auto info = http_get(http, "/serverinfo?uniqueid=0123456789ABCDEF&uuid=1");
  EXPECT_EQ(info.status, 200u) << info.body;
  EXPECT_EQ(info.attribute("status_code"), "200");
  EXPECT_EQ(info.element("hostname"), "living & dining <room>");
  EXPECT_EQ(info.element("appversion"), "7.1.431.-1");
  EXPECT_EQ(info.element("PairStatus"), "0");
  EXPECT_EQ(info.element("currentgame"), "0");
  EXPECT_EQ(info.element("state"), "PUNKTFUNK_SERVER_FREE");
  EXPECT_EQ(info.element("ServerCodecModeSupport"), "1");
  EXPECT_EQ(info.element("LocalIP"), "127.0.0.1");
  EXPECT_EQ(info.element("mac"), "00:00:00:00:00:00");
}

TEST_F(GameStreamHttp, a_client_pairs_in_five_steps_and_then_streams) {
  const auto& identity = sofa();
  MoonlightPairing client(identity, "4711");
  const std::string pair = "/pair?uniqueid=0123456789ABCDEF&devicename=roth&updateState=1&";
  auto first = std::async(std::launch::async, [&] {
    return http_get(http, pair + "phrase=getservercert&salt=" + client.salt() + "&clientcert=" + client.certificate());
  });
  while (desk.waiting().empty()) std::this_thread::yield();
  ASSERT_TRUE(desk.enter_pin("4711", "sofa", ""));
  const auto one = first.get();
  EXPECT_EQ(one.element("paired"), "1");
  client.take_host_certificate(one.element("plaincert"));
  const auto two = http_get(http, pair + "clientchallenge=" + client.challenge());
  const auto three = http_get(http, pair + "serverchallengeresp=" + client.answer(two.element("challengeresponse")));
  EXPECT_TRUE(client.check(three.element("pairingsecret")));
  EXPECT_EQ(https_get(https, pair + "phrase=pairchallenge", identity).attribute("status_code"), "401") << "too early";
  EXPECT_EQ(http_get(http, pair + "clientpairingsecret=" + client.secret()).element("paired"), "1");
  EXPECT_EQ(https_get(https, pair + "phrase=pairchallenge", identity).element("paired"), "1");

  EXPECT_EQ(https_get(https, "/serverinfo", identity).element("PairStatus"), "1");
  const auto list = https_get(https, "/applist", identity);
  EXPECT_EQ(list.element("App.AppTitle"), "Desktop");
  const auto app = static_cast<std::uint32_t>(std::stoul(list.element("App.ID")));
  EXPECT_NE(app, 0u);
  const auto started = https_get(https, launch_of("launch", app), identity);
  EXPECT_EQ(started.element("gamesession"), "1") << started.body;
  EXPECT_EQ(started.element("sessionUrl0"), "rtspenc://127.0.0.1:48010");
  ASSERT_EQ(sessions.launches.size(), 1u);
  EXPECT_EQ(sessions.launches[0].name, "sofa");
  EXPECT_EQ(sessions.launches[0].mode, (Mode{1280, 720, 60'000}));
  EXPECT_EQ(sessions.launches[0].key_id, -1203);
  EXPECT_EQ(sessions.launches[0].key[15], std::byte{15});
  EXPECT_EQ(sessions.launches[0].channels, 2);
  EXPECT_EQ(sessions.launches[0].remote, net::Address::v4_loopback(0));
  const auto busy = https_get(https, "/serverinfo", identity);
  EXPECT_EQ(busy.element("state"), "PUNKTFUNK_SERVER_BUSY");
  EXPECT_EQ(busy.element("currentgame"), std::to_string(app));
  EXPECT_EQ(https_get(https, launch_of("launch", app), identity).element("gamesession"), "0") << "it runs already";
  EXPECT_EQ(https_get(https, launch_of("resume", 0), identity).element("resume"), "1");
  EXPECT_EQ(sessions.launches.back().app, app) << "resume goes on with the app that runs";
  EXPECT_EQ(https_get(https, "/cancel", identity).element("cancel"), "1");
  EXPECT_EQ(https_get(https, "/serverinfo", identity).element("state"), "PUNKTFUNK_SERVER_FREE");
  EXPECT_EQ(https_get(https, launch_of("resume", 0), identity).element("resume"), "0");
}

// CVE-2026-32253 in the field: unknown issuers and wrong dates passed for paired.
TEST_F(GameStreamHttp, only_the_very_certificate_that_was_paired_is_let_in) {
  const auto& paired = sofa();
  trust_client(paired, "sofa");
  EXPECT_EQ(https_get(https, "/applist", paired).attribute("status_code"), "200");
  const std::map<std::string, std::optional<MoonlightIdentity>> others{
      {"a stranger", MoonlightIdentity::make()},
      {"an expired one", MoonlightIdentity::make(-30, -1)},
      {"one that is not valid yet", MoonlightIdentity::make(1, 30)},
      {"one signed by a paired client's key", MoonlightIdentity::issued_by(paired)},
      {"none at all", std::nullopt}};
  for (const auto& [who, identity] : others) {
    for (const auto* target : {"/serverinfo", "/applist", "/cancel", "/appasset?appid=1", "/pair?phrase=pairchallenge",
                               "/unpair", "/nothing"}) {
      EXPECT_EQ(https_get(https, target, identity).attribute("status_code"), "401") << who << " at " << target;
    }
    EXPECT_EQ(https_get(https, launch_of("launch", apps->apps()[0].id), identity).attribute("status_code"), "401")
        << who;
  }
  EXPECT_TRUE(sessions.launches.empty());
}

// CVE-2026-111044: a client that was removed made itself a certificate with the key of the old one.
TEST_F(GameStreamHttp, a_removed_clients_key_makes_no_certificate_that_is_let_in) {
  const auto removed = MoonlightIdentity::make();
  trust_client(removed, "removed");
  trust_client(sofa(), "sofa");
  ASSERT_TRUE(trust->remove("removed"));
  for (const auto& identity : {removed, MoonlightIdentity::issued_by(removed), MoonlightIdentity::issued_by(sofa())}) {
    EXPECT_EQ(https_get(https, "/applist", identity).attribute("status_code"), "401");
    EXPECT_EQ(https_get(https, launch_of("launch", apps->apps()[0].id), identity).attribute("status_code"), "401");
  }
  EXPECT_TRUE(sessions.launches.empty());
}

TEST_F(GameStreamHttp, what_a_launch_says_beside_what_is_honoured_is_not_even_read) {
  trust_client(sofa(), "sofa");
  const auto answer = https_get(https,
                                "/launch?appid=" + std::to_string(apps->apps()[0].id) +
                                    "&mode=1280x720x60&rikey=000102030405060708090a0b0c0d0e0f&rikeyid=-1203&sops=a"
                                    "&localAudioPlayMode=b&gcmap=-1&gcpersist=c&additionalStates=d",
                                sofa());
  EXPECT_EQ(answer.element("gamesession"), "1") << answer.body;
  ASSERT_EQ(sessions.launches.size(), 1u);
  EXPECT_EQ(sessions.launches[0].channels, 2) << "stereo, unless it is said";
}

TEST_F(GameStreamHttp, hdr_without_an_encoder_is_refused_with_a_sentence) {
  trust_client(sofa(), "sofa");
  const auto answer = https_get(https, launch_of("launch", apps->apps()[0].id) + "&hdrMode=1", sofa());
  EXPECT_EQ(answer.element("gamesession"), "0");
  EXPECT_THAT(answer.attribute("status_message"), HasSubstr("HDR"));
  EXPECT_TRUE(sessions.launches.empty());
}

TEST_F(GameStreamHttp, dates_do_not_lock_out_a_paired_client) {
  const auto old = MoonlightIdentity::make(-30, -1);
  trust_client(old, "old");
  EXPECT_EQ(https_get(https, "/applist", old).attribute("status_code"), "200");
}

TEST_F(GameStreamHttp, a_client_removed_from_the_trust_store_is_out_at_once) {
  trust_client(sofa(), "sofa");
  EXPECT_EQ(https_get(https, "/applist", sofa()).attribute("status_code"), "200");
  ASSERT_TRUE(trust->remove("sofa"));
  EXPECT_EQ(https_get(https, "/applist", sofa()).attribute("status_code"), "401");
}

TEST_F(GameStreamHttp, nothing_but_the_hosts_name_and_pairing_is_to_be_had_without_tls) {
  trust_client(sofa(), "sofa");
  for (const auto* target : {"/applist", "/launch?appid=1", "/resume", "/cancel", "/appasset?appid=1"})
    EXPECT_EQ(http_get(http, target).attribute("status_code"), "401") << target;
  EXPECT_EQ(http_get(http, "/unpair").attribute("status_code"), "200") << "which gives up an attempt";
  EXPECT_EQ(trust->peers().size(), 1u) << "and takes no pairing back";
}

TEST_F(GameStreamHttp, a_client_takes_its_own_pairing_back_and_no_other) {
  const auto tv = MoonlightIdentity::make();
  trust_client(sofa(), "sofa");
  trust_client(tv, "tv");
  EXPECT_EQ(https_get(https, "/unpair?uniqueid=0123456789ABCDEF", tv).attribute("status_code"), "200");
  ASSERT_EQ(trust->peers().size(), 1u);
  EXPECT_EQ(trust->peers()[0].name, "sofa");
}

TEST_F(GameStreamHttp, clients_do_not_see_or_end_each_others_sessions) {
  const auto tv = MoonlightIdentity::make();
  trust_client(sofa(), "sofa");
  trust_client(tv, "tv");
  const auto app = apps->apps()[0].id;
  EXPECT_EQ(https_get(https, launch_of("launch", app), sofa()).element("gamesession"), "1");
  EXPECT_EQ(https_get(https, "/serverinfo", tv).element("state"), "PUNKTFUNK_SERVER_FREE");
  EXPECT_EQ(https_get(https, launch_of("resume", 0), tv).element("resume"), "0");
  EXPECT_EQ(https_get(https, "/cancel", tv).element("cancel"), "1");
  EXPECT_EQ(https_get(https, "/serverinfo", sofa()).element("state"), "PUNKTFUNK_SERVER_BUSY");
  EXPECT_EQ(https_get(https, launch_of("launch", app), tv).element("gamesession"), "1") << "one of its own";
}

TEST_F(GameStreamHttp, a_launch_that_makes_no_sense_is_refused_with_a_sentence) {
  trust_client(sofa(), "sofa");
  const auto id = std::to_string(apps->apps()[0].id);
  const std::string key = "&rikey=000102030405060708090a0b0c0d0e0f&rikeyid=1";
  for (const auto& target :
       {"/launch?appid=" + id, "/launch?appid=" + id + "&mode=1280x720x60&rikey=00&rikeyid=1",
        "/launch?appid=" + id + "&mode=1280x720" + key, "/launch?appid=" + id + "&mode=1x2x3x4" + key,
        "/launch?appid=" + id + "&mode=1280x720x4294968" + key, "/launch?appid=12345&mode=1280x720x60" + key,
        "/launch?appid=" + id + "&mode=1280x720x60&rikey=000102030405060708090a0b0c0d0e0f&rikeyid=4294967296",
        "/launch?appid=" + id + "&mode=1280x720x60&surroundAudioInfo=-1" + key}) {
    const auto answer = https_get(https, target, sofa());
    EXPECT_EQ(answer.element("gamesession"), "0") << target;
    EXPECT_NE(answer.attribute("status_message"), "") << target;
  }
  EXPECT_TRUE(sessions.launches.empty());
}

TEST_F(GameStreamHttp, bytes_that_are_no_request_are_refused_or_dropped) {
  EXPECT_THAT(test::raw_exchange(http, "POST /pair HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
              StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(test::raw_exchange(http, "GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_EQ(test::raw_exchange(http, "\x16\x03\x01 this is no HTTP\r\n\r\n"), "");
  EXPECT_EQ(test::raw_exchange(http, "GET /" + std::string(64'000, 'a') + " HTTP/1.1\r\n\r\n"), "");
  EXPECT_EQ(test::raw_exchange(http, "POST /pair HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\nbody"), "");
  EXPECT_EQ(test::raw_exchange(https, "GET /serverinfo HTTP/1.1\r\n\r\n").find("HTTP/1.1"), std::string::npos);
  EXPECT_EQ(http_get(http, "/serverinfo").status, 200u) << "and the host goes on";
}

// Connections that never end their request are dropped by the limit, and until then one address holds no more than its
// share of the places.
TEST_F(GameStreamHttp, half_requests_do_not_keep_others_out) {
  std::vector<std::future<std::string>> slow;
  for (int i = 0; i < 16; ++i)
    slow.push_back(std::async(std::launch::async, [&] { return test::raw_exchange(http, "GET /serverinfo HT"); }));
  for (auto& one : slow) EXPECT_EQ(one.get(), "");
  EXPECT_EQ(http_get(http, "/serverinfo").status, 200u);
}

// They have more time than the test, and there are more of them than places: a client is served all the same.
TEST_F(GameStreamHttp, strangers_that_fill_every_place_keep_neither_new_nor_paired_clients_out) {
  listen(std::chrono::seconds{600});
  trust_client(sofa(), "sofa");
  std::vector<test::TcpStranger> strangers;
  for (const auto* from : {"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"}) {
    for (int i = 0; i < 8; ++i) {
      strangers.emplace_back(http, from, "GET /serverinfo HT");
      strangers.emplace_back(https, from, "\x16\x03\x01");
    }
    EXPECT_EQ(http_get(http, "/serverinfo").status, 200u);
    EXPECT_EQ(https_get(https, "/serverinfo", sofa()).element("PairStatus"), "1");
  }
}

TEST_F(GameStreamHttp, a_name_is_no_path_and_box_art_comes_from_the_users_list_alone) {
  App game;
  game.name = "../../etc/passwd";
  App drawn;
  drawn.name = "drawn";
  drawn.box_art = folder.path() / "art.png";
  std::ofstream(drawn.box_art) << "PNG";
  apps = std::make_shared<AppList>(*AppList::of({game, drawn}));
  trust_client(sofa(), "sofa");
  const auto asset = [&](const std::string& id) {
    return https_get(https, "/appasset?AssetType=2&appid=" + id, sofa());
  };
  EXPECT_EQ(asset(std::to_string(apps->apps()[2].id)).body, "PNG");
  EXPECT_EQ(asset(std::to_string(apps->apps()[1].id)).status, 404u);
  EXPECT_EQ(asset("../../etc/passwd").status, 404u);
  EXPECT_EQ(asset("").status, 404u);
  EXPECT_EQ(https_get(https, "/../../etc/passwd", sofa()).status, 404u);
}

}  // namespace
}  // namespace pf::host::gamestream
