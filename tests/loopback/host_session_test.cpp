// Whole sessions: the real client link against the real host, over a fake platform.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "control/link/speed_test.h"
#include "support/host_fixture.h"
#include "support/relay.h"

namespace pf::host {
namespace {

using test::RawClient;
using test::ToyUnit;
using test::Viewer;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Mode small{320, 200, 60'000};
constexpr Mode other{640, 360, 60'000};

class HostSession : public test::HostFixture {};

TEST_F(HostSession, picture_sound_input_and_figures_arrive) {
  serve();
  Viewer viewer;
  const auto link = connect(viewer);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->welcome().host_name, "test host");
  EXPECT_EQ(link->started().mode, small);
  EXPECT_TRUE(link->started().audio_on);
  const auto first = viewer.wait_for_unit();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->keyframe);
  EXPECT_TRUE(viewer.wait_for_sound());
  link->send(wire::KeyEvent{.code = 30, .pressed = true});
  link->move_pointer(32, 16);
  EXPECT_TRUE(world->wait_until([&] { return world->injected().size() >= 2; }));
  EXPECT_THAT(world->injected(), Contains("key 30 down"));
  EXPECT_THAT(world->injected(), Contains("move 2 1"));
  EXPECT_TRUE(viewer.wait_for_stats());
  EXPECT_TRUE(world->wait_until([&] { return link->stats().clock_offset_us.has_value(); }));

  const auto status = server->status();
  ASSERT_EQ(status.sessions.size(), 1u);
  EXPECT_EQ(status.sessions[0].client, "sofa");
  EXPECT_EQ(status.sessions[0].state, SessionState::streaming);
  EXPECT_EQ(status.connections, 1u);
  EXPECT_EQ(status.paired_clients, 2u);
}

TEST_F(HostSession, fingers_pens_and_gamepads_reach_the_display_and_rumble_comes_back) {
  serve();
  Viewer viewer;
  const auto link = connect(viewer);
  ASSERT_TRUE(link);
  const auto seen = [&](const std::string& line) {
    return world->wait_until([&] { return std::ranges::count(world->injected(), line) == 1; });
  };
  link->touch(wire::TouchPhase::down, {.id = 5, .x = 1, .y = 2});
  EXPECT_TRUE(seen("touch 5 down 1 2"));
  link->touch(wire::TouchPhase::move, {.id = 5, .x = 3, .y = 4});
  EXPECT_TRUE(seen("touch 5 move 3 4"));
  link->touch(wire::TouchPhase::up, {.id = 5, .x = 3, .y = 4});
  EXPECT_TRUE(seen("touch 5 up 3 4"));
  link->pen({.in_range = true, .touching = true, .x = 6});
  EXPECT_TRUE(seen("pen touches 6 0"));
  link->pen({.in_range = true, .touching = true, .x = 7});
  EXPECT_TRUE(seen("pen touches 7 0"));
  link->send(wire::GamepadArrival{.pad = 1, .kind = wire::GamepadKind::xbox});
  link->gamepad(1, 0x1000, {});
  EXPECT_TRUE(seen("pad 1 buttons 4096 axes 0 0 0 0 0 0"));
  const auto [rumble, light] = viewer.wait_for_feedback();
  EXPECT_EQ(rumble, (wire::GamepadRumble{.pad = 1, .low = 1000, .high = 2000}));
  EXPECT_EQ(light, (wire::GamepadLight{.pad = 1, .colour = 0x102030}));
  link->gamepad(1, 0x1000, {.left_x = 77});
  EXPECT_TRUE(seen("pad 1 buttons 4096 axes 0 0 77 0 0 0"));
  link->gamepad_motion({.pad = 1, .acceleration = {0, 0, 9807}});
  EXPECT_TRUE(seen("pad 1 falls at 9807"));
}

TEST_F(HostSession, a_goodbye_removes_the_display_at_once) {
  options.session.grace = std::chrono::minutes{10};
  serve();
  Viewer viewer;
  auto link = connect(viewer);
  ASSERT_TRUE(viewer.wait_for_unit());
  link.reset();
  EXPECT_TRUE(wait_for_displays(0));
  EXPECT_TRUE(world->wait_until([&] { return server->status().sessions.empty(); }));
}

TEST_F(HostSession, two_clients_have_two_displays) {
  serve();
  Viewer sofa;
  Viewer desk;
  const auto one = connect(sofa, 1, small);
  const auto two = connect(desk, 2, other);
  EXPECT_THAT(world->modes(), UnorderedElementsAre(small, other));
  EXPECT_EQ(sofa.wait_for_unit()->width, small.width);
  EXPECT_EQ(desk.wait_for_unit()->width, other.width);
  EXPECT_EQ(server->status().sessions.size(), 2u);
}

TEST_F(HostSession, more_clients_than_allowed_are_told_so) {
  options.max_clients = 1;
  serve();
  Viewer sofa;
  const auto one = connect(sofa, 1);
  Viewer desk;
  const auto two = control::ClientLink::connect(link_options(2, small), desk.events(), clock);
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().code, ErrorCode::busy);
  EXPECT_TRUE(sofa.wait_for_unit([](const ToyUnit&) { return true; }, sofa.units()));
}

TEST_F(HostSession, the_mode_changes_without_a_new_display) {
  serve();
  Viewer viewer;
  const auto link = connect(viewer);
  ASSERT_TRUE(viewer.wait_for_unit());
  const auto request = link->reconfigure(other, std::nullopt);
  ASSERT_TRUE(request);
  const auto answer = viewer.wait_for_answer();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->accepted) << answer->text;
  EXPECT_EQ(answer->request, *request);
  EXPECT_TRUE(viewer.wait_for_unit([](const ToyUnit& unit) { return unit.width == other.width; }));
  EXPECT_EQ(world->displays_made(), 1);
}

// Larger than the receiver takes in the mode before, and sent before the client has the host's answer.
TEST_F(HostSession, the_first_unit_of_a_larger_mode_is_taken_whatever_its_size) {
  serve();
  Viewer viewer;
  const auto link = connect(viewer);
  ASSERT_TRUE(viewer.wait_for_unit());
  world->moving = false;
  constexpr Mode large{1280, 720, 60'000};
  world->unit_bytes = session::max_unit_for(large);
  ASSERT_TRUE(link->reconfigure(large, std::nullopt));
  EXPECT_TRUE(viewer.wait_for_unit([](const ToyUnit& unit) { return unit.width == large.width; }));
}

TEST_F(HostSession, a_refused_mode_is_explained_and_the_stream_goes_on) {
  serve();
  Viewer viewer;
  const auto link = connect(viewer);
  ASSERT_TRUE(viewer.wait_for_unit());
  world->refuse_set_mode = true;
  ASSERT_TRUE(link->reconfigure(other, std::nullopt));
  const auto answer = viewer.wait_for_answer();
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->accepted);
  EXPECT_THAT(answer->text, HasSubstr("does not like this mode"));
  EXPECT_TRUE(viewer.wait_for_unit([](const ToyUnit& u) { return u.width == small.width; }, viewer.units()));
}

TEST_F(HostSession, a_keyframe_comes_on_request_though_nothing_changes) {
  world->moving = false;
  serve();
  Viewer viewer;
  const auto link = connect(viewer);
  ASSERT_TRUE(viewer.wait_for_unit());
  ASSERT_TRUE(world->wait_until([&] { return viewer.units() >= 7; }));
  const auto before = viewer.units();
  link->request_keyframe();
  EXPECT_TRUE(viewer.wait_for_unit([](const ToyUnit& unit) { return unit.keyframe; }, before));
}

TEST_F(HostSession, invalidated_frames_are_done_without_and_a_bitrate_is_taken_up) {
  serve();
  auto client = raw(1);
  client->hello();
  client->start();
  ASSERT_TRUE(client->hear<wire::Started>());
  const auto session = [&] { return server->status().sessions.at(0); };
  ASSERT_TRUE(world->wait_until([&] { return session().counters.frames_encoded > 5; }));
  ASSERT_EQ(session().counters.keyframes, 1u);
  client->say(wire::InvalidateFrames{FrameId{3}, FrameId{4}});
  EXPECT_TRUE(world->wait_until([&] { return session().counters.repairs + session().counters.keyframes > 1; }));
  client->say(wire::SetBitrate{Bitrate{4'000'000}});
  EXPECT_TRUE(world->wait_until([&] { return session().bitrate == Bitrate{4'000'000}; }));
  wire::ClientStats stats;
  stats.packets_received = 90;
  stats.packets_lost = 10;
  client->say(stats);
  EXPECT_TRUE(world->wait_until([&] { return session().client_stats.packets_lost == 10; }));
}

class NothingToReferTo : public HostSession {
 protected:
  /// What the host answers a client with that says it has lost everything.
  host::CounterFigures answer(bool hides) {
    serve();
    auto client = raw(1);
    client->hello();
    wire::Start start;
    start.mode = small;
    start.audio_wanted = false;
    start.hides = hides;
    client->say(start);
    EXPECT_TRUE(client->hear<wire::Started>());
    const auto counters = [&] { return server->status().sessions.at(0).counters; };
    EXPECT_TRUE(world->wait_until([&] { return counters().frames_encoded > 5; }));
    client->say(wire::InvalidateFrames{FrameId{1}, FrameId{1'000'000}});
    EXPECT_TRUE(world->wait_until([&] { return counters().refreshes + counters().keyframes > 1; }));
    return counters();
  }
};

TEST_F(NothingToReferTo, a_client_that_hides_gets_a_refresh) {
  const auto counters = answer(true);
  EXPECT_EQ(counters.refreshes, 1u);
  EXPECT_EQ(counters.keyframes, 1u);
}

TEST_F(NothingToReferTo, any_other_client_gets_a_keyframe) {
  const auto counters = answer(false);
  EXPECT_EQ(counters.refreshes, 0u);
  EXPECT_EQ(counters.keyframes, 2u);
}

TEST_F(NothingToReferTo, after_outages_the_stream_goes_on_by_refreshes) {
  serve();
  const auto relay = test::Relay::start({.host = server->local()});
  ASSERT_TRUE(relay) << relay.error().message;
  auto wish = link_options(1, {320, 200, 120'000});
  wish.host = (*relay)->address();
  wish.start.audio_wanted = false;
  wish.start.hides = true;
  Viewer viewer;
  const auto link = control::ClientLink::connect(wish, viewer.events(), clock);
  ASSERT_TRUE(link) << link.error().message;
  const auto encoded = [&] { return server->status().sessions.at(0).counters.frames_encoded; };
  // On a machine that is slow to answer, an outage may end with a keyframe instead.
  for (int outages = 0; outages < 20 && (*link)->stats().video.refreshes < 3; ++outages) {
    const auto units = viewer.units();
    ASSERT_TRUE(world->wait_until([&] { return viewer.units() >= units + 20; }));
    (*relay)->cut(true);
    ASSERT_TRUE(world->wait_until([&, at = encoded()] { return encoded() >= at + 20; }));
    (*relay)->cut(false);
  }
  EXPECT_GE((*link)->stats().video.refreshes, 3u);
  std::set<std::uint32_t> seen{0};  // what keyframes refer to
  for (const auto& unit : viewer.all_units()) {
    EXPECT_TRUE(seen.contains(unit.refers)) << unit.number << " refers to " << unit.refers;
    seen.insert(unit.number);
  }
}

TEST_F(HostSession, after_losses_each_frame_refers_to_one_that_the_client_has) {
  options.session.fec = {.floor = 0, .cap = 0, .min_shards = 0, .small_frame_extra = 0};
  serve();
  test::RelayOptions way;
  way.host = server->local();
  way.to_client.seed = 5;
  way.to_client.bursts = {.enter = 0.04, .leave = 0.5, .loss = 1};
  const auto relay = test::Relay::start(way);
  ASSERT_TRUE(relay) << relay.error().message;
  auto wish = link_options(1, {320, 200, 120'000});
  wish.host = (*relay)->address();
  wish.start.audio_wanted = false;
  Viewer viewer;
  const auto link = control::ClientLink::connect(wish, viewer.events(), clock);
  ASSERT_TRUE(link) << link.error().message;
  ASSERT_TRUE(world->wait_until([&] { return (*link)->stats().video.repairs >= 5; }));
  std::set<std::uint32_t> seen{0};  // what keyframes refer to
  for (const auto& unit : viewer.all_units()) {
    EXPECT_TRUE(seen.contains(unit.refers)) << unit.number << " refers to " << unit.refers;
    seen.insert(unit.number);
  }
}

class HostSpeed : public HostSession {
 protected:
  Result<control::SpeedFigures> measure(const net::Address& host, std::size_t who = 1) {
    return control::measure_speed({.identity = identity(who),
                                   .client_name = "sofa",
                                   .host = host,
                                   .pinned = identity(0).fingerprint,
                                   .length = milliseconds{2000}},
                                  clock);
  }
};

TEST_F(HostSpeed, a_path_is_measured_without_a_display) {
  serve();
  test::RelayOptions way;
  way.host = server->local();
  way.to_client.rate = {{Duration{0}, 8'000'000}};
  way.to_client.delay = milliseconds{5};
  const auto relay = test::Relay::start(way);
  ASSERT_TRUE(relay) << relay.error().message;
  const auto figures = measure((*relay)->address());
  ASSERT_TRUE(figures) << figures.error().message;
  EXPECT_GT(figures->path.capacity, 4_mbps);
  EXPECT_LT(figures->path.capacity, 12_mbps);
  EXPECT_LT(figures->path.suggested, figures->path.capacity);
  EXPECT_GE(figures->round_trip, milliseconds{5});
  EXPECT_THAT(world->displays(), IsEmpty());
}

TEST_F(HostSpeed, trains_are_sealed_by_the_cipher_that_a_stream_would_have) {
  serve();
  const auto figures = control::measure_speed({.identity = identity(1),
                                               .client_name = "sofa",
                                               .host = server->local(),
                                               .pinned = identity(0).fingerprint,
                                               .length = milliseconds{500},
                                               .ceiling = 10_mbps,
                                               .ciphers = {MediaCipher::chacha20_poly1305}},
                                              clock);
  ASSERT_TRUE(figures) << figures.error().message;
  EXPECT_GT(figures->path.capacity, 1_mbps);
}

TEST_F(HostSpeed, a_host_that_streams_is_not_disturbed) {
  serve();
  Viewer viewer;
  const auto link = connect(viewer);
  ASSERT_TRUE(viewer.wait_for_unit());
  const auto figures = measure(server->local(), 2);
  ASSERT_FALSE(figures);
  EXPECT_EQ(figures.error().code, ErrorCode::refused);
  EXPECT_THAT(figures.error().message, HasSubstr("streaming"));
}

TEST_F(HostSpeed, a_stranger_measures_nothing) {
  serve();
  const auto figures = measure(server->local(), 3);
  ASSERT_FALSE(figures);
  EXPECT_EQ(figures.error().code, ErrorCode::unauthenticated);
}

TEST_F(HostSpeed, one_client_measures_at_a_time) {
  serve();
  auto first = raw(1);
  first->hello();
  first->say(wire::SpeedTestRequest{.train = 1, .rate = 1_mbps, .length_ms = 10});
  const auto sent = first->hear<wire::SpeedTestResult>();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->text, "");
  EXPECT_GT(sent->packet_size, 600u);
  EXPECT_GE(sent->elapsed_us, 10'000u);
  auto second = raw(2);
  second->hello();
  second->say(wire::SpeedTestRequest{.train = 1, .rate = 1_mbps, .length_ms = 10});
  EXPECT_THAT(second->hear<wire::SpeedTestResult>()->text, HasSubstr("Another client"));
}

TEST_F(HostSession, a_client_that_vanishes_frees_its_display_within_5_seconds) {
  options.session.grace = SessionSettings{}.grace;  // the real times
  serve();
  test::RelayOptions way;
  way.host = server->local();
  const auto relay = test::Relay::start(way);
  ASSERT_TRUE(relay) << relay.error().message;
  Viewer viewer;
  auto wish = link_options(1, small);
  wish.host = (*relay)->address();
  auto link = control::ClientLink::connect(wish, viewer.events(), clock);
  ASSERT_TRUE(link) << link.error().message;
  ASSERT_TRUE(viewer.wait_for_unit());
  (*link)->send(wire::KeyEvent{.code = 42, .pressed = true});
  ASSERT_TRUE(world->wait_until([&] { return !world->injected().empty(); }));

  const auto vanished = clock.now();
  (*relay)->cut(true);
  ASSERT_TRUE(wait_for_displays(0));
  EXPECT_LT(clock.now() - vanished, milliseconds{5500});  // half a second for a loaded machine
  EXPECT_EQ(world->injected().back(), "release all");
  EXPECT_TRUE(viewer.wait_for_end());
}

TEST_F(HostSession, a_client_that_comes_back_in_time_finds_its_display) {
  options.session.grace = std::chrono::minutes{10};
  serve();
  auto first = raw(1);
  first->hello();
  first->start();
  const auto started = first->hear<wire::Started>();
  ASSERT_TRUE(started);
  first.reset();  // closes the connection without a goodbye
  ASSERT_TRUE(world->wait_until([&] {
    const auto sessions = server->status().sessions;
    return sessions.size() == 1 && sessions[0].state == SessionState::waiting;
  }));

  Viewer viewer;
  auto wish = link_options(1, small);
  wish.start.resume = started->token;
  const auto link = control::ClientLink::connect(wish, viewer.events(), clock);
  ASSERT_TRUE(link) << link.error().message;
  EXPECT_TRUE((*link)->started().resumed);
  EXPECT_EQ((*link)->started().display, started->display);
  const auto unit = viewer.wait_for_unit();
  ASSERT_TRUE(unit);
  EXPECT_TRUE(unit->keyframe);
  EXPECT_EQ(world->displays_made(), 1);
}

TEST_F(HostSession, a_client_that_is_quicker_than_its_own_timeout_takes_its_session_over) {
  serve();
  auto first = raw(1);
  first->hello();
  first->start();
  const auto started = first->hear<wire::Started>();
  ASSERT_TRUE(started);
  auto second = raw(1);
  second->hello();
  second->start(small, started->token);
  const auto again = second->hear<wire::Started>();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->resumed);
  EXPECT_EQ(again->display, started->display);
  const auto goodbye = first->hear<wire::Goodbye>();
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->reason, wire::GoodbyeReason::replaced);
}

TEST_F(HostSession, without_the_token_the_same_client_gets_a_new_display_in_place_of_the_old) {
  options.max_clients = 1;
  serve();
  auto first = raw(1);
  first->hello();
  first->start();
  ASSERT_TRUE(first->hear<wire::Started>());
  auto second = raw(1);
  second->hello();
  second->start(small, wire::ResumeToken{});
  const auto again = second->hear<wire::Started>();
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->resumed);
  EXPECT_EQ(first->hear<wire::Goodbye>()->reason, wire::GoodbyeReason::replaced);
  EXPECT_TRUE(wait_for_displays(1));
  EXPECT_EQ(world->displays(), std::vector<std::string>{"FAKE-2"});
}

TEST_F(HostSession, a_client_that_was_started_anew_finds_the_display_that_waits_for_it) {
  options.session.grace = std::chrono::minutes{10};
  serve();
  auto first = raw(1);
  first->hello();
  first->start();
  const auto started = first->hear<wire::Started>();
  ASSERT_TRUE(started);
  first.reset();
  ASSERT_TRUE(world->wait_until([&] {
    const auto sessions = server->status().sessions;
    return sessions.size() == 1 && sessions[0].state == SessionState::waiting;
  }));
  auto second = raw(1);
  second->hello();
  second->start();  // it has forgotten its token
  const auto again = second->hear<wire::Started>();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->resumed);
  EXPECT_EQ(again->display, started->display);
}

TEST_F(HostSession, another_clients_token_opens_nothing) {
  options.session.grace = std::chrono::minutes{10};
  serve();
  auto first = raw(1);
  first->hello();
  first->start();
  const auto started = first->hear<wire::Started>();
  ASSERT_TRUE(started);
  auto second = raw(2);
  second->hello();
  second->start(small, started->token);
  const auto theirs = second->hear<wire::Started>();
  ASSERT_TRUE(theirs);
  EXPECT_FALSE(theirs->resumed);
  EXPECT_NE(theirs->display, started->display);
}

TEST_F(HostSession, a_removed_client_is_disconnected_at_once) {
  serve();
  Viewer viewer;
  const auto link = connect(viewer);
  ASSERT_TRUE(viewer.wait_for_unit());
  ASSERT_TRUE(trust->remove("sofa"));
  const auto end = viewer.wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_THAT(*end, HasSubstr("no longer paired"));
  EXPECT_TRUE(wait_for_displays(0));
  const auto again = control::ClientLink::connect(link_options(1, small), viewer.events(), clock);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::unauthenticated);
}

TEST_F(HostSession, a_stop_says_goodbye_to_everybody_and_leaves_no_display) {
  serve();
  Viewer sofa;
  Viewer desk;
  const auto one = connect(sofa, 1);
  const auto two = connect(desk, 2);
  ASSERT_TRUE(sofa.wait_for_unit());
  server->stop("The host goes to bed.");
  EXPECT_THAT(world->displays(), IsEmpty());
  EXPECT_EQ(sofa.wait_for_end(), "The host goes to bed.");
  EXPECT_EQ(desk.wait_for_end(), "The host goes to bed.");
  EXPECT_TRUE(server->status().sessions.empty());
}

TEST_F(HostSession, a_compositor_that_dies_ends_the_session_and_not_the_host) {
  serve();
  Viewer viewer;
  auto link = connect(viewer);
  ASSERT_TRUE(viewer.wait_for_unit());
  world->kill_compositor();
  const auto end = viewer.wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_THAT(*end, HasSubstr("the fake compositor is gone"));

  const auto refused = control::ClientLink::connect(link_options(1, small), viewer.events(), clock);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_THAT(refused.error().message, HasSubstr("no compositor is running"));

  world->revive();
  Viewer again;
  const auto back = connect(again);
  EXPECT_TRUE(again.wait_for_unit());
}

TEST_F(HostSession, a_start_that_cannot_be_met_is_refused_with_its_reason_and_may_be_tried_again) {
  serve();
  auto client = raw(1);
  client->hello();
  ASSERT_TRUE(client->hear<wire::Welcome>());
  client->start({1, 1, 1});
  EXPECT_EQ(client->hear<wire::Refusal>()->code, wire::RefusalCode::bad_mode);
  world->refuse_encoder = true;
  client->start();
  EXPECT_EQ(client->hear<wire::Refusal>()->code, wire::RefusalCode::no_encoder);
  world->refuse_encoder = false;
  wire::Start start;
  start.mode = small;
  start.codec = VideoCodec::av1;
  client->say(start);
  EXPECT_EQ(client->hear<wire::Refusal>()->code, wire::RefusalCode::no_encoder);
  client->start();
  EXPECT_TRUE(client->hear<wire::Started>());
  client->start();
  EXPECT_EQ(client->hear<wire::Refusal>()->code, wire::RefusalCode::bad_message);
}

TEST_F(HostSession, every_display_is_gone_when_the_host_is_destroyed) {
  options.session.grace = std::chrono::minutes{10};
  serve();
  auto gone = raw(1);
  gone->hello();
  gone->start();
  ASSERT_TRUE(gone->hear<wire::Started>());
  gone.reset();
  auto there = raw(2);
  there->hello();
  there->start();
  ASSERT_TRUE(there->hear<wire::Started>());
  server.reset();
  EXPECT_THAT(world->displays(), IsEmpty());
}

}  // namespace
}  // namespace pf::host
