// A client's session that takes itself up again: against the real host, over a fake platform and a network that is cut.
#include "client/play/stream_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/host_fixture.h"
#include "support/relay.h"

namespace pf::client {
namespace {

using test::Viewer;
using testing::HasSubstr;
using Phase = SessionState::Phase;

constexpr Mode small{320, 200, 60'000};

class StreamSessionTest : public test::HostFixture {
 protected:
  void TearDown() override {
    if (session) session->stop();
    HostFixture::TearDown();
  }

  void start() {
    test::RelayOptions way;
    way.host = server->local();
    relay = test::Relay::start(way).value();
    auto link = link_options(1, small);
    link.host = relay->address();
    start(link);
  }
  void start(const control::LinkOptions& link) {
    StreamSession::Events events;
    events.on_video = viewer.events().on_video;
    events.on_audio = viewer.events().on_audio;
    events.on_reconfigured = viewer.events().on_reconfigured;
    events.on_connecting = [this] { note([this] { ++attempts; }); };
    events.on_started = [this](const wire::Started& now, const wire::Welcome&) {
      note([&] { started.push_back(now); });
    };
    events.on_state = [this](const SessionState& now) { note([&] { states.push_back(now); }); };
    session = std::make_unique<StreamSession>(link, std::move(events), clock);
    session->start();
  }
  /// Whether the session has been in this phase `times` times.
  bool wait_for(Phase phase, int times = 1) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds{30},
                            [&] { return std::ranges::count(states, phase, &SessionState::phase) >= times; });
  }
  SessionState last_state() {
    const std::scoped_lock lock(mutex);
    return states.back();
  }
  std::vector<wire::Started> all_started() {
    const std::scoped_lock lock(mutex);
    return started;
  }
  int all_attempts() {
    const std::scoped_lock lock(mutex);
    return attempts;
  }

  Viewer viewer;
  std::unique_ptr<test::Relay> relay;
  std::unique_ptr<StreamSession> session;

 private:
  template <class How>
  void note(How how) {
    const std::scoped_lock lock(mutex);
    how();
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<SessionState> states;
  std::vector<wire::Started> started;
  int attempts = 0;
};

TEST_F(StreamSessionTest, streams_and_lends_its_link) {
  serve();
  start();
  ASSERT_TRUE(wait_for(Phase::streaming));
  EXPECT_TRUE(viewer.wait_for_unit());
  EXPECT_TRUE(session->with_link([](auto& link) { link.send(wire::KeyEvent{30, true}); }));
  EXPECT_TRUE(world->wait_until([&] { return !world->injected().empty(); }));
  session->stop();
  EXPECT_FALSE(session->with_link([](auto&) { ADD_FAILURE(); }));
  EXPECT_TRUE(wait_for_displays(0)) << "stopping says goodbye";
}

TEST_F(StreamSessionTest, a_short_cut_is_healed_on_the_same_display) {
  options.session.grace = std::chrono::seconds{60};
  serve();
  start();
  ASSERT_TRUE(wait_for(Phase::streaming));
  relay->cut(true);
  ASSERT_TRUE(wait_for(Phase::reconnecting));
  EXPECT_THAT(last_state().error.message, HasSubstr("stopped answering"));
  relay->cut(false);
  ASSERT_TRUE(wait_for(Phase::streaming, 2));
  const auto both = all_started();
  ASSERT_EQ(both.size(), 2u);
  EXPECT_TRUE(both[1].resumed);
  EXPECT_EQ(both[1].display, both[0].display);
  const auto units = viewer.units();
  EXPECT_TRUE(viewer.wait_for_unit([](const auto&) { return true; }, units)) << "pictures come again";
}

TEST_F(StreamSessionTest, comes_back_with_the_mode_that_it_had_last) {
  options.session.grace = std::chrono::seconds{60};
  serve();
  start();
  ASSERT_TRUE(wait_for(Phase::streaming));
  const Mode other{640, 360, 60'000};
  session->with_link([&](auto& link) { EXPECT_TRUE(link.reconfigure(other, std::nullopt)); });
  ASSERT_TRUE(viewer.wait_for_answer());
  relay->cut(true);
  ASSERT_TRUE(wait_for(Phase::reconnecting));
  relay->cut(false);
  ASSERT_TRUE(wait_for(Phase::streaming, 2));
  EXPECT_EQ(all_started()[1].mode, other);
}

TEST_F(StreamSessionTest, gives_up_when_the_host_stays_away_for_the_grace_period) {
  serve();
  start();
  ASSERT_TRUE(wait_for(Phase::streaming));
  relay->cut(true);
  ASSERT_TRUE(wait_for(Phase::ended));
  EXPECT_EQ(last_state().error.code, ErrorCode::timeout);
  EXPECT_THAT(last_state().error.message, HasSubstr("no new connection"));
  EXPECT_GE(all_attempts(), 2);
}

TEST_F(StreamSessionTest, a_goodbye_from_the_host_is_the_end_at_once) {
  serve();
  start();
  ASSERT_TRUE(wait_for(Phase::streaming));
  server.reset();
  ASSERT_TRUE(wait_for(Phase::ended));
  EXPECT_EQ(last_state().error.code, ErrorCode::closed);
  EXPECT_EQ(all_attempts(), 1);
}

TEST_F(StreamSessionTest, a_host_that_was_never_there_is_not_called_twice) {
  serve();
  auto link = link_options(1, small);
  link.host = net::Address::v4_loopback(9);
  link.timeouts.handshake = milliseconds{500};
  start(link);
  ASSERT_TRUE(wait_for(Phase::ended));
  EXPECT_EQ(all_attempts(), 1);
  EXPECT_FALSE(last_state().error.message.empty());
}

TEST_F(StreamSessionTest, a_client_that_is_not_paired_hears_it_from_the_host) {
  serve();
  auto link = link_options(1, small);
  link.identity = identity(3);
  start(link);
  ASSERT_TRUE(wait_for(Phase::ended));
  EXPECT_EQ(last_state().error.code, ErrorCode::unauthenticated);
}

}  // namespace
}  // namespace pf::client
