// The layouts of the media path at their limits, and as the other way round of each other.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "core/wire/audio_payload.h"
#include "core/wire/media_header.h"
#include "core/wire/unit_prefix.h"

namespace pf::wire {
namespace {

std::array<std::byte, media_header_size> written(const MediaHeader& header) {
  std::array<std::byte, media_header_size> bytes{};
  write_media_header(header, bytes);
  return bytes;
}

MediaHeader any_header(std::mt19937_64& random) {
  MediaHeader header;
  header.stream = static_cast<StreamKind>(random() % 4);
  header.flags = {random() % 2 == 0, random() % 2 == 0};
  header.packet_number = random() & max_packet_number;
  header.frame = {static_cast<std::uint32_t>(random())};
  header.timestamp_us = static_cast<std::uint32_t>(random());
  header.send_delay = static_cast<std::uint16_t>(random());
  header.data_shards = static_cast<std::uint16_t>(1 + random() % 65'535);
  header.parity_shards = static_cast<std::uint16_t>(random() % (65'536u - header.data_shards));
  header.shard = static_cast<std::uint16_t>(random() % (std::uint32_t{header.data_shards} + header.parity_shards));
  return header;
}

TEST(MediaHeader, reads_as_it_was_written) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto header = any_header(random);
    const auto bytes = written(header);
    ASSERT_TRUE(is_media(bytes[0]));
    const auto parsed = parse_media_header(bytes);
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_EQ(*parsed, header);
  }
}

TEST(MediaHeader, what_is_read_is_written_the_same_whatever_it_was) {
  std::mt19937_64 random(8);
  int read = 0;
  for (int i = 0; i < 200'000; ++i) {
    auto bytes = written(any_header(random));
    bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    const auto parsed = parse_media_header(bytes);
    if (!parsed) continue;
    ++read;
    ASSERT_EQ(written(*parsed), bytes);
  }
  EXPECT_GT(read, 100'000);
}

TEST(MediaHeader, each_one_cut_short_is_truncated) {
  const auto bytes = written({});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto parsed = parse_media_header(std::span(bytes).first(size));
    ASSERT_FALSE(parsed) << size;
    EXPECT_EQ(parsed.error().code, ErrorCode::truncated) << size;
  }
}

TEST(MediaHeader, only_sixteen_first_bytes_are_media_and_four_of_them_a_stream) {
  auto bytes = written({});
  for (unsigned first = 0; first < 256; ++first) {
    bytes[0] = static_cast<std::byte>(first);
    EXPECT_EQ(is_media(bytes[0]), first >= 0x90 && first <= 0x9F) << first;
    EXPECT_EQ(parse_media_header(bytes).has_value(), first >= 0x90 && first <= 0x93) << first;
  }
}

TEST(MediaHeader, every_reserved_flag_is_refused) {
  auto bytes = written({});
  for (unsigned flags = 0; flags < 256; ++flags) {
    bytes[1] = static_cast<std::byte>(flags);
    EXPECT_EQ(parse_media_header(bytes).has_value(), flags < 4) << flags;
  }
}

UnitPrefix any_prefix(std::mt19937_64& random) {
  const auto time = [&] { return microseconds{static_cast<std::uint32_t>(random())}; };
  return {.unit_size = static_cast<std::uint32_t>(random()),
          .codec = static_cast<VideoCodec>(1 + random() % 3),
          .width = static_cast<std::uint16_t>(random()),
          .height = static_cast<std::uint16_t>(random()),
          .until_shown = static_cast<std::uint8_t>(random()),
          .times = {.capture = time(), .queue = time(), .convert = time(), .encode = time()}};
}

TEST(UnitPrefix, reads_as_it_was_written_and_not_when_cut_short) {
  std::mt19937_64 random(9);
  for (int i = 0; i < 2'000; ++i) {
    const auto prefix = any_prefix(random);
    std::array<std::byte, unit_prefix_size> bytes{};
    write_unit_prefix(prefix, bytes);
    const auto parsed = parse_unit_prefix(bytes);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->prefix, prefix);
    EXPECT_EQ(parsed->size, unit_prefix_size);
    const auto cut = parse_unit_prefix(std::span(bytes).first(random() % bytes.size()));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, ErrorCode::truncated);
  }
}

TEST(UnitPrefix, times_out_of_range_saturate) {
  const UnitPrefix prefix{.times = {.capture = microseconds{-5}, .encode = microseconds{std::int64_t{1} << 40}}};
  std::array<std::byte, unit_prefix_size> bytes{};
  write_unit_prefix(prefix, bytes);
  const auto parsed = parse_unit_prefix(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->prefix.times.capture, microseconds{0});
  EXPECT_EQ(parsed->prefix.times.encode, microseconds{UINT32_MAX});
}

TEST(UnitPrefix, its_size_lies_between_its_fields_and_the_blocks_end) {
  std::vector<std::byte> block(40);
  write_unit_prefix({}, std::span(block).first<unit_prefix_size>());
  for (unsigned size = 0; size < 256; ++size) {
    block[4] = static_cast<std::byte>(size);
    const auto parsed = parse_unit_prefix(block);
    ASSERT_EQ(parsed.has_value(), size >= unit_prefix_size && size <= block.size()) << size;
    if (parsed) {
      EXPECT_EQ(parsed->size, size);
    }
  }
}

using Packets = std::vector<std::vector<std::byte>>;

std::vector<std::byte> payload_of(const Packets& packets) {
  const std::vector<std::span<const std::byte>> spans(packets.begin(), packets.end());
  std::vector<std::byte> payload;
  write_audio_payload(spans, payload);
  return payload;
}

TEST(AudioPayload, reads_as_it_was_written) {
  std::mt19937_64 random(10);
  for (int i = 0; i < 500; ++i) {
    Packets packets(1 + random() % (max_audio_copies + 1));
    for (auto& packet : packets) packet.assign(1 + random() % max_opus_packet, static_cast<std::byte>(random()));
    const auto payload = payload_of(packets);
    const auto parsed = parse_audio_payload(payload);
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_EQ(parsed->packets().size(), packets.size());
    for (std::size_t n = 0; n < packets.size(); ++n) EXPECT_TRUE(std::ranges::equal(parsed->packets()[n], packets[n]));
  }
}

TEST(AudioPayload, takes_opus_packets_up_to_the_largest_there_is) {
  for (const std::size_t size : {std::size_t{1}, max_opus_packet, max_opus_packet + 1}) {
    const bool good = size <= max_opus_packet;
    EXPECT_EQ(parse_audio_payload(payload_of({Packets::value_type(size)})).has_value(), good) << size;
    EXPECT_EQ(parse_audio_payload(payload_of({Packets::value_type(size), Packets::value_type(1)})).has_value(), good)
        << size;
  }
}

TEST(AudioPayload, a_head_cut_short_is_refused) {
  const auto payload = payload_of({Packets::value_type(3), Packets::value_type(4), Packets::value_type(1)});
  for (std::size_t size = 0; size < payload.size(); ++size)
    EXPECT_FALSE(parse_audio_payload(std::span(payload).first(size))) << size;
}

}  // namespace
}  // namespace pf::wire
