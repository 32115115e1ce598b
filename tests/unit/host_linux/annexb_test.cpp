#include "host/linux/encode/annexb.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace pf::host::annexb {
namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

std::vector<std::byte> stripped(std::vector<std::byte> unit) {
  const auto left = without_sei(unit);
  return {left.begin(), left.end()};
}

TEST(AnnexB, sei_in_front_of_the_slice_goes_and_the_rest_stays) {
  EXPECT_EQ(stripped(bytes({0, 0, 0, 1, 0x67, 7, 0, 0, 0, 1, 0x68, 8, 0, 0, 1, 0x06, 1, 2, 3, 0, 0, 1, 0x65, 9, 9})),
            bytes({0, 0, 0, 1, 0x67, 7, 0, 0, 0, 1, 0x68, 8, 0, 0, 1, 0x65, 9, 9}));
}

TEST(AnnexB, a_unit_without_sei_stays_as_it_is) {
  const auto unit = bytes({0, 0, 0, 1, 0x67, 7, 0, 0, 1, 0x65, 1, 2, 0, 0, 1, 0x65, 3});
  EXPECT_EQ(stripped(unit), unit);
}

TEST(AnnexB, slices_are_never_searched) {
  const auto unit = bytes({0, 0, 1, 0x65, 1, 0, 0, 1, 0x06, 2});
  EXPECT_EQ(stripped(unit), unit);
}

TEST(AnnexB, short_and_empty_units_do_no_harm) {
  EXPECT_EQ(stripped({}), bytes({}));
  EXPECT_EQ(stripped(bytes({0, 0, 1})), bytes({0, 0, 1}));
  EXPECT_EQ(stripped(bytes({0, 0, 1, 6})), bytes({}));
  EXPECT_EQ(stripped(bytes({1, 2, 3})), bytes({1, 2, 3}));
}

}  // namespace
}  // namespace pf::host::annexb
