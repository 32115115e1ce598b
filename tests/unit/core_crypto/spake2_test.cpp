#include "core/crypto/spake2.h"

#include <gtest/gtest.h>

#include "core/crypto/primitives.h"
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
    {"", "client", "0548d8729f730589e579b0475a582c1608138ddf7054b73b5381c7e883e2efae",
     "403abbe3b1b4b9ba17e3032849759d723939a27a27b9d921c500edde18ed654b",
     "903023b6598908936ea7c929bd761af6039577a9c3f9581064187c3049d87065",
     "04a897b769e681c62ac1c2357319a3d363f610839c4477720d24cbe32f5fd85f44fb92ba966578c1b712be6962498834078262caa5b441ecf"
     "a9d4a9485720e918a",
     "04e0f816fd1c35e22065d5556215c097e799390d16661c386e0ecc84593974a61b881a8c82327687d0501862970c64565560cb5671f696048"
     "050ca66ca5f8cc7fc",
     "642f05c473c2cd79909f9a841e2f30a7", "47d29e6666af1b7dd450d571233085d7a9866e4d49d2645e2df975489521232b",
     "3313c5cefc361d27fb16847a91c2a73b766ffa90a4839122a9b70a2f6bd1d6df"},
    {"server", "", "626e0cdc7b14c9db3e52a0b1b3a768c98e37852d5db30febe0497b14eae8c254",
     "07adb3db6bc623d3399726bfdbfd3d15a58ea776ab8a308b00392621291f9633",
     "b6a4fc8dbb629d4ba51d6f91ed1532cf87adec98f25dd153a75accafafedec16",
     "04f88fb71c99bfffaea370966b7eb99cd4be0ff1a7d335caac4211c4afd855e2e15a873b298503ad8ba1d9cbb9a392d2ba309b48bfd7879ae"
     "fd0f2cea6009763b0",
     "040c269d6be017dccb15182ac6bfcd9e2a14de019dd587eaf4bdfd353f031101e7cca177f8eb362a6e83e7d5e729c0732e1b528879c086f39"
     "ba0f31a9661bd34db",
     "005184ff460da2ce59062c87733c299c", "bc9f9bbe99f26d0b2260e6456e05a86196a3307ec6663a18bf6ac825736533b2",
     "c2370e1bf813b086dff0d834e74425a06e6390f48f5411900276dcccc5a297ec"},
    {"", "", "7bf46c454b4c1b25799527d896508afd5fc62ef4ec59db1efb49113063d70cca",
     "8cef65df64bb2d0f83540c53632de911b5b24b3eab6cc74a97609fd659e95473",
     "d7a66f64074a84652d8d623a92e20c9675c61cb5b4f6a0063e4648a2fdc02d53",
     "04a65b367a3f613cf9f0654b1b28a1e3a8a40387956c8ba6063e8658563890f46ca1ef6a676598889fc28de2950ab8120b79a5ef1ea4c9f44"
     "bc98f585634b46d66",
     "04589f13218822710d98d8b2123a079041052d9941b9cf88c6617ddb2fcc0494662eea8ba6b64692dc318250030c6af045cb738bc81ba35b0"
     "43c3dcb46adf6f58d",
     "fc6374762ba5cf11f4b2caa08b2cd1b9", "dfb4db8d48ae5a675963ea5e6c19d98d4ea028d8e898dad96ea19a80ade95dca",
     "d0f0609d1613138d354f7e95f19fb556bf52d751947241e8c7118df5ef0ae175"},
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

Spake2 first_vectors_a() {
  const auto w = hex(vectors[0].w);
  return Spake2::create_with_w(Spake2Role::a, std::span<const std::byte>(w).first<32>(), hex(vectors[0].x)).value();
}

TEST(Spake2, a_share_has_one_encoding) {
  const auto a = first_vectors_a();
  std::vector<std::vector<std::byte>> bad;
  const auto good = hex(vectors[0].share_b);
  bad.push_back(good);
  bad.back().push_back(std::byte{0});
  for (const auto form : {0x00, 0x02, 0x03, 0x05, 0x06, 0x07}) {  // 6 and 7 are SEC 1's hybrid forms
    bad.push_back(good);
    bad.back().front() = static_cast<std::byte>(form);
  }
  for (std::size_t bit = 8; bit < good.size() * 8; bit += 7) {
    bad.push_back(good);
    bad.back()[bit / 8] ^= std::byte{1} << (bit % 8);
  }
  // A point whose x is 5, written as 5 plus the field's prime.
  bad.push_back(
      hex("04ffffffff00000001000000000000000000000001000000000000000000000004"
          "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc"));
  for (const auto& share : bad) {
    const auto keys = a.finish(share, {});
    ASSERT_FALSE(keys) << to_hex(share);
    EXPECT_EQ(keys.error().code, ErrorCode::malformed) << to_hex(share);
  }
  EXPECT_TRUE(a.finish(good, {}));
  EXPECT_TRUE(a.finish(hex("040000000000000000000000000000000000000000000000000000000000000005"
                           "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc"),
                       {}));
}

TEST(Spake2, the_share_that_unblinds_to_infinity_is_refused) {
  // The point N by itself, against w = 1: K would be infinity whatever x is.
  P256Scalar one{};
  one.back() = std::byte{1};
  const auto a = Spake2::create_with_w(Spake2Role::a, one).value();
  const auto keys = a.finish(hex("04d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49"
                                 "07d60aa6bfade45008a636337f5168c64d9bd36034808cd564490b1e656edbe7"),
                             {});
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, ErrorCode::malformed);
}

TEST(Spake2, scalars_outside_the_group_are_refused) {
  P256Scalar one{};
  one.back() = std::byte{1};
  for (const auto* text : {"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
                           "0000000000000000000000000000000000000000000000000000000000000000",
                           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    const auto bad = hex(text);
    EXPECT_FALSE(Spake2::create_with_w(Spake2Role::a, std::span<const std::byte>(bad).first<32>()));
    EXPECT_FALSE(Spake2::create_with_w(Spake2Role::a, one, bad));
  }
  EXPECT_FALSE(Spake2::create_with_w(Spake2Role::a, one, hex("01")));
}

TEST(Spake2Secret, needs_a_pin_and_a_salt) {
  EXPECT_FALSE(spake2_secret_from_pin("", as_bytes("salt")));
  EXPECT_FALSE(spake2_secret_from_pin("0417", {}));
}

TEST(P256, reduces_long_numbers) {
  EXPECT_EQ(p256_reduce(hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")).value(), P256Scalar{});
  EXPECT_EQ(to_hex(p256_reduce(hex("010000000000000000000000000000000000000000000000000000000000000000")).value()),
            "00000000ffffffff00000000000000004319055258e8617b0c46353d039cdaaf");
}

}  // namespace
}  // namespace pf::crypto
