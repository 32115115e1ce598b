// One pairing from beginning to end with fixed keys and numbers. Expected values were worked out from
// docs/gamestream.md, "Pairing", by Python's hashlib and the openssl program, without any code of this project. The PIN
// is 4711; salt, client's challenge, host's secret, host's challenge and client's secret are the 16 bytes that count up
// from 00, 20, 40, 60 and 80.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "core/crypto/hash.h"
#include "host/gamestream/pairing/pairing_desk.h"

namespace pf::host::gamestream {
namespace {

// Keys of this test alone.
constexpr const char* host_pem = R"(-----BEGIN CERTIFICATE-----
MIIC/zCCAeegAwIBAgIUGQp6WO0f7Yt0qvwTzWnxaXVDXL8wDQYJKoZIhvcNAQEL
BQAwDzENMAsGA1UEAwwEaG9zdDAeFw0yNjExMjcwNjU1MzhaFw00NjExMjIwNjU1
MzhaMA8xDTALBgNVBAMMBGhvc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQDh0TlAHetzY45V5061BSV5Glvcg7JClLMYbg6YQsdO+/cYOZ9mgDmUiU/2
aZ2Zm8JWJSYI8+QAm66cZazbCokRKYKtSnEAs6JpPKUKnv1atNvobBxKKqb8Uqh9
yBGZ2aLK3+rLm3jEgKHDzYG/rbwcFaBiZ741JZ7R3AMtJIpDBYmocsfJE3ERKeOH
OoqFU4SqQpwlAZF0GTwRXCRKiGtXlfZlbFk/Xk0ihMkDCUI9lTiyLUooBfYLroTJ
BAdUfZMnoKKglKiwYSqVLqgPIJLgyRXDOFSAE8j997QD6ZHDcwPF+9jyruUm4W0T
H+k2Fri6VnT2A607x4T704R58Lk5AgMBAAGjUzBRMB0GA1UdDgQWBBSp5CRMQvqT
wJco6cgUgzLA71YwUjAfBgNVHSMEGDAWgBSp5CRMQvqTwJco6cgUgzLA71YwUjAP
BgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQAFx6CHgLUCbFZqoZd0
LOjN5o7RN3Xo/UgCfbXHaQmKtA0MklQtNrtS3K3Jgdur3Um0KI0dPtMrDDeEaovF
Z9zhCjcWx2pE0p63nwhoFMam8WTrDevmDzT1F9TxwoBpIV+qVz+2MCoU0+To1auA
ujXauK+fGyOmgitxGjvc1PUj3eDYZdc1c0sFjQ5hH3FnBX5D6f+ICz7gH+841WAx
az0fOqmL0ZD1L01g1xN95qSk6HlOvHGja5uePPfI5aOaybOuPMH0hWB5M81W9Zme
17Y2xsqy3VKng29GSiT6TDMWBIPrpq/y/cBD4s8Wbhp8sxzUbyb1W0aAnNo/Kq0Y
ssOB
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDh0TlAHetzY45V
5061BSV5Glvcg7JClLMYbg6YQsdO+/cYOZ9mgDmUiU/2aZ2Zm8JWJSYI8+QAm66c
ZazbCokRKYKtSnEAs6JpPKUKnv1atNvobBxKKqb8Uqh9yBGZ2aLK3+rLm3jEgKHD
zYG/rbwcFaBiZ741JZ7R3AMtJIpDBYmocsfJE3ERKeOHOoqFU4SqQpwlAZF0GTwR
XCRKiGtXlfZlbFk/Xk0ihMkDCUI9lTiyLUooBfYLroTJBAdUfZMnoKKglKiwYSqV
LqgPIJLgyRXDOFSAE8j997QD6ZHDcwPF+9jyruUm4W0TH+k2Fri6VnT2A607x4T7
04R58Lk5AgMBAAECggEATj9GXD5B2OD1cDTPZBBddMI6dIW53jJSgLOaIQ56q5bJ
fz5wSn9B9INEDvl338NGKr2CmXWRWtiXP6BHrjrPVgARROTXlUupile2RKDk32pu
DPJxNw3igOpPcg5CcxIjw7KlVFoSFd0QsJ1kSTv1Q7IGujKCiT3483UOMLVJp4D7
+lwhEl+yQIQEE27w8BodjXRC/VlesId+4kzoIQH8GYtpK+bthd/7DnO02/qvGMFJ
5b1Hbg/A8D636NQmF6SNGEP5qvaiw+M7NVIw1ATVR+sdLVdovr3/8uPa+yTmPt8F
PfqG0GEj3txM7Z+4IVZlDZpTE2GQUSBQ7aEolBtldQKBgQD59/+LC5sXXrX7TlIe
Uej7w++vysjuzKIz75mHaSNGxfrvCtlcj2LCpQMYPAt62r2eM4JNGmcGTKFk1I4u
dya+PfVPkl3GZhv+4yglxMJ8itzeNsbvb98lDFnjVn4F6TgKGVEKQRcL0s37pqjK
hMJUBoSQ9euP+CzMmMb+TZQMswKBgQDnRAwSlZ9ZHqjtzwUTGRquJpf/5J3YMOpT
99OnIO3FawvDN0QMW/VxagHCoyuxdH3RRTIjq778X0SWKHk9v+Xg6MzoW060/TJA
3wuot89sWhbcphUikrSavCaJS+ApaEpffig73PYOG+C3ds6C7qBs/9o5nIAwzcVs
CPnmDxjwYwKBgDOf60/tKq+t6MmpCD6ozgRJGBRnPg5LhuhRAJU9uoJgWw3JYNDD
8DKg372+kORjjqvAmZWQ8VwUsXRgjai9BOxfYW14nhNefUOr6Fu8gio0h58BEx7a
LOy620mfUFGqM9+qENmcTcUsWUwyxENnHbc6zWAe2fKW37G1j8tvfDcPAoGAAabG
v0s6PBSv+CLGUoCXZC76XuVvCyAuTDM027isegBtsRMv9Tai5hBvusgXg8jlLR1l
YkPTtVGo17mqQ/qe1aBT9kTQpxI3zabKGoZVgNyT1TeKZxjNGV3GmKxmCWWpQk1Q
VD0btLYWQLkkeGLj2mNpV4f6kl6lzkOyJSZucykCgYA2pEKmqnYYZiPwYZV+Zd9o
XyyqVzHsbbCQMknkfpAt4lpawH5Eia6Rhp/8M7I4dYb1oB8agXpmQCDxWR38ocwg
mCeufwxxYHJxDQkDW6lFd9iiZ0tpz37yK+Z5+pQji2DtBpIsefK+u2HwgIzCHyiI
hWZ4vQjkyEvbu5h61RZH8g==
-----END PRIVATE KEY-----
)";
constexpr const char* client_certificate = R"(-----BEGIN CERTIFICATE-----
MIIDAzCCAeugAwIBAgIUGcCcjlFotCCLlAdLfy48wFfwpyIwDQYJKoZIhvcNAQEL
BQAwETEPMA0GA1UEAwwGY2xpZW50MB4XDTI2MTEyNzA2NTUzOVoXDTQ2MTEyMjA2
NTUzOVowETEPMA0GA1UEAwwGY2xpZW50MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A
MIIBCgKCAQEAsmKtcIuyfRuf13Mfqi22We5jLrM8QHXJWcNEf1DcAo6L+koXSwC9
zFy9r/wvN6XEIxZ+AGej1r3rR2THF9ZRCCuDd5rcntqARM51oce8V/2PvCgM+ow1
qPwnCz69sVKUk9sn6c8ummvTq95stJoeo8FkSawJjNr0jwG9KVYVj8+P4l/O7NBY
AtjPIV9Ow32o7EUdCszG7ETwiQFptp7SmpVIyCNqs8xFqWVYk08aSjmlCx/mH0tm
Y6LU0x/G28a6GBfsYH7h8SGP2t4QFhxXOS/PXw59y0QUarWxqhBjgG4+Mt5zo7zS
yqOgPVVpvKkkkrZzh090aSF2FGc9/ws+GQIDAQABo1MwUTAdBgNVHQ4EFgQUR55n
ZEIiWRbUI95UvUW5+HwhS80wHwYDVR0jBBgwFoAUR55nZEIiWRbUI95UvUW5+Hwh
S80wDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAJgF2F7R7zvzO
J3CNG0JET8t+O2VpKHoSYP5xmt7eAEtDlidP2cmoWD3omm8eP+qTqUAZ4rLccA6y
SUKtxhMxaST0Y+vyoK2DzXdHHMbTle9dSxCvHHZKQyvp19qVQhfPMIjvjTm3sj0/
pR7szJCF4cnyYIMsH7neKocNSQMGni1bScORKtn9Pw5IywqFKanOQWOHViPShGwU
iCbI6RPIT8UUPGIKdC42WUjFyr7CT1phFRq73tm0DHH8MFb5W/gXehZE9M1J5KhO
R+zxV/CsHgNVaM/jm77NH5JqJVpVu5vNkDI11zmUwQOucpB4hsmIDTAEKwP8gAX+
7MPv2dfD8g==
-----END CERTIFICATE-----
)";

constexpr const char* salt = "000102030405060708090a0b0c0d0e0f";
constexpr const char* challenge = "f14b4ef0ab34550b1e2a34135b47726e";
constexpr const char* challenge_answer =
    "59b4a310ff5cad3809ef53e047d45821ba8ab52d72d3ad882340003cb23fa915aea1a11d31d5b9f90a6b4ce5674f0a63";
constexpr const char* response = "3d6610315fc5ddf93cf81bccb8cab9b239ccdb0210a5c6386800e68f8b20de2a";
constexpr const char* response_answer =
    "404142434445464748494a4b4c4d4e4f9b64e54663a426afd1cdba747a81c10db9d9ec641a0d88da5b88fdfcc469c41d"
    "1c7f3884b387e229031297828ef41919c4c1f0b94c99779b0807a2b304fe5261f9157fffe48de57a322a0991e2b9dfd1"
    "558b8a75bacd7d7153a5a6d3afd76e2ef94073befd92faec7f7c77310d306f3793d43654c6434ece1ae1e3a86c4331a9"
    "d3dc8d5f8b70e2aeb63f60dccb83b651418f138b1c5ea4278f9d70d44b5022c5512eaeb71a3bde25c021b7c9caa4f5de"
    "62289bcefd605f4cacd4176964094cc6cec039654ee8a3ea946f2a740609899e1aa9563d32f615dfef29c37419d9a0c8"
    "f28e36d297db82475b0b58c743d459811c0395560f45574b833b32c9de8348bf";
constexpr const char* secret =
    "808182838485868788898a8b8c8d8e8fa6ffccd36fcbb0c3b95589c3d856122b56364539052ffabd545de60a61ba4477"
    "fa2e9d772e16469ee09004cd94fe1c3b4f12ea1269c2915ea57ac808a444f575cfebd31c04c4c004d8d497208dbdaf15"
    "4562dce08d50cf58577c3b504623a0cd0451627d41897c7f464cf421c59db293ac9c717500e63befc52acb9e2dbf6db1"
    "1a87061e17472cf11878bf84577d344e975730b92300134bea3c173bb8c9a828ccdfe44ffef7e097dc8119c83dcb7df2"
    "86b0b8c0ec0c582126d5968f907a67d8047426c27fb8993916563f3da9ad0d3c205736008da77a109cb8c44059a585c2"
    "ccaf140b2aec466d44ad46ec394fe5d57568099eaf0cc1f38c3d033cf49f2af2";

std::string hex_of(const std::string& text) {
  return crypto::to_hex(std::as_bytes(std::span(text)));
}

TEST(PairingVector, each_step_is_what_the_formulas_give) {
  const auto host = control::Identity::from_pem(host_pem);
  ASSERT_TRUE(host) << host.error().message;
  const auto trust = control::TrustStore::in_memory();
  const ManualClock clock;
  std::byte next{0x40};
  const auto counting_up = [&](std::span<std::byte> out) {
    for (auto& byte : out) {
      byte = next;
      next = static_cast<std::byte>(std::to_integer<int>(next) + 1);
    }
    next = std::byte{0x60};
  };
  PairingDesk desk(*host, *trust, clock, {}, [] { return std::int64_t{0}; }, counting_up);
  const Visitor sofa{"192.0.2.7", "0123456789ABCDEF"};
  std::optional<PairReply> first;
  desk.get_certificate(sofa, salt, hex_of(client_certificate), [&](const PairReply& reply) { first = reply; });
  ASSERT_TRUE(desk.enter_pin("4711", "sofa", ""));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->value, hex_of(host->certificate_pem));
  EXPECT_EQ(desk.client_challenge(sofa, challenge).value, challenge_answer);
  EXPECT_EQ(desk.challenge_response(sofa, response).value, response_answer);
  EXPECT_TRUE(desk.client_secret(sofa, secret).paired);
  EXPECT_EQ(trust->peers().size(), 1U);
}

}  // namespace
}  // namespace pf::host::gamestream
