// Clients that send more than an embedder takes, over the loopback interface: what the others' sessions have of it.
#include <map>

#include "abi/session_world.h"

namespace abi_test {
namespace {

/// A host whose embedder fetches events only when told to.
class AbiFloods : public testing::Test {
 protected:
  void SetUp() override {
    auto options = sized<punktfunk_host_options>();
    options.address = "127.0.0.1:0";
    ASSERT_EQ(punktfunk_host_create(&options, &host_, nullptr), PUNKTFUNK_OK);
    std::size_t size = sizeof(address_);
    ASSERT_EQ(punktfunk_host_address(host_, address_, &size), PUNKTFUNK_OK);
  }
  void TearDown() override { punktfunk_host_destroy(host_); }

  /// Events of each session and kind.
  using Heard = std::map<std::pair<std::uint64_t, std::uint32_t>, std::size_t>;

  /// Fetches one event, and accepts what is asked. False: none came in time.
  bool fetch(Heard& heard, std::uint32_t timeout_ms) {
    auto event = sized<punktfunk_host_event>();
    if (punktfunk_host_next_event(host_, timeout_ms, &event) != PUNKTFUNK_OK) return false;
    ++heard[{event.session, event.kind}];
    if (event.kind == PUNKTFUNK_HOST_EVENT_SESSION_WANTED) {
      newest_ = event.session;
      EXPECT_EQ(punktfunk_host_accept(host_, event.session), PUNKTFUNK_OK);
    }
    last_input_ = event.kind == PUNKTFUNK_HOST_EVENT_INPUT ? event.input.kind : last_input_;
    return true;
  }
  std::unique_ptr<Viewer> join() {
    EXPECT_EQ(punktfunk_host_open_pairing(host_, "4711", 60, nullptr, nullptr), PUNKTFUNK_OK);
    auto viewer = std::make_unique<Viewer>(std::string(address_));
    std::jthread embedder([this](const std::stop_token& stop) {
      Heard ignored;
      while (!stop.stop_requested()) (void)fetch(ignored, 10);
    });
    EXPECT_EQ(viewer->connect(viewer->wish()), PUNKTFUNK_OK) << viewer->error.text;
    return viewer;
  }
  punktfunk_host_stats stats() {
    auto now = sized<punktfunk_host_stats>();
    EXPECT_EQ(punktfunk_host_stats_get(host_, &now), PUNKTFUNK_OK);
    return now;
  }
  template <class Done>
  bool within_ten_seconds(Done done) {
    for (int i = 0; i < 1000 && !done(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    return done();
  }

  punktfunk_host* host_ = nullptr;
  char address_[PUNKTFUNK_ADDRESS_SIZE]{};
  std::uint64_t newest_ = 0;
  std::uint32_t last_input_ = 0;
};

TEST_F(AbiFloods, a_client_that_floods_takes_no_other_sessions_events_away) {
  auto flooder = join();
  const auto flooding = newest_;
  std::this_thread::sleep_for(std::chrono::milliseconds{1100});  // one attempt to pair a second is allowed
  auto other = join();
  const auto leaving = newest_;
  ASSERT_NE(flooding, leaving);

  // In portions that the host's own queue in front of the embedder's takes.
  const auto flood = [&] {
    const auto until = stats().input_events + 500;
    for (int i = 0; i < 500; ++i) {
      const auto up = [](punktfunk_input& input) { input.data.wheel.vertical = 120; };
      ASSERT_EQ(flooder->send(PUNKTFUNK_INPUT_WHEEL, up), PUNKTFUNK_OK);
      ASSERT_EQ(punktfunk_session_request_keyframe(flooder->session), PUNKTFUNK_OK);
    }
    ASSERT_TRUE(within_ten_seconds([&] { return stats().input_events >= until; }));
  };
  for (int i = 0; i < 4; ++i) flood();
  other.reset();
  ASSERT_TRUE(within_ten_seconds([&] { return stats().sessions == 1; }));
  for (int i = 0; i < 4; ++i) flood();
  ASSERT_EQ(flooder->send(PUNKTFUNK_INPUT_TEXT, [](auto& input) { input.data.text[0] = 'x'; }), PUNKTFUNK_OK);

  Heard heard;
  while (last_input_ != PUNKTFUNK_INPUT_TEXT) ASSERT_TRUE(fetch(heard, 10'000));
  EXPECT_EQ((heard[{leaving, PUNKTFUNK_HOST_EVENT_SESSION_ENDED}]), 1u);
  EXPECT_LE((heard[{flooding, PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED}]), 1u);
  EXPECT_LE((heard[{flooding, PUNKTFUNK_HOST_EVENT_INPUT}]), 1024u);
}

TEST_F(AbiFloods, a_session_that_nobody_fetched_in_time_is_not_told_of) {
  EXPECT_EQ(punktfunk_host_open_pairing(host_, "4711", 60, nullptr, nullptr), PUNKTFUNK_OK);
  Viewer viewer{std::string(address_)};
  EXPECT_NE(viewer.connect(viewer.wish()), PUNKTFUNK_OK);
  ASSERT_TRUE(within_ten_seconds([&] { return stats().sessions == 0; }));
  Heard heard;
  while (fetch(heard, 0)) {
  }
  for (const auto& [what, count] : heard) EXPECT_EQ(what.second, std::uint32_t{PUNKTFUNK_HOST_EVENT_LOG}) << count;
  EXPECT_FALSE(heard.empty());
}

}  // namespace
}  // namespace abi_test
