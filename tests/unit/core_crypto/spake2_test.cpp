#include "core/crypto/spake2.h"

#include <gtest/gtest.h>

#include "core/wire/bytes.h"
#include "support/hex.h"

namespace pf::crypto {
namespace {

using test::hex;
using wire::as_bytes;

struct Vector {
  const char* a;
  const char* b;
  const char* w;
  const char* x;
  const char* y;
  const char* share_a;
  const char* share_b;
  const char* shared;
  const char* confirm_a;
  const char* confirm_b;
};

// RFC 9382, appendix B: P-256, SHA-256, HKDF, HMAC.
constexpr Vector vectors[] = {
    {"server", "client", "2ee57912099d31560b3a44b1184b9b4866e904c49d12ac5042c97dca461b1a5f",
     "43dd0fd7215bdcb482879fca3220c6a968e66d70b1356cac18bb26c84a78d729",
     "dcb60106f276b02606d8ef0a328c02e4b629f84f89786af5befb0bc75b6e66be",
     "04a56fa807caaa53a4d28dbb9853b9815c61a411118a6fe516a8798434751470f9010153ac33d0d5f2047ffdb1a3e42c9b4e6be662766e1ee"
     "b4116988ede5f912c",
     "0406557e482bd03097ad0cbaa5df82115460d951e3451962f1eaf4367a420676d09857ccbc522686c83d1852abfa8ed6e4a1155cf8f1543ce"
     "ca528afb591a1e0b7",
     "0e0672dc86f8e45565d338b0540abe69", "58ad4aa88e0b60d5061eb6b5dd93e80d9c4f00d127c65b3b35b1b5281fee38f0",
     "d3e2e547f1ae04f2dbdbf0fc4b79f8ecff2dff314b5d32fe9fcef2fb26dc459b"},
};

TEST(Spake2, matches_rfc_9382) {
  for (const auto& v : vectors) {
    const auto w = hex(v.w);
    const auto a = Spake2::create_with_w(Spake2Role::a, std::span<const std::byte, 32>(w), hex(v.x));
    const auto b = Spake2::create_with_w(Spake2Role::b, std::span<const std::byte, 32>(w), hex(v.y));
    ASSERT_TRUE(a && b);
    EXPECT_EQ(to_hex(a->share()), v.share_a);
    EXPECT_EQ(to_hex(b->share()), v.share_b);
    const Spake2Identity identity{as_bytes(v.a), as_bytes(v.b), {}};
    const auto at_a = a->finish(b->share(), identity);
    const auto at_b = b->finish(a->share(), identity);
    ASSERT_TRUE(at_a && at_b);
    EXPECT_EQ(to_hex(at_a->shared), v.shared);
    EXPECT_EQ(to_hex(at_a->own_confirmation), v.confirm_a);
    EXPECT_EQ(to_hex(at_b->own_confirmation), v.confirm_b);
    EXPECT_EQ(at_a->own_confirmation, at_b->expected_confirmation);
    EXPECT_EQ(at_b->own_confirmation, at_a->expected_confirmation);
  }
}

class Spake2Run : public testing::Test {
 protected:
  static Spake2 side(Spake2Role role, std::string_view pin) {
    return Spake2::create(role, spake2_secret_from_pin(pin, as_bytes("salt")).value()).value();
  }
  const Spake2Identity identity_{as_bytes("client"), as_bytes("host"), as_bytes("more")};
};

TEST_F(Spake2Run, the_same_pin_agrees) {
  const auto a = side(Spake2Role::a, "1234");
  const auto b = side(Spake2Role::b, "1234");
  const auto at_a = a.finish(b.share(), identity_).value();
  const auto at_b = b.finish(a.share(), identity_).value();
  EXPECT_EQ(at_a.own_confirmation, at_b.expected_confirmation);
  EXPECT_EQ(at_b.own_confirmation, at_a.expected_confirmation);
  EXPECT_EQ(at_a.shared, at_b.shared);
}

TEST_F(Spake2Run, another_pin_does_not) {
  const auto a = side(Spake2Role::a, "1234");
  const auto b = side(Spake2Role::b, "1235");
  EXPECT_NE(a.finish(b.share(), identity_)->own_confirmation, b.finish(a.share(), identity_)->expected_confirmation);
}

TEST_F(Spake2Run, another_identity_or_aad_does_not) {
  const auto a = side(Spake2Role::a, "1234");
  const auto b = side(Spake2Role::b, "1234");
  const auto right = b.finish(a.share(), identity_)->expected_confirmation;
  EXPECT_NE(a.finish(b.share(), {as_bytes("other"), identity_.b, identity_.aad})->own_confirmation, right);
  EXPECT_NE(a.finish(b.share(), {identity_.a, as_bytes("other"), identity_.aad})->own_confirmation, right);
  EXPECT_NE(a.finish(b.share(), {identity_.a, identity_.b, as_bytes("less")})->own_confirmation, right);
}

TEST_F(Spake2Run, two_runs_share_nothing) {
  EXPECT_NE(side(Spake2Role::a, "1234").share(), side(Spake2Role::a, "1234").share());
}

TEST_F(Spake2Run, shares_that_are_no_points_are_refused) {
  const auto a = side(Spake2Role::a, "1234");
  auto off_curve = a.share();
  off_curve[64] ^= std::byte{1};
  EXPECT_FALSE(a.finish(off_curve, identity_));
  EXPECT_FALSE(a.finish(std::vector<std::byte>(65), identity_));
  EXPECT_FALSE(a.finish(std::vector<std::byte>(1), identity_));
  EXPECT_FALSE(a.finish({}, identity_));
  auto compressed = std::vector<std::byte>(a.share().begin(), a.share().begin() + 33);
  compressed[0] = std::byte{2};
  EXPECT_FALSE(a.finish(compressed, identity_)) << "the wire knows uncompressed points alone";
}

}  // namespace
}  // namespace pf::crypto
