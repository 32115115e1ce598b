#include "host/stream/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/session/unit_limit.h"
#include "support/fake_client.h"
#include "support/fake_platform.h"

namespace pf::host {
namespace {

using test::ToyUnit;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Mode small{320, 200, 60'000};
constexpr Mode other{640, 360, 120'000};

wire::Start wish(const Mode& mode = small) {
  wire::Start start;
  start.mode = mode;
  return start;
}

wire::Start silent(const Mode& mode = small) {
  auto start = wish(mode);
  start.audio_wanted = false;
  return start;
}

/// One session with its machine; what it says is kept.
class StreamSessionTest : public testing::Test {
 protected:
  void SetUp() override { settings.grace = milliseconds{400}; }
  void TearDown() override {
    session.reset();
    EXPECT_THAT(world->displays(), IsEmpty()) << "a display was left behind";
    EXPECT_EQ(world->frames_out(), 0) << "a frame was never given back";
    EXPECT_LE(world->most_frames_out(), 3) << "more frames held than a capturer has";
  }

  void open() {
    SessionEvents events{.deliver =
                             [this](std::uint64_t connection, const wire::ControlMessage& message) {
                               if (on_delivered) on_delivered(message);
                               const std::scoped_lock lock(mutex);
                               said.emplace_back(connection, message);
                             },
                         .report =
                             [this](const HostEvent& event) {
                               const std::scoped_lock lock(mutex);
                               events_.push_back(event);
                             },
                         .gone =
                             [this](std::optional<Attachment> left) {
                               const std::scoped_lock lock(mutex);
                               gone = true;
                               unserved = std::move(left);
                             }};
    session = std::make_unique<StreamSession>(SessionOwner{.session = 1, .client = "sofa", .fingerprint = "ab"},
                                              settings, platform, clock, std::move(events));
  }
  std::shared_ptr<test::FakeClient> attach(std::uint64_t connection, const wire::Start& start = wish()) {
    crypto::MediaSecret secret{};
    secret[0] = static_cast<std::byte>(connection);
    auto client = std::make_shared<test::FakeClient>(secret);
    EXPECT_TRUE(session->attach({{.connection = connection, .secret = secret, .sink = client}, start}));
    return client;
  }
  /// The first message of this kind that the session said to `connection`.
  template <class M>
  std::optional<M> heard(std::uint64_t connection) {
    std::optional<M> found;
    world->wait_until([&] {
      const std::scoped_lock lock(mutex);
      for (const auto& [to, message] : said)
        if (to == connection && !found && std::holds_alternative<M>(message)) found = std::get<M>(message);
      return found.has_value();
    });
    return found;
  }
  bool is_gone() {
    return world->wait_until([&] {
      const std::scoped_lock lock(mutex);
      return gone;
    });
  }
  std::string all_events() {
    const std::scoped_lock lock(mutex);
    std::string text;
    for (const auto& event : events_) text += event.text + "\n";
    return text;
  }

  SteadyClock clock;
  std::shared_ptr<test::FakeWorld> world = std::make_shared<test::FakeWorld>();
  test::FakePlatform platform{world};
  SessionSettings settings;
  std::unique_ptr<StreamSession> session;
  std::function<void(const wire::ControlMessage&)> on_delivered;

  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, wire::ControlMessage>> said;
  std::vector<HostEvent> events_;
  bool gone = false;
  std::optional<Attachment> unserved;
};

const auto any_unit = [](const ToyUnit&) { return true; };
const auto keyframe = [](const ToyUnit& unit) { return unit.keyframe; };

TEST_F(StreamSessionTest, a_client_gets_a_display_at_its_own_mode_and_a_keyframe_first) {
  open();
  const auto client = attach(1, wish(other));
  const auto started = heard<wire::Started>(1);
  ASSERT_TRUE(started);
  EXPECT_EQ(started->mode, other);
  EXPECT_EQ(started->display, "FAKE-1");
  EXPECT_FALSE(started->resumed);
  EXPECT_EQ(started->grace_ms, 400u);
  EXPECT_EQ(world->modes(), std::vector{other});
  const auto first = client->wait_for(0, any_unit);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->keyframe);
  EXPECT_EQ(first->width, other.width);
  const auto later = client->wait_for(1, [](const ToyUnit& unit) { return !unit.keyframe; });
  ASSERT_TRUE(later);
  const auto status = session->status();
  EXPECT_EQ(status.state, SessionState::streaming);
  EXPECT_EQ(status.encoder, "toy");
  EXPECT_GT(status.counters.packets_sent, 1u);
  EXPECT_GT(client->last_times().encode.count(), 0);
}

// Its control thread serves it from the moment that it asks for a stream.
TEST_F(StreamSessionTest, a_client_may_speak_before_its_stream_begins) {
  open();
  bool spoken = false;
  on_delivered = [&](const wire::ControlMessage& message) {
    if (!std::holds_alternative<wire::Started>(message)) return;
    session->request_keyframe();
    session->invalidate({.first = FrameId{1}, .last = FrameId{2}});
    session->set_bitrate(5_mbps);
    session->on_feedback({});
    session->on_client_stats({});
    session->input(wire::ReliableInput{wire::ReleaseAllEvent{}});
    spoken = true;
  };
  const auto client = attach(1);
  EXPECT_TRUE(client->wait_for(0, keyframe));
  EXPECT_TRUE(spoken);
}

TEST_F(StreamSessionTest, a_still_desktop_falls_silent_and_still_answers_a_keyframe_request) {
  world->moving = false;
  open();
  const auto client = attach(1, silent());
  ASSERT_TRUE(client->wait_for(0, any_unit));
  // First picture and the six that sharpen it.
  ASSERT_TRUE(world->wait_until([&] { return client->units() >= 7; }));
  EXPECT_LE(client->units(), 8u);
  const auto before = client->units();
  session->request_keyframe();
  ASSERT_TRUE(client->wait_for(before, keyframe));
}

TEST_F(StreamSessionTest, sound_is_sent_in_the_format_asked_for) {
  open();
  auto start = wish();
  start.audio.channels = 6;
  const auto client = attach(1, start);
  const auto started = heard<wire::Started>(1);
  ASSERT_TRUE(started);
  EXPECT_TRUE(started->audio_on);
  EXPECT_EQ(started->audio.channels, 6);
  EXPECT_TRUE(world->wait_until([&] { return client->audio_packets() > 20; }));
}

TEST_F(StreamSessionTest, without_a_sound_server_the_picture_comes_alone_and_the_log_says_why) {
  world->refuse_audio = true;
  open();
  const auto client = attach(1);
  const auto started = heard<wire::Started>(1);
  ASSERT_TRUE(started);
  EXPECT_FALSE(started->audio_on);
  EXPECT_TRUE(client->wait_for(0, any_unit));
  EXPECT_THAT(all_events(), HasSubstr("no sound server is running; start the fake one"));
}

TEST_F(StreamSessionTest, input_reaches_the_display_and_is_let_go_of_when_the_client_drops_out) {
  open();
  attach(1);
  ASSERT_TRUE(heard<wire::Started>(1));
  session->input(wire::ReliableInput(wire::KeyEvent{.code = 30, .pressed = true}));
  session->input(wire::PointerState{.sequence = 1, .total_dx = 16});
  ASSERT_TRUE(world->wait_until([&] { return world->injected().size() == 2; }));
  session->detach();
  ASSERT_TRUE(world->wait_until([&] { return world->injected().size() == 3; }));
  EXPECT_EQ(world->injected().back(), "release all");
}

TEST_F(StreamSessionTest, the_mode_changes_in_mid_stream) {
  open();
  const auto client = attach(1);
  ASSERT_TRUE(client->wait_for(0, any_unit));
  EXPECT_FALSE(session->reconfigure({.request = 7, .mode = other, .bitrate = Bitrate{5'000'000}}));
  const auto answer = heard<wire::Reconfigured>(1);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->accepted) << answer->text;
  EXPECT_EQ(answer->request, 7u);
  EXPECT_EQ(answer->mode, other);
  const auto first = client->wait_for(0, [](const ToyUnit& unit) { return unit.width == other.width; });
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->keyframe);
  EXPECT_EQ(first->bitrate, 5'000'000u);
  EXPECT_EQ(world->displays().size(), 1u);
  EXPECT_EQ(world->displays_made(), 1);
  EXPECT_EQ(world->encoders_opened(), 2);
  EXPECT_EQ(session->status().mode, other);
}

TEST_F(StreamSessionTest, a_unit_too_large_for_the_mode_comes_again_as_a_smaller_keyframe) {
  world->moving = false;
  world->unit_bytes = session::max_unit_for(small) + 1;
  world->big_above = 15'000'000;
  open();
  const auto client = attach(1);  // at 20 Mbit/s
  const auto first = client->wait_for(0, any_unit);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->keyframe);
  EXPECT_GT(first->number, 1u);
  EXPECT_LT(first->bitrate, 15'000'000u);
  EXPECT_GT(session->status().counters.send_failures, 0u);
}

TEST_F(StreamSessionTest, a_new_mode_has_units_of_its_own_size) {
  open();
  const auto client = attach(1);
  ASSERT_TRUE(client->wait_for(0, any_unit));
  constexpr Mode large{1280, 720, 60'000};
  world->unit_bytes = session::max_unit_for(large);
  world->big_above = 15'000'000;
  session->reconfigure({.request = 1, .mode = large, .bitrate = {}});
  const auto first = client->wait_for(0, [](const ToyUnit& unit) { return unit.width == large.width; });
  ASSERT_TRUE(first);
  EXPECT_GT(first->bitrate, 15'000'000u) << "or it was made smaller";
}

TEST_F(StreamSessionTest, a_new_refresh_rate_alone_changes_the_encoder_too) {
  world->moving = false;
  open();
  const auto client = attach(1);
  ASSERT_TRUE(client->wait_for(0, any_unit));
  session->reconfigure({.request = 1, .mode = {small.width, small.height, 30'000}, .bitrate = {}});
  const auto answer = heard<wire::Reconfigured>(1);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->accepted) << answer->text;
  EXPECT_TRUE(client->wait_for(0, [](const ToyUnit& unit) { return unit.encoder == 2 && unit.keyframe; }));
}

TEST_F(StreamSessionTest, a_refused_mode_leaves_the_stream_as_it_was) {
  open();
  const auto client = attach(1);
  ASSERT_TRUE(client->wait_for(0, any_unit));
  world->refuse_set_mode = true;
  session->reconfigure({.request = 8, .mode = other, .bitrate = {}});
  const auto answer = heard<wire::Reconfigured>(1);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->accepted);
  EXPECT_EQ(answer->mode, small);
  EXPECT_THAT(answer->text, HasSubstr("does not like this mode"));
  const auto next = client->wait_for(client->units(), any_unit);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->width, small.width);
}

TEST_F(StreamSessionTest, a_mode_that_never_shows_is_taken_back) {
  settings.mode_change_limit = milliseconds{100};
  open();
  const auto client = attach(1);
  ASSERT_TRUE(client->wait_for(0, any_unit));
  world->ignore_set_mode = true;
  session->reconfigure({.request = 9, .mode = other, .bitrate = {}});
  const auto answer = heard<wire::Reconfigured>(1);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->accepted);
  EXPECT_EQ(answer->mode, small);
  EXPECT_TRUE(client->wait_for(client->units(), any_unit));
}

TEST_F(StreamSessionTest, an_impossible_mode_or_encoder_is_refused_before_the_display_changes) {
  open();
  const auto client = attach(1);
  ASSERT_TRUE(client->wait_for(0, any_unit));
  session->reconfigure({.request = 1, .mode = {1, 1, 1}, .bitrate = {}});
  const auto answer = heard<wire::Reconfigured>(1);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->accepted);
  EXPECT_EQ(world->modes(), std::vector{small});
}

TEST_F(StreamSessionTest, the_bitrate_changes_without_a_keyframe_and_stays_within_bounds) {
  open();
  const auto client = attach(1);
  ASSERT_TRUE(client->wait_for(0, any_unit));
  session->set_bitrate(Bitrate{3'000'000});
  ASSERT_TRUE(client->wait_for(0, [](const ToyUnit& u) { return u.bitrate == 3'000'000 && !u.keyframe; }));
  session->set_bitrate(Bitrate{UINT64_MAX});
  ASSERT_TRUE(client->wait_for(0, [&](const ToyUnit& u) { return u.bitrate == 100'000'000; }));
  session->set_bitrate(Bitrate{0});
  ASSERT_TRUE(client->wait_for(0, [&](const ToyUnit& u) { return u.bitrate == 300'000; }));
}

TEST_F(StreamSessionTest, a_client_that_reports_a_growing_queue_gets_less_until_it_is_gone) {
  open();
  const auto client = attach(1);
  ASSERT_TRUE(client->wait_for(0, any_unit));
  const auto asked = session->status().bitrate;
  wire::Feedback feedback;
  const auto report = [&](std::int32_t delay_us) {
    ++feedback.sequence;
    feedback.time_us += 50'000;
    feedback.packets_expected += 20;
    feedback.packets_received += 20;
    feedback.bytes_received += 10;
    feedback.frames = 3;
    feedback.least_delay_us = feedback.last_delay_us = delay_us;
    session->on_feedback(feedback);
  };
  report(0);
  for (std::int32_t delay = 20'000; delay <= 200'000; delay += 20'000) report(delay);
  const auto status = session->status();
  EXPECT_LT(status.link.target, asked);
  EXPECT_GE(status.link.queue, milliseconds{200});
  ASSERT_TRUE(client->wait_for(0, [&](const ToyUnit& u) { return u.bitrate == status.link.target.bits_per_second; }));
}

TEST_F(StreamSessionTest, a_client_that_comes_back_in_time_finds_its_display) {
  settings.grace = std::chrono::seconds{30};
  open();
  const auto first = attach(1);
  ASSERT_TRUE(first->wait_for(0, any_unit));
  session->detach();
  ASSERT_TRUE(world->wait_until([&] { return session->status().state == SessionState::waiting; }));
  EXPECT_EQ(world->displays(), std::vector<std::string>{"FAKE-1"});
  const auto second = attach(2);
  const auto started = heard<wire::Started>(2);
  ASSERT_TRUE(started);
  EXPECT_TRUE(started->resumed);
  EXPECT_EQ(started->display, "FAKE-1");
  const auto unit = second->wait_for(0, any_unit);
  ASSERT_TRUE(unit);
  EXPECT_TRUE(unit->keyframe);
}

TEST_F(StreamSessionTest, a_resumed_display_takes_the_new_mode) {
  settings.grace = std::chrono::seconds{30};
  open();
  ASSERT_TRUE(attach(1)->wait_for(0, any_unit));
  session->detach();
  const auto second = attach(2, wish(other));
  const auto started = heard<wire::Started>(2);
  ASSERT_TRUE(started);
  EXPECT_TRUE(started->resumed);
  EXPECT_EQ(started->mode, other);
  EXPECT_TRUE(second->wait_for(0, [](const ToyUnit& unit) { return unit.width == other.width; }));
}

TEST_F(StreamSessionTest, a_client_that_stays_away_frees_its_display) {
  open();
  ASSERT_TRUE(attach(1)->wait_for(0, any_unit));
  session->detach();
  ASSERT_TRUE(is_gone());
  EXPECT_THAT(world->displays(), IsEmpty());
  EXPECT_FALSE(session->attach({{.connection = 2, .sink = nullptr}, {}}));
}

TEST_F(StreamSessionTest, a_compositor_that_dies_ends_the_session_with_a_sentence) {
  open();
  ASSERT_TRUE(attach(1)->wait_for(0, any_unit));
  world->kill_compositor();
  const auto goodbye = heard<wire::Goodbye>(1);
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->reason, wire::GoodbyeReason::display_lost);
  EXPECT_THAT(goodbye->text, HasSubstr("the fake compositor is gone"));
  EXPECT_TRUE(is_gone());
}

TEST_F(StreamSessionTest, a_compositor_that_was_replaced_meanwhile_gives_a_new_display) {
  settings.grace = std::chrono::seconds{30};
  open();
  ASSERT_TRUE(attach(1)->wait_for(0, any_unit));
  session->detach();
  ASSERT_TRUE(world->wait_until([&] { return session->status().state == SessionState::waiting; }));
  world->refuse_capturer = true;
  world->refuse_capturer = false;
  world->kill_compositor();
  world->revive();
  const auto second = attach(2);
  const auto started = heard<wire::Started>(2);
  ASSERT_TRUE(started);
  EXPECT_TRUE(second->wait_for(0, any_unit));
}

TEST_F(StreamSessionTest, an_encoder_that_fails_ends_the_session_with_a_sentence) {
  open();
  ASSERT_TRUE(attach(1)->wait_for(0, any_unit));
  world->fail_encode = true;
  const auto goodbye = heard<wire::Goodbye>(1);
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->reason, wire::GoodbyeReason::encode_failed);
  EXPECT_TRUE(is_gone());
}

TEST_F(StreamSessionTest, what_cannot_be_had_is_refused_with_its_reason) {
  struct Case {
    std::atomic<bool>& fault;
    wire::RefusalCode code;
    const char* text;
  };
  std::uint64_t connection = 1;
  for (auto& [fault, code, text] : {Case{world->refuse_display, wire::RefusalCode::no_display, "start the fake one"},
                                    Case{world->refuse_capturer, wire::RefusalCode::no_capture, "no capture"},
                                    Case{world->refuse_encoder, wire::RefusalCode::no_encoder, "out of order"}}) {
    gone = false;
    open();
    fault = true;
    attach(connection);
    const auto refusal = heard<wire::Refusal>(connection);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->code, code);
    EXPECT_THAT(refusal->text, HasSubstr(text));
    EXPECT_TRUE(is_gone());
    fault = false;
    ++connection;
  }
}

TEST_F(StreamSessionTest, a_slow_encoder_drops_frames_instead_of_queueing_them) {
  world->encode_ms = 60;
  open();
  const auto client = attach(1, silent({320, 200, 240'000}));
  ASSERT_TRUE(world->wait_until([&] { return client->units() > 10; }));
  EXPECT_GT(session->status().counters.frames_dropped, 5u);
}

TEST_F(StreamSessionTest, the_clients_datagram_size_is_kept) {
  open();
  auto start = wish();
  start.max_datagram = 700;
  const auto client = attach(1, start);
  ASSERT_TRUE(client->wait_for(0, keyframe));
  EXPECT_LE(client->largest_packet(), 700u);
  EXPECT_GT(client->largest_packet(), 600u);
}

TEST_F(StreamSessionTest, the_hosts_figures_come_once_a_second) {
  settings.usage = [] { return UsageSample{.cpu_us = 1, .rss_kib = 4321}; };
  open();
  ASSERT_TRUE(attach(1)->wait_for(0, any_unit));
  const auto stats = heard<wire::HostStats>(1);
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->rss_kib, 4321u);
  EXPECT_GT(stats->frames_encoded, 0u);
  EXPECT_EQ(stats->stages.size(), 6u);
  EXPECT_EQ(stats->stages.front().name, "capture");
}

TEST_F(StreamSessionTest, an_end_in_the_middle_of_everything_leaves_nothing_behind) {
  for (int i = 0; i < 10; ++i) {
    gone = false;
    open();
    attach(1);
    if (i % 2 == 0) session->reconfigure({.request = 1, .mode = other, .bitrate = {}});
    if (i % 3 == 0) (void)heard<wire::Started>(1);
    if (i % 4 == 0) session->detach();
    session->end("the test says so");
    session.reset();
    EXPECT_TRUE(gone);
  }
}

}  // namespace
}  // namespace pf::host
