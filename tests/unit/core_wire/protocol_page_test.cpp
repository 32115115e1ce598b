// Holds the code against the vectors of docs/protocol.md. A vector that nothing checks, a check without a vector and a
// value on the page that nobody looks at are failures too.
#include <gtest/gtest.h>

#include <array>

#include "core/wire/audio_payload.h"
#include "core/wire/control_messages.h"
#include "core/wire/input_events.h"
#include "core/wire/media_header.h"
#include "core/wire/unit_prefix.h"
#include "unit/core_wire/protocol_page.h"
#include "unit/core_wire/protocol_page_crypto.h"

namespace pf::wire {
namespace {

using test::Check;
using test::PageVector;

const test::ProtocolPage& page() {
  static const auto read = test::read_protocol_page(PUNKTFUNK_SOURCE_DIR "/docs/protocol.md");
  return read;
}

template <class T>
T as(const PageVector& v, const std::string& key) {
  return static_cast<T>(v.number(key));
}

VideoCodec codec_named(const std::string& name) {
  return name == "h264" ? VideoCodec::h264 : name == "hevc" ? VideoCodec::hevc : VideoCodec::av1;
}

std::vector<VideoCodec> codecs(const PageVector& v) {
  std::vector<VideoCodec> out;
  for (const auto& word : v.words("codecs")) out.push_back(codec_named(word));
  return out;
}

MediaCipher cipher_named(const std::string& name) {
  return name == "aes-128-gcm" ? MediaCipher::aes_128_gcm : MediaCipher::chacha20_poly1305;
}

std::vector<MediaCipher> ciphers(const PageVector& v) {
  std::vector<MediaCipher> out;
  for (const auto& word : v.words("ciphers")) out.push_back(cipher_named(word));
  return out;
}

Mode mode(const PageVector& v) {
  const auto n = v.numbers("mode");
  if (n.size() != 3) return {};
  return {static_cast<std::uint32_t>(n[0]), static_cast<std::uint32_t>(n[1]), static_cast<std::uint32_t>(n[2])};
}

Bitrate bitrate(const PageVector& v) {
  return {as<std::uint64_t>(v, "bitrate")};
}

ResumeToken token(const PageVector& v, const std::string& key) {
  ResumeToken out{};
  const auto bytes = v.hex(key);
  EXPECT_EQ(bytes.size(), out.size());
  std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
  return out;
}

PointerState pointer(const PageVector& v) {
  return {.sequence = as<std::uint32_t>(v, "sequence"),
          .total_dx = as<std::int32_t>(v, "dx"),
          .total_dy = as<std::int32_t>(v, "dy"),
          .absolute = as<bool>(v, "absolute"),
          .x = as<std::uint16_t>(v, "x"),
          .y = as<std::uint16_t>(v, "y")};
}

std::vector<StageFigures> stages(const PageVector& v) {
  const auto words = v.words("stages");
  if (words.size() != 5) return {};
  const auto n = [&](std::size_t i) { return static_cast<std::uint32_t>(std::stoul(words[i])); };
  return {{words[0], n(1), n(2), n(3), n(4)}};
}

// --- the control messages ---

ControlMessage control_message(const std::string& name, const PageVector& v) {
  const auto u32 = [&](const char* key) { return as<std::uint32_t>(v, key); };
  const auto u64 = [&](const char* key) { return as<std::uint64_t>(v, key); };
  if (name == "hello")
    return Hello{as<std::uint16_t>(v, "min_version"),
                 as<std::uint16_t>(v, "max_version"),
                 v.text("client_name"),
                 v.text("software"),
                 codecs(v),
                 ciphers(v)};
  if (name == "welcome")
    return Welcome{as<std::uint16_t>(v, "version"), v.text("host_name"), v.text("software"), codecs(v),
                   cipher_named(v.text("cipher"))};
  if (name == "refusal") return Refusal{as<RefusalCode>(v, "code"), v.text("text")};
  if (name == "start")
    return Start{mode(v),
                 codec_named(v.text("codec")),
                 bitrate(v),
                 {as<std::uint8_t>(v, "audio")},
                 as<bool>(v, "audio_wanted"),
                 as<std::uint16_t>(v, "max_datagram"),
                 token(v, "resume"),
                 {as<std::uint64_t>(v, "min_bitrate")},
                 as<bool>(v, "hides")};
  if (name == "started")
    return Started{mode(v),
                   codec_named(v.text("codec")),
                   bitrate(v),
                   {as<std::uint8_t>(v, "audio")},
                   as<bool>(v, "audio_on"),
                   as<bool>(v, "resumed"),
                   token(v, "token"),
                   u32("grace_ms"),
                   v.text("display")};
  if (name == "reconfigure") return Reconfigure{u32("request"), mode(v), bitrate(v)};
  if (name == "reconfigured") return Reconfigured{u32("request"), as<bool>(v, "accepted"), mode(v), v.text("text")};
  if (name == "request-keyframe" || name == "unknown-field") return RequestKeyframe{{u32("last_good")}};
  if (name == "invalidate-frames" || name == "other-order") return InvalidateFrames{{u32("first")}, {u32("last")}};
  if (name == "set-bitrate") return SetBitrate{bitrate(v)};
  if (name == "client-stats")
    return ClientStats{u32("interval_ms"),     u32("packets_received"), u32("packets_lost"),
                       u32("frames_complete"), u32("frames_recovered"), u32("frames_lost"),
                       u32("decode_p50_us"),   u32("latency_p50_us"),   u32("latency_p99_us")};
  if (name == "host-stats")
    return HostStats{stages(v),           u64("frames_captured"), u64("frames_encoded"),  u64("frames_dropped"),
                     u64("packets_sent"), u64("bytes_sent"),      u32("cpu_permille"),    u32("rss_kib"),
                     {u64("target")},     {u64("capacity")},      u32("parity_permille"), u32("loss_permille"),
                     u32("queue_us")};
  if (name == "goodbye" || name == "missing-field") return Goodbye{as<GoodbyeReason>(v, "reason"), v.text("text")};
  if (name == "gamepad-rumble")
    return GamepadRumble{as<std::uint8_t>(v, "pad"), as<std::uint16_t>(v, "low"), as<std::uint16_t>(v, "high"),
                         as<std::uint16_t>(v, "left_trigger"), as<std::uint16_t>(v, "right_trigger")};
  if (name == "gamepad-light") return GamepadLight{as<std::uint8_t>(v, "pad"), u32("colour")};
  if (name == "speed-test-request") return SpeedTestRequest{u32("train"), {u64("rate")}, u32("length_ms")};
  if (name == "speed-test-result")
    return SpeedTestResult{u32("train"), u32("packets"), u32("packet_size"), u32("elapsed_us"), v.text("text")};
  if (name == "pair-share") return PairShare{v.hex("share"), v.hex("confirmation"), v.text("name")};
  if (name == "pair-confirm") return PairConfirm{v.hex("confirmation")};
  return Paired{v.text("host_name")};
}

std::vector<std::vector<std::byte>> records(const PageVector& v) {
  ControlFramer framer;
  EXPECT_TRUE(framer.push(v.bytes));
  std::vector<std::vector<std::byte>> out;
  while (const auto record = framer.next()) out.emplace_back(record->begin(), record->end());
  return out;
}

void check_control_reading(const std::string& name, const PageVector& v) {
  const auto found = records(v);
  ASSERT_EQ(found.size(), 1u);
  const auto message = decode_control(found[0]);
  ASSERT_TRUE(message) << message.error().message;
  ASSERT_TRUE(*message);
  EXPECT_TRUE(**message == control_message(name, v));
}

void check_control(const std::string& name, const PageVector& v) {
  check_control_reading(name, v);
  EXPECT_EQ(encode_control(control_message(name, v)), v.bytes);
}

void check_unknown_type(const PageVector& v) {
  const auto found = records(v);
  ASSERT_EQ(found.size(), 1u);
  const auto message = decode_control(found[0]);
  ASSERT_TRUE(message);
  EXPECT_FALSE(*message);
}

template <class Framer>
void check_stream(const PageVector& v) {
  Framer framer;
  ASSERT_TRUE(framer.push(v.bytes));
  for (const auto& word : v.words("records")) {
    PageVector expected;
    expected.set("record", word);
    const auto record = framer.next();
    ASSERT_TRUE(record);
    EXPECT_EQ(std::vector<std::byte>(record->begin(), record->end()), expected.hex("record"));
  }
  EXPECT_FALSE(framer.next());
}

// --- input and datagrams ---

void check_input(const PageVector& v, const ReliableInput& event) {
  EXPECT_EQ(encode_input(event), v.bytes);
  InputFramer framer;
  ASSERT_TRUE(framer.push(v.bytes));
  const auto record = framer.next();
  ASSERT_TRUE(record);
  const auto read = decode_input(*record);
  ASSERT_TRUE(read && *read);
  EXPECT_TRUE(**read == event);
}

void check_datagram(const PageVector& v, const ControlDatagram& datagram) {
  EXPECT_EQ(encode_datagram(datagram), v.bytes);
  const auto read = decode_datagram(v.bytes);
  ASSERT_TRUE(read && *read);
  EXPECT_TRUE(**read == datagram);
}

TouchContact contact(const PageVector& v, const std::string& key) {
  const auto n = v.numbers(key);
  if (n.size() != 4) return {};
  const auto u16 = [&](std::size_t i) { return static_cast<std::uint16_t>(n[i]); };
  return {static_cast<std::uint32_t>(n[0]), u16(1), u16(2), u16(3)};
}

PenState pen(const PageVector& v) {
  return {.sequence = as<std::uint32_t>(v, "sequence"),
          .in_range = as<bool>(v, "in_range"),
          .touching = as<bool>(v, "touching"),
          .eraser = as<bool>(v, "eraser"),
          .first_button = as<bool>(v, "first_button"),
          .second_button = as<bool>(v, "second_button"),
          .x = as<std::uint16_t>(v, "x"),
          .y = as<std::uint16_t>(v, "y"),
          .pressure = as<std::uint16_t>(v, "pressure"),
          .tilt_x = as<std::int8_t>(v, "tilt_x"),
          .tilt_y = as<std::int8_t>(v, "tilt_y"),
          .twist = as<std::uint16_t>(v, "twist")};
}

std::array<std::int32_t, 3> three(const PageVector& v, const std::string& key) {
  const auto n = v.numbers(key);
  if (n.size() != 3) return {};
  return {static_cast<std::int32_t>(n[0]), static_cast<std::int32_t>(n[1]), static_cast<std::int32_t>(n[2])};
}

GamepadAxes axes(const PageVector& v) {
  const auto n = v.numbers("axes");
  if (n.size() != 6) return {};
  const auto i16 = [&](std::size_t i) { return static_cast<std::int16_t>(n[i]); };
  return {static_cast<std::uint8_t>(n[0]), static_cast<std::uint8_t>(n[1]), i16(2), i16(3), i16(4), i16(5)};
}

void add_device_checks(std::map<std::string, Check>& out) {
  const auto pad = [](const PageVector& v) { return as<std::uint8_t>(v, "pad"); };
  const auto sequence = [](const PageVector& v) { return as<std::uint32_t>(v, "sequence"); };
  out["touch"] = [=](const PageVector& v) {
    check_input(v, TouchEvent{sequence(v), as<TouchPhase>(v, "phase"), contact(v, "contact")});
  };
  out["touch-motion"] = [=](const PageVector& v) {
    check_datagram(v, TouchMotion{sequence(v), {contact(v, "contact"), contact(v, "second_contact")}});
  };
  out["gamepad-touch"] = [=](const PageVector& v) {
    check_input(v, GamepadTouch{pad(v), TouchEvent{sequence(v), as<TouchPhase>(v, "phase"), contact(v, "contact")}});
  };
  out["gamepad-touch-motion"] = [=](const PageVector& v) {
    check_datagram(v, GamepadTouchMotion{pad(v), {sequence(v), {contact(v, "contact"), contact(v, "second_contact")}}});
  };
  out["pen"] = [](const PageVector& v) { check_input(v, PenEvent{pen(v)}); };
  out["pen-motion"] = [](const PageVector& v) { check_datagram(v, PenMotion{pen(v)}); };
  out["gamepad-arrival"] = [=](const PageVector& v) {
    check_input(v, GamepadArrival{pad(v), as<GamepadKind>(v, "kind"), as<std::uint16_t>(v, "has"),
                                  as<std::uint32_t>(v, "buttons")});
  };
  out["gamepad-removal"] = [=](const PageVector& v) { check_input(v, GamepadRemoval{pad(v)}); };
  out["gamepad"] = [=](const PageVector& v) {
    check_input(v, GamepadEvent{pad(v), sequence(v), as<std::uint32_t>(v, "buttons"), axes(v)});
  };
  out["gamepad-sticks"] = [=](const PageVector& v) { check_datagram(v, GamepadSticks{pad(v), sequence(v), axes(v)}); };
  out["gamepad-battery"] = [=](const PageVector& v) {
    check_input(v, GamepadBattery{pad(v), as<BatteryState>(v, "state"), as<std::uint8_t>(v, "percent")});
  };
  out["gamepad-motion"] = [=](const PageVector& v) {
    check_datagram(v, GamepadMotion{pad(v), sequence(v), three(v, "acceleration"), three(v, "angular_speed")});
  };
}

// --- media ---

void check_header(const PageVector& v) {
  const MediaHeader header{.stream = as<StreamKind>(v, "stream"),
                           .flags = {as<bool>(v, "keyframe"), as<bool>(v, "discontinuity")},
                           .packet_number = as<std::uint64_t>(v, "packet_number"),
                           .frame = {as<std::uint32_t>(v, "frame")},
                           .timestamp_us = as<std::uint32_t>(v, "timestamp"),
                           .send_delay = as<std::uint16_t>(v, "send_delay"),
                           .shard = as<std::uint16_t>(v, "shard"),
                           .data_shards = as<std::uint16_t>(v, "data"),
                           .parity_shards = as<std::uint16_t>(v, "parity")};
  const auto read = parse_media_header(v.bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, header);
  EXPECT_TRUE(is_media(v.bytes[0]));
  std::array<std::byte, media_header_size> written{};
  write_media_header(header, written);
  EXPECT_EQ(std::vector<std::byte>(written.begin(), written.end()), v.bytes);
}

UnitPrefix prefix_of(const PageVector& v) {
  return {.unit_size = as<std::uint32_t>(v, "unit_size"),
          .codec = codec_named(v.text("codec")),
          .width = as<std::uint16_t>(v, "width"),
          .height = as<std::uint16_t>(v, "height"),
          .until_shown = as<std::uint8_t>(v, "until_shown"),
          .times = {microseconds{v.number("capture")}, microseconds{v.number("queue")},
                    microseconds{v.number("convert")}, microseconds{v.number("encode")}}};
}

void check_prefix_reading(const PageVector& v) {
  const auto read = parse_unit_prefix(v.bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->prefix, prefix_of(v));
  EXPECT_EQ(read->size, as<std::size_t>(v, "prefix_size"));
}

void check_prefix(const PageVector& v) {
  check_prefix_reading(v);
  std::array<std::byte, unit_prefix_size> written{};
  write_unit_prefix(prefix_of(v), written);
  EXPECT_EQ(std::vector<std::byte>(written.begin(), written.end()), v.bytes);
}

void check_audio(const PageVector& v) {
  std::vector<std::vector<std::byte>> packets;
  for (const auto& word : v.words("packets")) {
    PageVector packet;
    packet.set("hex", word);
    packets.push_back(packet.hex("hex"));
  }
  const auto read = parse_audio_payload(v.bytes);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->packets().size(), packets.size());
  std::vector<std::span<const std::byte>> spans;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT_EQ(std::vector<std::byte>(read->packets()[i].begin(), read->packets()[i].end()), packets[i]);
    spans.emplace_back(packets[i]);
  }
  std::vector<std::byte> written;
  write_audio_payload(spans, written);
  EXPECT_EQ(written, v.bytes);
}

std::map<std::string, Check> checks() {
  std::map<std::string, Check> out;
  for (const char* name : {"hello",
                           "welcome",
                           "refusal",
                           "start",
                           "started",
                           "reconfigure",
                           "reconfigured",
                           "request-keyframe",
                           "invalidate-frames",
                           "set-bitrate",
                           "client-stats",
                           "host-stats",
                           "goodbye",
                           "gamepad-rumble",
                           "gamepad-light",
                           "speed-test-request",
                           "speed-test-result",
                           "pair-share",
                           "pair-confirm",
                           "paired"})
    out[name] = [name](const PageVector& v) { check_control(name, v); };
  for (const char* name : {"unknown-field", "other-order", "missing-field"})
    out[name] = [name](const PageVector& v) { check_control_reading(name, v); };
  out["unknown-type"] = check_unknown_type;
  out["control-stream"] = check_stream<ControlFramer>;
  out["input-stream"] = check_stream<InputFramer>;
  out["key"] = [](const PageVector& v) {
    check_input(v, KeyEvent{as<std::uint16_t>(v, "code"), as<bool>(v, "pressed")});
  };
  out["button"] = [](const PageVector& v) {
    check_input(v, ButtonEvent{as<std::uint16_t>(v, "code"), as<bool>(v, "pressed"), pointer(v)});
  };
  out["wheel"] = [](const PageVector& v) {
    check_input(v, WheelEvent{as<std::int32_t>(v, "vertical"), as<std::int32_t>(v, "horizontal"), pointer(v)});
  };
  out["text"] = [](const PageVector& v) { check_input(v, TextEvent{v.text("utf8")}); };
  out["release-all"] = [](const PageVector& v) { check_input(v, ReleaseAllEvent{}); };
  out["motion"] = [](const PageVector& v) { check_datagram(v, MotionDatagram{pointer(v)}); };
  out["clock-ping"] = [](const PageVector& v) {
    check_datagram(v, ClockPing{as<std::uint32_t>(v, "id"), as<std::uint64_t>(v, "client_send_us")});
  };
  out["clock-pong"] = [](const PageVector& v) {
    check_datagram(v, ClockPong{as<std::uint32_t>(v, "id"), as<std::uint64_t>(v, "client_send_us"),
                                as<std::uint64_t>(v, "host_receive_us"), as<std::uint64_t>(v, "host_send_us")});
  };
  out["feedback"] = [](const PageVector& v) {
    const auto u32 = [&](const char* key) { return as<std::uint32_t>(v, key); };
    check_datagram(
        v, Feedback{u32("sequence"), u32("time_us"), u32("packets_expected"), u32("packets_received"),
                    u32("packets_lost"), u32("loss_runs"), u32("bytes_received"), u32("train_bytes"), u32("train_us"),
                    u32("frames"), as<std::int32_t>(v, "least_delay_us"), as<std::int32_t>(v, "last_delay_us")});
  };
  add_device_checks(out);
  for (const char* name : {"video-header", "audio-header", "largest-block-header"}) out[name] = check_header;
  out["unit-prefix"] = check_prefix;
  out["unit-prefix-longer"] = check_prefix_reading;
  out["audio-payload"] = out["audio-alone"] = check_audio;
  test::add_crypto_checks(page(), out);
  return out;
}

TEST(ProtocolPage, every_vector_reads_and_writes_as_the_page_says) {
  auto all = checks();
  for (const auto& [name, vector] : page().vectors) {
    SCOPED_TRACE(name);
    const auto check = all.find(name);
    ASSERT_NE(check, all.end()) << "nothing checks this vector";
    check->second(vector);
    EXPECT_EQ(vector.unread(), std::vector<std::string>{});
    all.erase(check);
  }
  for (const auto& [name, check] : all) ADD_FAILURE() << "the page has no vector " << name;
}

bool refused(const std::string& name, std::span<const std::byte> bytes) {
  if (name.starts_with("control-stream-")) return !ControlFramer().push(bytes);
  if (name.starts_with("input-stream-")) return !InputFramer().push(bytes);
  if (name.starts_with("sealed-")) return test::refused_under_the_audio_key(page(), bytes);
  if (name.starts_with("control-")) return !decode_control(bytes);
  if (name.starts_with("input-")) return !decode_input(bytes);
  if (name.starts_with("datagram-")) return !decode_datagram(bytes);
  if (name.starts_with("header-")) return !parse_media_header(bytes);
  if (name.starts_with("prefix-")) return !parse_unit_prefix(bytes);
  if (name.starts_with("audio-")) return !parse_audio_payload(bytes);
  ADD_FAILURE() << "nothing reads " << name;
  return false;
}

TEST(ProtocolPage, what_the_page_calls_invalid_is_refused) {
  EXPECT_EQ(page().invalid.size(), 51u);
  for (const auto& [name, bytes] : page().invalid) EXPECT_TRUE(refused(name, bytes)) << name;
}

}  // namespace
}  // namespace pf::wire
