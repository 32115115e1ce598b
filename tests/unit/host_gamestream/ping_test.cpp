#include <gtest/gtest.h>

#include "core/wire/bytes.h"
#include "host/gamestream/stream/ping.h"

namespace pf::host::gamestream {
namespace {

std::optional<Ping> ping(std::string_view text) {
  return parse_ping(wire::as_bytes(text));
}

TEST(Ping, has_the_sessions_token_or_is_an_old_clients) {
  EXPECT_EQ(ping(std::string_view("0123456789abcdef\0\0\0\1", 20)).value_or(Ping{}).token, "0123456789abcdef");
  ASSERT_TRUE(ping("PING"));
  EXPECT_TRUE(ping("PING")->token.empty());
  for (const std::string_view bad : {"", "PIN", "PINGS", "0123456789abcdef", "0123456789abcdef12345"})
    EXPECT_FALSE(ping(bad)) << bad;
}

}  // namespace
}  // namespace pf::host::gamestream
