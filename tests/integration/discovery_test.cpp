// Announcing and finding hosts by a real Avahi daemon, which is private to the test.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "control/discovery/browser.h"
#include "control/discovery/publisher.h"
#include "support/private_avahi.h"

namespace pf {
namespace {

using control::Browser;
using control::FoundHost;
using control::Publisher;
using test::eventually;

class Discovery : public testing::Test {
 protected:
  static void SetUpTestSuite() { avahi = std::make_unique<test::PrivateAvahi>(); }
  static void TearDownTestSuite() { avahi.reset(); }

  void SetUp() override {
    if (!test::PrivateAvahi::installed()) GTEST_SKIP() << "avahi-daemon is not installed";
    if (!avahi->start()) GTEST_SKIP() << "no private Avahi on this machine: " << avahi->log();
  }
  void TearDown() override { avahi->stop(); }

  static inline std::unique_ptr<test::PrivateAvahi> avahi;
};

control::Announcement announcement(const std::string& name, std::uint16_t port) {
  return {name, port, "0.1.0", 1, 1, "0123456789abcdef"};
}

std::optional<FoundHost> find(const Browser& browser, const std::string& name) {
  const auto hosts = browser.hosts();
  const auto found = std::ranges::find(hosts, name, [](const FoundHost& host) { return host.announcement.name; });
  return found == hosts.end() ? std::nullopt : std::optional(*found);
}

TEST_F(Discovery, a_host_is_found_with_all_that_it_tells) {
  const auto publisher = Publisher::start(to_record(announcement("Living room \xe2\x98\x95", 47901)));
  const auto browser = Browser::start({});
  ASSERT_TRUE(eventually([&] { return find(*browser, "Living room \xe2\x98\x95").has_value(); })) << avahi->log();
  const auto host = find(*browser, "Living room \xe2\x98\x95");
  EXPECT_EQ(host->announcement, announcement("Living room \xe2\x98\x95", 47901));
  ASSERT_FALSE(host->addresses.empty());
  EXPECT_EQ(host->addresses.front(), net::Address::v4_loopback(47901));
  EXPECT_TRUE(eventually([&] { return publisher->state().working; }));
  EXPECT_TRUE(browser->state().working);
  EXPECT_TRUE(control::probe_discovery().working);
}

TEST_F(Discovery, a_host_that_ends_is_no_longer_found) {
  auto publisher = Publisher::start(to_record(announcement("short", 47902)));
  const auto browser = Browser::start({});
  ASSERT_TRUE(eventually([&] { return find(*browser, "short").has_value(); }));
  publisher.reset();
  EXPECT_TRUE(eventually([&] { return !find(*browser, "short").has_value(); }));
}

TEST_F(Discovery, the_second_host_of_a_name_gets_another) {
  const auto first = Publisher::start(to_record(announcement("twin", 47903)));
  ASSERT_TRUE(eventually([&] { return first->state().working; }));
  const auto second = Publisher::start(to_record(announcement("twin", 47904)));
  ASSERT_TRUE(eventually([&] { return second->state().working; }));
  EXPECT_EQ(first->name(), "twin");
  EXPECT_EQ(second->name(), "twin #2");
  EXPECT_NE(second->state().text.find("twin #2"), std::string::npos);
  const auto browser = Browser::start({});
  EXPECT_TRUE(eventually([&] { return find(*browser, "twin") && find(*browser, "twin #2"); }));
}

TEST_F(Discovery, services_of_two_types_have_one_name_each) {
  const auto native = Publisher::start(to_record(announcement("both", 47908)));
  const control::ServiceRecord moonlight{"_nvstream._tcp", "both", 47909, {}};
  const auto other = Publisher::start(moonlight);
  ASSERT_TRUE(eventually([&] { return native->state().working && other->state().working; }));
  EXPECT_EQ(native->name(), "both");
  EXPECT_EQ(other->name(), "both");
  const auto twin = Publisher::start({moonlight.type, moonlight.name, 47910, {}});
  ASSERT_TRUE(eventually([&] { return twin->state().working; }));
  EXPECT_EQ(twin->name(), "both #2") << "it is announced as what it is";
  const auto browser = Browser::start({});
  ASSERT_TRUE(eventually([&] { return find(*browser, "both").has_value(); }));
  EXPECT_EQ(find(*browser, "both")->announcement.port, 47908);
  EXPECT_FALSE(find(*browser, "both #2")) << "which clients of the native protocol do not look for";
}

TEST_F(Discovery, a_daemon_that_restarts_is_followed) {
  const auto publisher = Publisher::start(to_record(announcement("faithful", 47907)));
  const auto browser = Browser::start({});
  ASSERT_TRUE(eventually([&] { return find(*browser, "faithful").has_value(); }));
  kill(avahi->pid(), SIGHUP);
  ASSERT_TRUE(eventually([&] { return browser->hosts().empty(); }));
  EXPECT_TRUE(eventually([&] { return find(*browser, "faithful").has_value(); })) << avahi->log();
  EXPECT_TRUE(eventually([&] { return publisher->state().working; }));
}

TEST_F(Discovery, a_bus_that_dies_is_said_so_and_awaited) {
  const auto publisher = Publisher::start(to_record(announcement("orphan", 47905)));
  const auto browser = Browser::start({});
  ASSERT_TRUE(eventually([&] { return find(*browser, "orphan").has_value(); }));
  avahi->stop();
  EXPECT_TRUE(eventually([&] { return !publisher->state().working && !browser->state().working; }));
  EXPECT_FALSE(publisher->state().remedy.empty());
  EXPECT_TRUE(eventually([&] { return browser->hosts().empty(); }));
  ASSERT_TRUE(avahi->start());
  EXPECT_TRUE(eventually([&] { return find(*browser, "orphan").has_value(); }, std::chrono::seconds{20}));
}

TEST(DiscoveryWithoutDaemon, is_a_sentence_with_a_remedy_and_no_failure) {
  setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);  // or the tests' above, where nobody listens now
  const auto publisher = Publisher::start(to_record(announcement("alone", 47906)));
  const auto browser = Browser::start({});
  for (const control::DiscoveryState& state : {publisher->state(), browser->state(), control::probe_discovery()}) {
    EXPECT_FALSE(state.working);
    EXPECT_NE(state.text.find("no Avahi daemon runs"), std::string::npos) << state.text;
    EXPECT_FALSE(state.remedy.empty());
  }
  EXPECT_TRUE(browser->hosts().empty());
}

}  // namespace
}  // namespace pf
