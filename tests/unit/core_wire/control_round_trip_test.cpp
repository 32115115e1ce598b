// Every message with every value that it may have, there and back; and what later versions may add to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/wire/bytes.h"
#include "core/wire/control_messages.h"

namespace pf::wire {
namespace {

/// Values as a peer may choose them; texts are UTF-8 of one to four bytes a character.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  template <std::unsigned_integral T>
  T number() {
    return static_cast<T>(random_() >> (random_() % 64));
  }
  bool flag() { return random_() % 2 == 0; }
  std::string text() {
    static constexpr const char* characters[] = {"a", "é", "€", "🙂", "\x01"};
    std::string text;
    for (auto left = random_() % 20; left > 0; --left) text += characters[random_() % std::size(characters)];
    return text;
  }
  std::vector<std::byte> bytes(std::size_t most) {
    std::vector<std::byte> bytes(random_() % (most + 1));
    for (auto& b : bytes) b = static_cast<std::byte>(random_());
    return bytes;
  }
  Mode mode() { return {number<std::uint32_t>(), number<std::uint32_t>(), number<std::uint32_t>()}; }
  Bitrate bitrate() { return {number<std::uint64_t>()}; }
  FrameId frame() { return {number<std::uint32_t>()}; }
  VideoCodec codec() { return static_cast<VideoCodec>(number<std::uint8_t>()); }
  AudioFormat audio() { return {number<std::uint8_t>()}; }
  ResumeToken token() {
    ResumeToken token{};
    for (auto& b : token) b = static_cast<std::byte>(random_());
    return token;
  }
  std::vector<VideoCodec> codecs() {
    std::vector<VideoCodec> list(random_() % 17);
    for (auto& entry : list) entry = codec();
    return list;
  }
  MediaCipher cipher() { return static_cast<MediaCipher>(number<std::uint8_t>()); }
  std::vector<MediaCipher> ciphers() {
    std::vector<MediaCipher> list(random_() % 17);
    for (auto& entry : list) entry = cipher();
    return list;
  }
  std::vector<StageFigures> stages() {
    std::vector<StageFigures> list(random_() % 33);
    for (auto& stage : list)
      stage = {"stage", number<std::uint32_t>(), number<std::uint32_t>(), number<std::uint32_t>(),
               number<std::uint64_t>()};
    return list;
  }

 private:
  std::mt19937_64 random_;
};

std::vector<ControlMessage> one_of_each(Chance& c) {
  const auto u16 = [&] { return c.number<std::uint16_t>(); };
  const auto u32 = [&] { return c.number<std::uint32_t>(); };
  const auto u64 = [&] { return c.number<std::uint64_t>(); };
  const auto maybe_token = c.flag() ? std::optional(c.token()) : std::nullopt;
  const auto maybe_bitrate = c.flag() ? std::optional(c.bitrate()) : std::nullopt;
  return {Hello{u16(), u16(), c.text(), c.text(), c.codecs(), c.ciphers()},
          Welcome{u16(), c.text(), c.text(), c.codecs(), c.cipher()},
          Refusal{static_cast<RefusalCode>(u16()), c.text()},
          Start{c.mode(), c.codec(), c.bitrate(), c.audio(), c.flag(), u16(), maybe_token, c.bitrate()},
          Started{c.mode(), c.codec(), c.bitrate(), c.audio(), c.flag(), c.flag(), c.token(), u32(), c.text()},
          Reconfigure{u32(), c.mode(), maybe_bitrate},
          Reconfigured{u32(), c.flag(), c.mode(), c.text()},
          RequestKeyframe{c.frame()},
          InvalidateFrames{c.frame(), c.frame()},
          SetBitrate{c.bitrate()},
          ClientStats{u32(), u32(), u32(), u32(), u32(), u32(), u32(), u32(), u32()},
          HostStats{c.stages(), u64(), u64(), u64(), u64(), u64(), u32(), u32(), c.bitrate(), c.bitrate(), u32(), u32(),
                    u32()},
          Goodbye{static_cast<GoodbyeReason>(u16()), c.text()},
          GamepadRumble{c.number<std::uint8_t>(), u16(), u16(), u16(), u16()},
          GamepadLight{c.number<std::uint8_t>(), u32()},
          SpeedTestRequest{u32(), c.bitrate(), u32()},
          SpeedTestResult{u32(), u32(), u32(), u32(), c.text()},
          PairShare{c.bytes(256), c.bytes(256), c.text()},
          PairConfirm{c.bytes(256)},
          Paired{c.text()}};
}

std::vector<std::byte> body_of(const ControlMessage& message) {
  const auto record = encode_control(message);
  return {record.begin() + 4, record.end()};
}

/// Type and fields of a body, each field with its head.
std::pair<std::vector<std::byte>, std::vector<std::vector<std::byte>>> taken_apart(std::span<const std::byte> body) {
  Reader in(body.subspan(2));
  std::vector<std::vector<std::byte>> fields;
  while (in.remaining() > 0) {
    const auto rest = in.rest();
    in.read<std::uint8_t>();
    const std::size_t size = in.read<std::uint16_t>();
    in.take(size);
    EXPECT_TRUE(in.ok());
    fields.emplace_back(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(3 + size));
  }
  return {{body.begin(), body.begin() + 2}, std::move(fields)};
}

void expect_reads_as(const std::vector<std::byte>& body, const ControlMessage& message) {
  const auto read = decode_control(body);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_TRUE(*read);
  EXPECT_TRUE(**read == message) << "type " << std::to_integer<int>(body[0]);
}

TEST(ControlMessages, every_message_reads_as_it_was_written) {
  Chance chance(11);
  for (int i = 0; i < 300; ++i) {
    const auto messages = one_of_each(chance);
    ASSERT_EQ(messages.size(), std::variant_size_v<ControlMessage>);
    for (const auto& message : messages) {
      const auto record = encode_control(message);
      ASSERT_LE(record.size(), 4 + max_control_message);
      ControlFramer framer;
      ASSERT_TRUE(framer.push(record));
      const auto body = framer.next();
      ASSERT_TRUE(body);
      expect_reads_as({body->begin(), body->end()}, message);
    }
  }
}

TEST(ControlMessages, every_message_may_get_new_fields_and_another_order) {
  Chance chance(12);
  std::mt19937_64 shuffle(13);
  for (int i = 0; i < 50; ++i) {
    for (const auto& message : one_of_each(chance)) {
      auto [body, fields] = taken_apart(body_of(message));
      fields.push_back({std::byte{200}, std::byte{1}, std::byte{0}, std::byte{0xFF}});
      fields.push_back({std::byte{255}, std::byte{0}, std::byte{0}});
      std::ranges::shuffle(fields, shuffle);
      for (const auto& field : fields) body.insert(body.end(), field.begin(), field.end());
      expect_reads_as(body, message);
    }
  }
}

TEST(ControlMessages, no_message_may_say_a_field_twice) {
  Chance chance(14);
  for (const auto& message : one_of_each(chance)) {
    const auto body = body_of(message);
    for (const auto& field : taken_apart(body).second) {
      auto twice = body;
      twice.insert(twice.end(), field.begin(), field.end());
      const auto read = decode_control(twice);
      ASSERT_FALSE(read);
      EXPECT_EQ(read.error().code, ErrorCode::malformed);
    }
  }
}

TEST(ControlMessages, no_field_of_a_fixed_size_may_have_another) {
  Chance chance(15);
  std::size_t fields_seen = 0;
  for (const auto& message : one_of_each(chance)) {
    // All fields of these are of a fixed size.
    if (!std::holds_alternative<Start>(message) && !std::holds_alternative<Reconfigure>(message) &&
        !std::holds_alternative<RequestKeyframe>(message) && !std::holds_alternative<InvalidateFrames>(message) &&
        !std::holds_alternative<SetBitrate>(message) && !std::holds_alternative<ClientStats>(message))
      continue;
    const auto [type, fields] = taken_apart(body_of(message));
    for (const auto& field : fields) {
      ++fields_seen;
      for (const int by : {-1, 1}) {
        auto body = type;
        body.insert(body.end(), field.begin(), field.end());
        body[3] = static_cast<std::byte>(std::to_integer<int>(body[3]) + by);
        body.resize(static_cast<std::size_t>(static_cast<int>(body.size()) + by));
        const auto read = decode_control(body);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, ErrorCode::malformed);
      }
    }
  }
  EXPECT_GE(fields_seen, 7u + 2u + 1u + 2u + 1u + 9u);
}

TEST(ControlMessages, lists_longer_than_allowed_are_cut_by_the_writer) {
  HostStats stats;
  stats.stages.resize(40, StageFigures{.name = std::string(40, 'x')});
  const auto read = decode_control(body_of(stats));
  ASSERT_TRUE(read && *read);
  const auto& stages = std::get<HostStats>(**read).stages;
  EXPECT_EQ(stages.size(), 32u);
  EXPECT_EQ(stages[0].name, std::string(32, 'x'));
  Hello many;
  many.codecs.assign(20, VideoCodec::av1);
  const auto hello = decode_control(body_of(many));
  ASSERT_TRUE(hello && *hello);
  EXPECT_EQ(std::get<Hello>(**hello).codecs.size(), 16u);
}

TEST(ControlMessages, opaque_bytes_longer_than_allowed_are_malformed) {
  for (const std::size_t size : {256u, 257u}) {
    const auto read = decode_control(body_of(PairConfirm{std::vector<std::byte>(size)}));
    ASSERT_EQ(read.has_value(), size == 256) << size;
    if (!read) {
      EXPECT_EQ(read.error().code, ErrorCode::malformed);
    }
  }
}

}  // namespace
}  // namespace pf::wire
