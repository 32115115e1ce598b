// Every entry point with arguments that no caller should give: an error comes back, and nothing else happens.
#include "abi/session_world.h"

namespace abi_test {
namespace {

constexpr auto bad = PUNKTFUNK_ERROR_INVALID_ARGUMENT;

TEST(AbiArguments, null_is_refused_everywhere_and_let_pass_at_the_end) {
  std::size_t count = 1;
  char text[PUNKTFUNK_FINGERPRINT_SIZE];
  auto error = sized<punktfunk_error>();
  EXPECT_EQ(punktfunk_cancel_create(nullptr), bad);
  EXPECT_EQ(punktfunk_client_create(nullptr, nullptr, &error), bad);
  EXPECT_EQ(punktfunk_client_identity(nullptr, text, &count), bad);
  EXPECT_EQ(punktfunk_client_fingerprint(nullptr, text), bad);
  EXPECT_EQ(punktfunk_client_hosts(nullptr, nullptr, &count), bad);
  EXPECT_EQ(punktfunk_client_add_host(nullptr, nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_client_forget_host(nullptr, nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_client_pair(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_client_connect(nullptr, nullptr, nullptr, nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_discovery_start(nullptr, nullptr, nullptr, nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_discovery_hosts(nullptr, nullptr, &count), bad);
  EXPECT_EQ(punktfunk_discovery_wait(nullptr, 0), bad);
  EXPECT_EQ(punktfunk_discovery_state(nullptr, &error), bad);
  EXPECT_EQ(punktfunk_session_info_get(nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_session_next_video(nullptr, 0, nullptr), bad);
  EXPECT_EQ(punktfunk_session_next_audio(nullptr, 0, nullptr), bad);
  EXPECT_EQ(punktfunk_session_next_event(nullptr, 0, nullptr), bad);
  EXPECT_EQ(punktfunk_session_reconfigure(nullptr, nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_session_set_bitrate(nullptr, 0), bad);
  EXPECT_EQ(punktfunk_session_request_keyframe(nullptr), bad);
  EXPECT_EQ(punktfunk_session_report(nullptr, 0, 0), bad);
  EXPECT_EQ(punktfunk_session_input(nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_session_stats_get(nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_speed_test_start(nullptr, nullptr, nullptr, &error), bad);
  EXPECT_EQ(punktfunk_speed_test_wait(nullptr, 0, nullptr), bad);
  EXPECT_EQ(punktfunk_host_create(nullptr, nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_host_address(nullptr, text, &count), bad);
  EXPECT_EQ(punktfunk_host_fingerprint(nullptr, text), bad);
  EXPECT_EQ(punktfunk_host_open_pairing(nullptr, nullptr, 0, nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_host_close_pairing(nullptr), bad);
  EXPECT_EQ(punktfunk_host_clients(nullptr, nullptr, &count), bad);
  EXPECT_EQ(punktfunk_host_remove_client(nullptr, nullptr, nullptr), bad);
  EXPECT_EQ(punktfunk_host_next_event(nullptr, 0, nullptr), bad);
  EXPECT_EQ(punktfunk_host_accept(nullptr, 1), bad);
  EXPECT_EQ(punktfunk_host_refuse(nullptr, 1, nullptr), bad);
  EXPECT_EQ(punktfunk_host_submit_video(nullptr, 1, nullptr), bad);
  EXPECT_EQ(punktfunk_host_submit_opus(nullptr, 1, nullptr, 0, 0), bad);
  EXPECT_EQ(punktfunk_host_submit_pcm(nullptr, 1, nullptr, 0, 0), bad);
  EXPECT_EQ(punktfunk_host_rumble(nullptr, 1, 0, 0, 0, 0, 0), bad);
  EXPECT_EQ(punktfunk_host_light(nullptr, 1, 0, 0), bad);
  EXPECT_EQ(punktfunk_host_stats_get(nullptr, nullptr), bad);
  punktfunk_cancel_trigger(nullptr);
  punktfunk_cancel_destroy(nullptr);
  punktfunk_client_destroy(nullptr);
  punktfunk_discovery_stop(nullptr);
  punktfunk_session_destroy(nullptr);
  punktfunk_speed_test_destroy(nullptr);
  punktfunk_video_unit_release(nullptr);
  punktfunk_audio_packet_release(nullptr);
  punktfunk_host_destroy(nullptr);
}

TEST(AbiArguments, the_version_is_that_of_the_header_and_every_result_has_words) {
  EXPECT_EQ(punktfunk_abi_version(), PUNKTFUNK_ABI_VERSION);
  EXPECT_STRNE(punktfunk_version(), "");
  for (punktfunk_result result = PUNKTFUNK_ERROR_INTERNAL; result <= PUNKTFUNK_OK; ++result)
    EXPECT_STRNE(punktfunk_result_text(result), punktfunk_result_text(1)) << result;
  EXPECT_STREQ(punktfunk_result_text(INT32_MIN), "an unknown result");
}

TEST(AbiArguments, options_out_of_bounds_are_explained) {
  auto options = sized<punktfunk_client_options>();
  punktfunk_client* client = nullptr;
  auto error = sized<punktfunk_error>();
  options.name = "\xff";
  EXPECT_EQ(punktfunk_client_create(&options, &client, &error), bad);
  EXPECT_STREQ(error.text, "name is not UTF-8");
  options.name = "client";
  options.identity_pem = "not PEM";
  EXPECT_EQ(punktfunk_client_create(&options, &client, &error), PUNKTFUNK_ERROR_MALFORMED);
  options.identity_pem = nullptr;
  options.struct_size = 4;
  EXPECT_EQ(punktfunk_client_create(&options, &client, &error), bad);
  options.struct_size = sizeof(options);
  ASSERT_EQ(punktfunk_client_create(&options, &client, &error), PUNKTFUNK_OK) << error.text;

  EXPECT_EQ(punktfunk_client_pair(client, "127.0.0.1:1", "12", nullptr, nullptr, &error), bad) << error.text;
  EXPECT_EQ(punktfunk_client_pair(client, "", "1234", nullptr, nullptr, &error), bad) << error.text;
  punktfunk_session* session = nullptr;
  auto wish = sized<punktfunk_connect_options>();
  EXPECT_EQ(punktfunk_client_connect(client, &wish, nullptr, &session, &error), bad);
  for (const auto& spoil : std::vector<std::function<void(punktfunk_connect_options&)>>{
           [](auto& o) { o.mode = {1, 1, 1}; }, [](auto& o) { o.codec = 9; }, [](auto& o) { o.audio_channels = 3; },
           [](auto& o) { o.audio_channels = 258; }, [](auto& o) { o.max_datagram = 70'000; }}) {
    wish = sized<punktfunk_connect_options>();
    wish.host = "nobody";
    spoil(wish);
    EXPECT_EQ(punktfunk_client_connect(client, &wish, nullptr, &session, &error), bad);
    EXPECT_STRNE(error.text, "");
  }
  wish = sized<punktfunk_connect_options>();
  wish.host = "nobody";
  EXPECT_EQ(punktfunk_client_connect(client, &wish, nullptr, &session, &error), PUNKTFUNK_ERROR_NOT_FOUND);
  EXPECT_EQ(session, nullptr);

  punktfunk_speed_test* test = nullptr;
  for (const auto& spoil : std::vector<std::function<void(punktfunk_speed_options&)>>{
           [](auto& o) { o.host = nullptr; }, [](auto& o) { o.host = "\xff"; }, [](auto& o) { o.length_ms = 1'999; },
           [](auto& o) { o.length_ms = 30'001; }, [](auto& o) { o.ceiling = 999'999; },
           [](auto& o) { o.struct_size = 8; }}) {
    auto speed = sized<punktfunk_speed_options>();
    speed.host = "nobody";
    spoil(speed);
    EXPECT_EQ(punktfunk_speed_test_start(client, &speed, &test, &error), bad);
    EXPECT_EQ(test, nullptr);
  }

  auto peer = sized<punktfunk_peer>();
  EXPECT_EQ(punktfunk_client_add_host(client, &peer, &error), bad);
  punktfunk_client_destroy(client);
}

TEST(AbiArguments, what_a_newer_header_may_have_given_a_meaning_is_refused_and_not_ignored) {
  constexpr auto newer = PUNKTFUNK_ERROR_NEWER_STRUCT;
  auto options = sized<punktfunk_client_options>();
  punktfunk_client* client = nullptr;
  options.reserved = 1;
  EXPECT_EQ(punktfunk_client_create(&options, &client, nullptr), newer);
  options.reserved = 0;
  ASSERT_EQ(punktfunk_client_create(&options, &client, nullptr), PUNKTFUNK_OK);
  auto wish = sized<punktfunk_connect_options>();
  punktfunk_session* session = nullptr;
  wish.host = "nobody";
  wish.reserved = 1;
  EXPECT_EQ(punktfunk_client_connect(client, &wish, nullptr, &session, nullptr), newer);
  auto peer = sized<punktfunk_peer>();
  peer.reserved[6] = 1;
  EXPECT_EQ(punktfunk_client_add_host(client, &peer, nullptr), newer);
  punktfunk_client_destroy(client);

  auto host_options = sized<punktfunk_host_options>();
  punktfunk_host* host = nullptr;
  host_options.address = "127.0.0.1:0";
  host_options.reserved[5] = 1;
  EXPECT_EQ(punktfunk_host_create(&host_options, &host, nullptr), newer);
  EXPECT_EQ(host, nullptr);
}

TEST(AbiArguments, a_host_checks_what_its_embedder_gives) {
  auto options = sized<punktfunk_host_options>();
  punktfunk_host* host = nullptr;
  auto error = sized<punktfunk_error>();
  options.address = "127.0.0.1:0";
  options.codecs = 1u << 9;
  EXPECT_EQ(punktfunk_host_create(&options, &host, &error), bad);
  options.codecs = 0;
  options.address = "not an address at all:x";
  EXPECT_NE(punktfunk_host_create(&options, &host, &error), PUNKTFUNK_OK);
  options.address = "127.0.0.1:0";
  ASSERT_EQ(punktfunk_host_create(&options, &host, &error), PUNKTFUNK_OK) << error.text;
  EXPECT_EQ(punktfunk_host_open_pairing(host, "12", 0, nullptr, &error), bad);
  auto unit = sized<punktfunk_host_unit>();
  EXPECT_EQ(punktfunk_host_submit_video(host, 7, &unit), PUNKTFUNK_ERROR_NOT_FOUND);
  EXPECT_EQ(punktfunk_host_accept(host, 7), PUNKTFUNK_ERROR_NOT_FOUND);
  auto event = sized<punktfunk_host_event>();
  event.struct_size = 8;
  EXPECT_EQ(punktfunk_host_next_event(host, 0, &event), bad);
  punktfunk_host_destroy(host);
}

TEST(AbiArguments, input_and_units_out_of_bounds_are_refused) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  const auto refused = [&](std::uint32_t kind, const std::function<void(punktfunk_input&)>& fill) {
    EXPECT_EQ(viewer.send(kind, fill), bad) << kind;
  };
  refused(0, [](auto&) {});
  refused(99, [](auto&) {});
  refused(PUNKTFUNK_INPUT_KEY, [](auto& i) { i.data.key.code = 0x300; });
  refused(PUNKTFUNK_INPUT_TOUCH, [](auto& i) { i.data.touch.phase = 0; });
  refused(PUNKTFUNK_INPUT_TOUCH, [](auto& i) { i.data.touch.phase = 5; });
  refused(PUNKTFUNK_INPUT_PEN, [](auto& i) { i.data.pen.twist = 360; });
  refused(PUNKTFUNK_INPUT_PEN, [](auto& i) { i.data.pen.tilt_x = 91; });
  refused(PUNKTFUNK_INPUT_PEN, [](auto& i) { i.data.pen.tilt_x = -128; });
  refused(PUNKTFUNK_INPUT_PEN, [](auto& i) { i.data.pen.tilt_y = -91; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL, [](auto& i) { i.data.arrival.kind = 4; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL, [](auto& i) { i.data.arrival.pad = 16; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_REMOVAL, [](auto& i) { i.data.removed_pad = 255; });
  refused(PUNKTFUNK_INPUT_GAMEPAD, [](auto& i) { i.data.gamepad.pad = 16; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_MOTION, [](auto& i) { i.data.gamepad_motion.pad = 16; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_TOUCH,
          [](auto& i) { i.data.gamepad_touch = {1, 0, 0, 0, PUNKTFUNK_TOUCH_DOWN, 16}; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_TOUCH, [](auto& i) { i.data.gamepad_touch.phase = 5; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_BATTERY, [](auto& i) { i.data.battery.pad = 16; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_BATTERY, [](auto& i) { i.data.battery.state = 6; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_BATTERY, [](auto& i) { i.data.battery.percent = 101; });
  refused(PUNKTFUNK_INPUT_GAMEPAD_BATTERY, [](auto& i) { i.data.battery.percent = 254; });
  refused(PUNKTFUNK_INPUT_TEXT, [](auto& i) { std::memset(i.data.text, 'x', sizeof(i.data.text)); });
  refused(PUNKTFUNK_INPUT_TEXT, [](auto& i) { i.data.text[0] = '\xff'; });
  const auto newer = [&](std::uint32_t kind, const std::function<void(punktfunk_input&)>& fill) {
    EXPECT_EQ(viewer.send(kind, fill), PUNKTFUNK_ERROR_NEWER_STRUCT) << kind;
  };
  newer(PUNKTFUNK_INPUT_KEY, [](auto& i) { i.data.key.reserved = 1; });
  newer(PUNKTFUNK_INPUT_TOUCH, [](auto& i) { i.data.touch = {1, 0, 0, 0, PUNKTFUNK_TOUCH_DOWN, 1}; });
  newer(PUNKTFUNK_INPUT_PEN, [](auto& i) { i.data.pen.reserved = 1; });
  newer(PUNKTFUNK_INPUT_PEN, [](auto& i) { i.data.pen.flags = 0x20; });
  newer(PUNKTFUNK_INPUT_GAMEPAD, [](auto& i) { i.data.gamepad.reserved = 1; });
  newer(PUNKTFUNK_INPUT_GAMEPAD_MOTION, [](auto& i) { i.data.gamepad_motion.reserved[2] = 1; });
  newer(PUNKTFUNK_INPUT_GAMEPAD_BATTERY, [](auto& i) { i.data.battery.reserved = 1; });
  {
    auto wish = viewer.wish();
    wish.bitrate = 5'000'000;
    wish.min_bitrate = 5'000'001;
    punktfunk_session* none = nullptr;
    EXPECT_EQ(punktfunk_client_connect(viewer.client, &wish, nullptr, &none, nullptr), bad);
    EXPECT_EQ(none, nullptr);
  }
  auto tiny = sized<punktfunk_reconfigure_options>();
  tiny.mode = {1, 1, 1};
  EXPECT_EQ(punktfunk_session_reconfigure(viewer.session, &tiny, nullptr), bad);
  EXPECT_EQ(punktfunk_session_reconfigure(viewer.session, nullptr, nullptr), bad);

  ASSERT_TRUE(viewer.unit());
  auto unit = sized<punktfunk_host_unit>();
  unit.reserved = 1;
  EXPECT_EQ(punktfunk_host_submit_video(host.host, host.session, &unit), PUNKTFUNK_ERROR_NEWER_STRUCT);
  unit.reserved = 0;
  EXPECT_EQ(punktfunk_host_submit_video(host.host, host.session, &unit), bad);
  const std::uint8_t byte = 1;
  unit.data = &byte;
  unit.size = 1;
  EXPECT_EQ(punktfunk_host_submit_video(host.host, host.session, &unit), bad) << "without a size";
  EXPECT_EQ(punktfunk_host_submit_opus(host.host, host.session, nullptr, 9, 0), bad);
  EXPECT_EQ(punktfunk_host_submit_opus(host.host, host.session, &byte, 0, 0), bad);
  EXPECT_EQ(punktfunk_host_rumble(host.host, host.session, 16, 0, 0, 0, 0), bad);
  EXPECT_EQ(punktfunk_host_light(host.host, host.session, 16, 0), bad);
  EXPECT_EQ(punktfunk_host_light(host.host, host.session, 0, 0x1000000), bad);
  const float samples[3]{};
  EXPECT_EQ(punktfunk_host_submit_pcm(host.host, host.session, samples, 3, 0), bad);
}

}  // namespace
}  // namespace abi_test
