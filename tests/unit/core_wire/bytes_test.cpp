#include "core/wire/bytes.h"

#include <gtest/gtest.h>

#include <array>

namespace pf::wire {
namespace {

std::vector<std::byte> counting(std::size_t size) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 1; i <= size; ++i) bytes.push_back(static_cast<std::byte>(i));
  return bytes;
}

TEST(Reader, takes_the_low_byte_first) {
  const auto bytes = counting(15);
  Reader in(bytes);
  EXPECT_EQ(in.read<std::uint8_t>(), 0x01u);
  EXPECT_EQ(in.read<std::uint16_t>(), 0x0302u);
  EXPECT_EQ(in.read<std::uint32_t>(), 0x07060504u);
  EXPECT_EQ(in.read<std::uint64_t>(), 0x0f0e0d0c0b0a0908u);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.remaining(), 0u);
}

TEST(Reader, reads_signed_numbers_of_every_size) {
  const std::vector<std::byte> bytes(15, std::byte{0xFF});
  Reader in(bytes);
  EXPECT_EQ(in.read<std::int8_t>(), -1);
  EXPECT_EQ(in.read<std::int16_t>(), -1);
  EXPECT_EQ(in.read<std::int32_t>(), -1);
  EXPECT_EQ(in.read<std::int64_t>(), -1);
  EXPECT_TRUE(in.ok());
}

TEST(Reader, has_failed_for_good_after_the_first_read_past_the_end) {
  const auto bytes = counting(5);
  Reader in(bytes);
  EXPECT_EQ(in.read<std::uint32_t>(), 0x04030201u);
  EXPECT_EQ(in.read<std::uint16_t>(), 0u) << "one byte is left, and none of it may show";
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.remaining(), 0u);
  EXPECT_EQ(in.read<std::uint8_t>(), 0u);
  EXPECT_TRUE(in.take(1).empty());
  EXPECT_TRUE(in.take_text(1).empty());
  EXPECT_FALSE(in.ok());
}

TEST(Reader, takes_nothing_from_nothing) {
  Reader in({});
  EXPECT_TRUE(in.take(0).empty());
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.read<std::uint8_t>(), 0u);
  EXPECT_FALSE(in.ok());
}

TEST(Writer, writes_what_the_reader_reads) {
  std::array<std::byte, 15> buffer{};
  Writer to(buffer);
  to.write(std::uint8_t{0xA1});
  to.write(std::int16_t{-2});
  to.write(std::uint32_t{0xDEADBEEF});
  to.write(std::int64_t{-3});
  ASSERT_TRUE(to.ok());
  EXPECT_EQ(to.size(), buffer.size());
  Reader in(to.written());
  EXPECT_EQ(in.read<std::uint8_t>(), 0xA1u);
  EXPECT_EQ(in.read<std::int16_t>(), -2);
  EXPECT_EQ(in.read<std::uint32_t>(), 0xDEADBEEFu);
  EXPECT_EQ(in.read<std::int64_t>(), -3);
}

TEST(Writer, never_writes_past_the_end_nor_half_a_number) {
  std::array<std::byte, 8> buffer{};
  Writer to{std::span(buffer).first(3)};
  to.write(std::uint16_t{0xFFFF});
  to.write(std::uint16_t{0xFFFF});
  EXPECT_FALSE(to.ok());
  to.write(std::uint8_t{0xFF});
  EXPECT_FALSE(to.ok());
  EXPECT_EQ(to.size(), 2u);
  for (std::size_t i = 2; i < buffer.size(); ++i) EXPECT_EQ(buffer[i], std::byte{0}) << i;
}

}  // namespace
}  // namespace pf::wire
