// Whole sessions through the C ABI alone, both ends in this process.
#include <chrono>

#include "abi/session_world.h"

namespace abi_test {
namespace {

TEST(AbiSession, video_and_sound_of_an_embedder_arrive_with_what_is_known_about_them) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  const auto first = viewer.unit();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->keyframe, 1);
  EXPECT_EQ(first->size, 2000u);
  EXPECT_EQ(first->width, 640u);
  EXPECT_EQ(first->codec, std::uint32_t{PUNKTFUNK_CODEC_H264});
  const auto second = viewer.unit();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->frame, first->frame + 1);
  auto packet = sized<punktfunk_audio_packet>();
  ASSERT_EQ(punktfunk_session_next_audio(viewer.session, 10'000, &packet), PUNKTFUNK_OK);
  EXPECT_GT(packet.size, 0u);
  EXPECT_EQ(packet.channels, 2u);
  punktfunk_audio_packet_release(&packet);

  auto info = sized<punktfunk_session_info>();
  ASSERT_EQ(punktfunk_session_info_get(viewer.session, &info), PUNKTFUNK_OK);
  EXPECT_STREQ(info.host_name, "embedder");
  EXPECT_EQ(info.audio_on, 1);
}

TEST(AbiSession, the_clocks_come_into_step_and_the_figures_grow) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  auto stats = sized<punktfunk_session_stats>();
  std::optional<punktfunk_video_unit> unit;
  do {
    ASSERT_EQ(punktfunk_session_stats_get(viewer.session, &stats), PUNKTFUNK_OK);
    unit = viewer.unit();
    ASSERT_TRUE(unit);
  } while (stats.clock_known == 0);
  EXPECT_GT(unit->captured_at, 0u);
  EXPECT_LE(unit->captured_at, unit->complete_at + stats.round_trip_us) << "no clock is known better than that";
  ASSERT_EQ(punktfunk_session_stats_get(viewer.session, &stats), PUNKTFUNK_OK);
  EXPECT_GT(stats.frames_complete, 0u);
  EXPECT_EQ(punktfunk_session_report(viewer.session, 1000, UINT64_MAX), PUNKTFUNK_OK);
  ASSERT_TRUE(viewer.unit());  // and so the host is done with the one before
  auto hosts = sized<punktfunk_host_stats>();
  ASSERT_EQ(punktfunk_host_stats_get(host.host, &hosts), PUNKTFUNK_OK);
  EXPECT_EQ(hosts.sessions, 1u);
  EXPECT_GT(hosts.frames_sent, 0u);
}

TEST(AbiSession, every_kind_of_input_reaches_the_embedder) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  const auto any = [](const punktfunk_input&) { return true; };
  const auto to = [&](std::uint32_t kind, const std::function<void(punktfunk_input&)>& fill,
                      const std::function<bool(const punktfunk_input&)>& fits) {
    EXPECT_EQ(viewer.send(kind, fill), PUNKTFUNK_OK) << kind;
    EXPECT_TRUE(host.heard(kind, fits)) << kind;
  };
  to(PUNKTFUNK_INPUT_KEY, [](auto& i) { i.data.key = {30, 1, 0}; }, [](auto& i) { return i.data.key.code == 30; });
  to(
      PUNKTFUNK_INPUT_POINTER_MOTION, [](auto& i) { i.data.motion = {16, -32}; },
      [](auto& i) { return i.data.motion.dx == 16 && i.data.motion.dy == -32; });
  to(
      PUNKTFUNK_INPUT_POINTER_POSITION, [](auto& i) { i.data.position = {65'535, 7}; },
      [](auto& i) { return i.data.position.x == 65'535 && i.data.position.y == 7; });
  to(
      PUNKTFUNK_INPUT_BUTTON, [](auto& i) { i.data.key = {0x110, 1, 0}; },
      [](auto& i) { return i.data.key.code == 0x110 && i.data.key.pressed == 1; });
  to(
      PUNKTFUNK_INPUT_WHEEL, [](auto& i) { i.data.wheel = {-120, 0}; },
      [](auto& i) { return i.data.wheel.vertical == -120; });
  to(
      PUNKTFUNK_INPUT_TEXT, [](auto& i) { std::strcpy(i.data.text, "grüße"); },
      [](auto& i) { return std::strcmp(i.data.text, "grüße") == 0; });
  to(
      PUNKTFUNK_INPUT_TOUCH, [](auto& i) { i.data.touch = {5, 1, 2, 3, PUNKTFUNK_TOUCH_DOWN, 0}; },
      [](auto& i) { return i.data.touch.contact == 5 && i.data.touch.pressure == 3; });
  to(
      PUNKTFUNK_INPUT_PEN,
      [](auto& i) { i.data.pen = {1, 2, 3, 4, -5, 6, PUNKTFUNK_PEN_IN_RANGE | PUNKTFUNK_PEN_ERASER, 0}; },
      [](auto& i) { return i.data.pen.tilt_x == -5 && i.data.pen.flags == 5; });
  to(
      PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL, [](auto& i) { i.data.arrival = {0xffff, 0xff, 3, PUNKTFUNK_GAMEPAD_XBOX}; },
      [](auto& i) { return i.data.arrival.pad == 3 && i.data.arrival.kind == PUNKTFUNK_GAMEPAD_XBOX; });
  to(
      PUNKTFUNK_INPUT_GAMEPAD, [](auto& i) { i.data.gamepad = {PUNKTFUNK_BUTTON_A, 1, 2, 3, 4, 5, 6, 3, 0}; },
      [](auto& i) { return i.data.gamepad.buttons == PUNKTFUNK_BUTTON_A && i.data.gamepad.right_trigger == 6; });
  to(
      PUNKTFUNK_INPUT_GAMEPAD_MOTION, [](auto& i) { i.data.gamepad_motion = {{0, 0, 9807}, {1, 2, 3}, 3, {}}; },
      [](auto& i) { return i.data.gamepad_motion.acceleration[2] == 9807; });
  to(
      PUNKTFUNK_INPUT_GAMEPAD_TOUCH, [](auto& i) { i.data.gamepad_touch = {5, 1, 2, 3, PUNKTFUNK_TOUCH_DOWN, 3}; },
      [](auto& i) { return i.data.gamepad_touch.contact == 5 && i.data.gamepad_touch.pad == 3; });
  to(
      PUNKTFUNK_INPUT_GAMEPAD_BATTERY, [](auto& i) { i.data.battery = {3, PUNKTFUNK_BATTERY_CHARGING, 55, 0}; },
      [](auto& i) { return i.data.battery.percent == 55; });
  to(
      PUNKTFUNK_INPUT_GAMEPAD_REMOVAL, [](auto& i) { i.data.removed_pad = 3; },
      [](auto& i) { return i.data.removed_pad == 3; });
  to(PUNKTFUNK_INPUT_RELEASE_ALL, [](auto&) {}, any);
}

TEST(AbiSession, what_refers_to_a_unit_that_was_too_large_is_refused_until_a_keyframe_comes) {
  Embedder host;
  host.plays = false;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  ASSERT_TRUE(host.had(PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED)) << "it streams";
  const std::vector<std::uint8_t> data(16 << 20);
  auto unit = sized<punktfunk_host_unit>();
  unit.width = 640;
  unit.height = 360;
  unit.data = data.data();
  const auto submit = [&](bool keyframe, std::size_t size) {
    unit.keyframe = keyframe;
    unit.size = size;
    return punktfunk_host_submit_video(host.host, host.session, &unit);
  };
  EXPECT_EQ(submit(true, data.size()), PUNKTFUNK_ERROR_REFUSED);
  EXPECT_EQ(submit(false, 2000), PUNKTFUNK_ERROR_CLOSED);
  EXPECT_EQ(submit(true, 2000), PUNKTFUNK_OK);
  EXPECT_EQ(submit(false, 2000), PUNKTFUNK_OK);
  EXPECT_EQ(submit(false, data.size()), PUNKTFUNK_ERROR_REFUSED);
  EXPECT_EQ(submit(false, 2000), PUNKTFUNK_ERROR_CLOSED);
  auto stats = sized<punktfunk_host_stats>();
  ASSERT_EQ(punktfunk_host_stats_get(host.host, &stats), PUNKTFUNK_OK);
  EXPECT_EQ(stats.frames_sent, 2u);
  EXPECT_EQ(stats.keyframes_sent, 1u);
  EXPECT_EQ(stats.send_failures, 2u);
}

TEST(AbiSession, rumble_and_light_come_back) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  EXPECT_EQ(punktfunk_host_rumble(host.host, 1, 1, 100, 200, 0, 0), PUNKTFUNK_ERROR_CLOSED) << "no gamepad as yet";
  viewer.send(PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL, [](auto& i) { i.data.arrival.pad = 1; });
  ASSERT_TRUE(host.heard(PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL, [](auto&) { return true; }));
  EXPECT_EQ(punktfunk_host_rumble(host.host, host.session, 1, 100, 200, 300, 400), PUNKTFUNK_OK);
  EXPECT_EQ(punktfunk_host_light(host.host, host.session, 1, 0x102030), PUNKTFUNK_OK);
  const auto felt = viewer.event(PUNKTFUNK_SESSION_EVENT_RUMBLE);
  ASSERT_TRUE(felt);
  EXPECT_EQ(felt->rumble.pad, 1);
  EXPECT_EQ(felt->rumble.low, 100);
  EXPECT_EQ(felt->rumble.high, 200);
  EXPECT_EQ(felt->rumble.left_trigger, 300);
  EXPECT_EQ(felt->rumble.right_trigger, 400);
  const auto seen = viewer.event(PUNKTFUNK_SESSION_EVENT_LIGHT);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->light_colour, 0x102030u);
}

TEST(AbiSession, the_mode_changes_in_mid_stream_if_the_embedder_agrees) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  ASSERT_TRUE(viewer.unit());
  auto larger = sized<punktfunk_reconfigure_options>();
  larger.mode = {1280, 720, 60'000};
  std::uint32_t request = 0;
  ASSERT_EQ(punktfunk_session_reconfigure(viewer.session, &larger, &request), PUNKTFUNK_OK);
  const auto answer = viewer.event(PUNKTFUNK_SESSION_EVENT_RECONFIGURED);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->request, request);
  EXPECT_EQ(answer->accepted, 1) << answer->text;
  std::optional<punktfunk_video_unit> unit;
  do {
    unit = viewer.unit();
    ASSERT_TRUE(unit);
  } while (unit->width != 1280);

  host.refuses = true;
  auto other = sized<punktfunk_reconfigure_options>();
  other.mode = {800, 600, 60'000};
  ASSERT_EQ(punktfunk_session_reconfigure(viewer.session, &other, nullptr), PUNKTFUNK_OK);
  const auto refused = viewer.event(PUNKTFUNK_SESSION_EVENT_RECONFIGURED);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->accepted, 0);
  EXPECT_NE(std::string(refused->text).find("not today"), std::string::npos) << refused->text;
}

TEST(AbiSession, an_embedder_that_refuses_is_quoted) {
  Embedder host;
  host.refuses = true;
  Viewer viewer(host);
  EXPECT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_ERROR_REFUSED);
  EXPECT_STREQ(viewer.error.text, "not today.");
}

TEST(AbiSession, without_a_pairing_there_is_no_session) {
  Embedder host;
  Viewer viewer(host, false);
  EXPECT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_ERROR_NOT_FOUND);
  auto error = sized<punktfunk_error>();
  EXPECT_EQ(punktfunk_client_pair(viewer.client, host.address().c_str(), "0815", nullptr, nullptr, &error),
            PUNKTFUNK_ERROR_UNAUTHENTICATED);
  EXPECT_NE(error.text[0], 0);
}

TEST(AbiSession, a_pairing_that_was_taken_back_ends_the_session) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  auto clients = sized<punktfunk_peer>();
  std::size_t count = 1;
  ASSERT_EQ(punktfunk_host_clients(host.host, &clients, &count), PUNKTFUNK_OK);
  ASSERT_EQ(count, 1u);
  EXPECT_STREQ(clients.name, "viewer");
  ASSERT_EQ(punktfunk_host_remove_client(host.host, "viewer", nullptr), PUNKTFUNK_OK);
  const auto ended = viewer.event(PUNKTFUNK_SESSION_EVENT_ENDED);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->retry, 0);
  auto next = sized<punktfunk_session_event>();
  EXPECT_EQ(punktfunk_session_next_event(viewer.session, 0, &next), PUNKTFUNK_ERROR_CLOSED);
}

TEST(AbiSession, a_client_that_leaves_ends_the_embedders_session) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  ASSERT_TRUE(viewer.unit());
  viewer.leave();
  EXPECT_TRUE(host.had(PUNKTFUNK_HOST_EVENT_SESSION_ENDED));
}

TEST(AbiSession, callbacks_may_call_into_the_session_and_none_comes_after_its_end) {
  Embedder host;
  Viewer viewer(host);
  struct Seen {
    std::atomic<punktfunk_session*> session = nullptr;
    std::atomic<int> units = 0;
    std::atomic<int> packets = 0;
    std::atomic<int> answered = 0;
  } seen;
  auto wish = viewer.wish();
  wish.user = &seen;
  wish.on_video = [](void* user, const punktfunk_video_unit* unit) {
    auto& to = *static_cast<Seen*>(user);
    EXPECT_EQ(unit->size, 2000u);
    auto stats = sized<punktfunk_session_stats>();
    if (auto* session = to.session.load(); session && punktfunk_session_stats_get(session, &stats) == PUNKTFUNK_OK)
      ++to.answered;
    ++to.units;
  };
  wish.on_audio = [](void* user, const punktfunk_audio_packet*) { ++static_cast<Seen*>(user)->packets; };
  ASSERT_EQ(viewer.connect(wish), PUNKTFUNK_OK) << viewer.error.text;
  seen.session = viewer.session;
  for (int i = 0; i < 1000 && (seen.answered < 5 || seen.packets < 5); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  EXPECT_GE(seen.answered, 5);
  EXPECT_GE(seen.packets, 5);
  viewer.leave();
  const int units = seen.units;
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(seen.units, units);
}

TEST(AbiSession, units_may_be_released_after_the_session) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  auto unit = sized<punktfunk_video_unit>();
  ASSERT_EQ(punktfunk_session_next_video(viewer.session, 10'000, &unit), PUNKTFUNK_OK);
  viewer.leave();
  EXPECT_EQ(unit.data[unit.size - 1], unit.data[0]);
  punktfunk_video_unit_release(&unit);
  punktfunk_video_unit_release(&unit);
}

TEST(AbiSession, who_does_not_fetch_loses_units_up_to_a_keyframe) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  auto stats = sized<punktfunk_session_stats>();
  do {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    ASSERT_EQ(punktfunk_session_stats_get(viewer.session, &stats), PUNKTFUNK_OK);
  } while (stats.frames_dropped == 0);
  const auto next = viewer.unit();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->keyframe, 1);
}

TEST(AbiSession, a_session_is_taken_up_again_by_its_token) {
  auto options = sized<punktfunk_host_options>();
  options.grace_ms = 10'000;
  Embedder host(options);
  Viewer first(host);
  ASSERT_EQ(first.connect(first.wish()), PUNKTFUNK_OK) << first.error.text;
  auto info = sized<punktfunk_session_info>();
  ASSERT_EQ(punktfunk_session_info_get(first.session, &info), PUNKTFUNK_OK);
  EXPECT_EQ(info.grace_ms, 10'000u);
  auto again = first.wish();
  again.has_resume_token = 1;
  std::memcpy(again.resume_token, info.resume_token, sizeof(again.resume_token));
  punktfunk_session* second = nullptr;
  auto error = sized<punktfunk_error>();
  ASSERT_EQ(punktfunk_client_connect(first.client, &again, nullptr, &second, &error), PUNKTFUNK_OK) << error.text;
  ASSERT_EQ(punktfunk_session_info_get(second, &info), PUNKTFUNK_OK);
  EXPECT_EQ(info.resumed, 1);
  punktfunk_session_destroy(second);
}

TEST(AbiSession, a_blocking_call_can_be_called_off) {
  Embedder host;
  host.deaf = true;
  Viewer viewer(host);
  punktfunk_cancel* cancel = nullptr;
  ASSERT_EQ(punktfunk_cancel_create(&cancel), PUNKTFUNK_OK);
  const auto wish = viewer.wish();
  {
    const std::jthread other([&] {
      EXPECT_TRUE(host.had(PUNKTFUNK_HOST_EVENT_SESSION_WANTED));
      punktfunk_cancel_trigger(cancel);
    });
    EXPECT_EQ(punktfunk_client_connect(viewer.client, &wish, cancel, &viewer.session, nullptr),
              PUNKTFUNK_ERROR_CANCELLED);
  }
  // It stays triggered. Nobody answers at this address, which would take 5 s to find out.
  EXPECT_EQ(punktfunk_client_pair(viewer.client, "127.0.0.1:9", "4711", cancel, nullptr, nullptr),
            PUNKTFUNK_ERROR_CANCELLED);
  punktfunk_cancel_destroy(cancel);
}

TEST(AbiSession, identity_and_hosts_can_be_kept_by_the_program) {
  Embedder host;
  Viewer viewer(host);
  std::size_t size = 0;
  EXPECT_EQ(punktfunk_client_identity(viewer.client, nullptr, &size), PUNKTFUNK_ERROR_BUFFER);
  std::string pem(size, '\0');
  ASSERT_EQ(punktfunk_client_identity(viewer.client, pem.data(), &size), PUNKTFUNK_OK);
  auto known = sized<punktfunk_peer>();
  std::size_t count = 1;
  ASSERT_EQ(punktfunk_client_hosts(viewer.client, &known, &count), PUNKTFUNK_OK);

  auto options = sized<punktfunk_client_options>();
  options.identity_pem = pem.c_str();
  punktfunk_client* again = nullptr;
  ASSERT_EQ(punktfunk_client_create(&options, &again, nullptr), PUNKTFUNK_OK);
  ASSERT_EQ(punktfunk_client_add_host(again, &known, nullptr), PUNKTFUNK_OK);
  auto wish = viewer.wish();
  wish.host = "embedder";
  punktfunk_session* session = nullptr;
  auto error = sized<punktfunk_error>();
  EXPECT_EQ(punktfunk_client_connect(again, &wish, nullptr, &session, &error), PUNKTFUNK_OK) << error.text;
  punktfunk_session_destroy(session);
  punktfunk_client_destroy(again);
}

}  // namespace
}  // namespace abi_test
