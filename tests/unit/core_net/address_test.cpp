#include "core/net/address.h"

#include <gtest/gtest.h>

namespace pf::net {
namespace {

TEST(Address, prints_itself_with_its_port) {
  EXPECT_EQ(Address::v4_loopback(80).to_string(), "127.0.0.1:80");
  EXPECT_EQ(Address::v6_loopback(47900).to_string(), "[::1]:47900");
}

TEST(Resolve, reads_numbers_with_and_without_a_port) {
  const auto only = [](std::string_view text) { return resolve(text, 47900).value().at(0); };
  EXPECT_EQ(only("127.0.0.1"), Address::v4_loopback(47900));
  EXPECT_EQ(only("127.0.0.1:5"), Address::v4_loopback(5));
  EXPECT_EQ(only("::1"), Address::v6_loopback(47900));
  EXPECT_EQ(only("[::1]"), Address::v6_loopback(47900));
  EXPECT_EQ(only("[::1]:5"), Address::v6_loopback(5));
  EXPECT_EQ(only("::ffff:127.0.0.1"), Address::v4_loopback(47900)) << "mapped addresses are IPv4";
}

TEST(SplitHostPort, leaves_a_name_as_it_is) {
  EXPECT_EQ(split_host_port("box", 7).value(), (HostPort{"box", 7}));
  EXPECT_EQ(split_host_port("box:8", 7).value(), (HostPort{"box", 8}));
  EXPECT_EQ(split_host_port("[box]:8", 7).value(), (HostPort{"box", 8}));
  EXPECT_EQ(split_host_port("fe80::1%eth0", 7).value(), (HostPort{"fe80::1%eth0", 7}));
}

TEST(Resolve, refuses_what_is_no_address) {
  for (const auto* text : {"", "[::1", "[::1]x", "[::1]:", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x"}) {
    const auto found = resolve(text, 1);
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error().code, ErrorCode::invalid_argument) << text;
  }
  EXPECT_FALSE(resolve(std::string(400, 'a'), 1));
  EXPECT_FALSE(resolve(std::string_view("127.0.0.1\0.example", 18), 1));
}

}  // namespace
}  // namespace pf::net
