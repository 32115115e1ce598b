#include "host/linux/encode/frame_numbering.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace pf::host {
namespace {

using Bytes = std::vector<std::byte>;

// "1 0001101" and so on, filled up to bytes.
Bytes from_bits(const std::string& text) {
  Bytes out;
  std::size_t at = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    if (at % 8 == 0) out.push_back(std::byte{0});
    if (c == '1') out.back() |= std::byte{1} << (7 - at % 8);
    ++at;
  }
  return out;
}

Bytes escaped(const Bytes& rbsp) {
  Bytes out;
  unsigned zeros = 0;
  for (const auto byte : rbsp) {
    if (zeros == 2 && byte <= std::byte{3}) {
      out.push_back(std::byte{3});
      zeros = 0;
    }
    zeros = byte == std::byte{0} ? zeros + 1 : 0;
    out.push_back(byte);
  }
  return out;
}

Bytes nal(unsigned header, const Bytes& rbsp) {
  Bytes out{std::byte{0}, std::byte{0}, std::byte{1}, static_cast<std::byte>(header)};
  const auto payload = escaped(rbsp);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

// Baseline, level 3.0, id 0, frame numbers of 4 bits, order type 2, 8 references, no gaps, and the end.
const std::string parameters_head = "01000010 00000000 00011110 1";
const Bytes parameters = nal(0x67, from_bits(parameters_head + " 1 011 0001001 0 1"));

class FrameNumberingTest : public testing::Test {
 protected:
  Bytes unit(bool idr, const std::vector<Bytes>& nals) {
    Bytes out;
    numbering_.begin(idr, out);
    for (const auto& one : nals) EXPECT_TRUE(numbering_.add(one, out));
    return out;
  }
  FrameNumbering numbering_;
};

TEST_F(FrameNumberingTest, parameters_get_eight_bits_more_and_allow_gaps) {
  EXPECT_EQ(unit(true, {parameters}), nal(0x67, from_bits(parameters_head + " 0001001 011 0001001 1 1")));
}

TEST_F(FrameNumberingTest, frames_are_numbered_on_where_the_coded_number_wraps) {
  unit(true, {parameters, nal(0x65, from_bits("1 1 1 0000 10101"))});
  for (unsigned i = 1; i < 300; ++i) {
    std::string low, number;
    for (unsigned bit = 4; bit-- > 0;) low += (i >> bit & 1) != 0 ? '1' : '0';
    for (unsigned bit = 12; bit-- > 0;) number += (i >> bit & 1) != 0 ? '1' : '0';
    const std::string front = "1 00110 1 ", behind = " 1111 0001 1010 1010 1111 1111 1";
    ASSERT_EQ(unit(false, {nal(0x41, from_bits(front + low + behind))}), nal(0x41, from_bits(front + number + behind)));
  }
}

TEST_F(FrameNumberingTest, a_number_that_is_not_the_next_is_refused) {
  unit(true, {parameters});
  Bytes out;
  numbering_.begin(false, out);
  EXPECT_EQ(numbering_.add(nal(0x41, from_bits("1 1 1 0101 1")), out).error().code, ErrorCode::malformed);
}

TEST_F(FrameNumberingTest, sei_goes_and_other_units_stay) {
  const auto picture = nal(0x68, from_bits("1 1 0 1"));
  EXPECT_EQ(unit(true, {nal(0x06, from_bits("10101010")), picture}), picture);
}

TEST_F(FrameNumberingTest, emulation_prevention_holds_whatever_stands_behind_the_number) {
  std::mt19937 random(5);
  const std::string front = "1 1 1 ";
  for (unsigned i = 0; i < 20'000; ++i) {
    std::string behind = "1";  // the first byte's last bit
    const auto bytes = 1 + random() % 40;
    // Small bytes are as likely as others, so that every run of them comes up at every place.
    for (unsigned at = 0; at < bytes; ++at) {
      const auto value = random() % 2 == 0 ? random() % 4 : random() % 256;
      for (unsigned bit = 8; bit-- > 0;) behind += (value >> bit & 1) != 0 ? '1' : '0';
    }
    behind += '1';
    FrameNumbering numbering;
    Bytes out;
    numbering.begin(true, out);
    ASSERT_TRUE(numbering.add(parameters, out));
    out.clear();
    ASSERT_TRUE(numbering.add(nal(0x65, from_bits(front + "0000" + behind)), out));
    ASSERT_EQ(out, nal(0x65, from_bits(front + "000000000000" + behind))) << behind;
  }
}

TEST_F(FrameNumberingTest, what_x264_would_not_write_is_refused) {
  Bytes out;
  numbering_.begin(true, out);
  EXPECT_FALSE(numbering_.add({}, out));
  EXPECT_FALSE(numbering_.add(Bytes{std::byte{0}, std::byte{0}, std::byte{1}}, out));
  EXPECT_FALSE(numbering_.add(nal(0x65, from_bits("1 1 1 0000 1")), out)) << "a slice without parameters";
  EXPECT_FALSE(numbering_.add(nal(0x67, from_bits(parameters_head + " 1 1 00000 011 0 1")), out)) << "order type 0";
  EXPECT_FALSE(numbering_.add(nal(0x67, from_bits("01000010 00000000")), out)) << "an end too early";
}

}  // namespace
}  // namespace pf::host
