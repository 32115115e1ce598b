#include "core/wire/control_messages.h"

#include <gtest/gtest.h>

#include <random>

namespace pf::wire {
namespace {

std::vector<std::byte> body_of(const ControlMessage& message) {
  const auto record = encode_control(message);
  return {record.begin() + 4, record.end()};
}

ControlMessage full_start() {
  Start start;
  start.mode = {2560, 1440, 144'000};
  start.resume = ResumeToken{std::byte{7}};
  start.min_bitrate = 3_mbps;
  start.hides = true;
  return start;
}

TEST(ControlMessages, a_message_cut_short_is_refused_or_reads_as_one_with_fewer_fields) {
  const auto body = body_of(full_start());
  const auto whole = decode_control(body);
  ASSERT_TRUE(whole && *whole);
  std::size_t shorter = 0;
  for (std::size_t size = 0; size < body.size(); ++size) {
    const auto read = decode_control(std::span(body).first(size));
    if (!read) {
      EXPECT_EQ(read.error().code, ErrorCode::truncated) << size;
      continue;
    }
    EXPECT_FALSE(**read == **whole);
    ++shorter;
  }
  EXPECT_EQ(shorter, 9u);  // behind the type, and behind each field but the last
}

TEST(ControlMessages, no_change_of_a_byte_breaks_the_reader) {
  std::mt19937_64 random(1);
  const auto body = body_of(HostStats{.stages = {{"encode", 1, 2, 3, 4}, {"capture", 5, 6, 7, 8}}});
  for (int i = 0; i < 20'000; ++i) {
    auto changed = body;
    for (int n = 0; n < 3; ++n) changed[random() % changed.size()] = static_cast<std::byte>(random());
    const auto read = decode_control(changed);
    if (!read || !*read) continue;
    EXPECT_TRUE(decode_control(body_of(**read)));
  }
}

TEST(ControlMessages, long_texts_are_cut_between_characters) {
  std::string name;
  while (name.size() < 2 * max_text) name += "€";
  const auto read = decode_control(body_of(Goodbye{GoodbyeReason::user, name}));
  ASSERT_TRUE(read && *read);
  const auto& text = std::get<Goodbye>(**read).text;
  EXPECT_EQ(text.size(), max_text / 3 * 3);
  EXPECT_EQ(text, name.substr(0, text.size()));
}

TEST(ControlMessages, a_text_longer_than_allowed_is_malformed) {
  std::vector<std::byte> body{std::byte{13}, std::byte{0}, std::byte{2}, std::byte{1}, std::byte{4}};  // 1,025 bytes
  body.resize(body.size() + max_text + 1, std::byte{'a'});
  const auto read = decode_control(body);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::malformed);
}

TEST(ControlMessages, an_enumerator_of_a_later_version_is_kept_for_the_reader_to_judge) {
  auto body = body_of(Goodbye{GoodbyeReason::user, ""});
  body[5] = std::byte{200};
  const auto read = decode_control(body);
  ASSERT_TRUE(read && *read);
  EXPECT_EQ(static_cast<int>(std::get<Goodbye>(**read).reason), 200);
}

TEST(ControlFramer, finds_the_same_messages_however_the_stream_is_cut) {
  std::vector<std::byte> stream;
  for (const ControlMessage& message :
       {ControlMessage(full_start()), ControlMessage(Goodbye{}), ControlMessage(Hello{})}) {
    const auto record = encode_control(message);
    stream.insert(stream.end(), record.begin(), record.end());
  }
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    ControlFramer framer;
    std::size_t found = 0;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      ASSERT_TRUE(framer.push(std::span(stream).subspan(at, std::min(piece, stream.size() - at))));
      while (const auto record = framer.next()) {
        EXPECT_TRUE(decode_control(*record));
        ++found;
      }
    }
    ASSERT_EQ(found, 3u) << "in pieces of " << piece;
  }
}

TEST(ControlFramer, a_length_out_of_bounds_kills_the_stream) {
  for (const std::uint32_t length : {0u, 1u, 65'537u, 0xFFFF'FFFFu}) {
    ControlFramer framer;
    std::vector<std::byte> bytes;
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::byte>(length >> (8 * i)));
    const auto pushed = framer.push(bytes);
    ASSERT_FALSE(pushed) << length;
    EXPECT_EQ(pushed.error().code, ErrorCode::malformed);
    EXPECT_FALSE(framer.push(encode_control(Goodbye{})));
    EXPECT_FALSE(framer.next());
  }
}

}  // namespace
}  // namespace pf::wire
