// Which cipher a stream gets, and that it streams under it: the real client link against the real host.
#include <gtest/gtest.h>

#include <string>

#include "core/crypto/cipher_choice.h"
#include "support/host_fixture.h"

namespace pf::host {
namespace {

using test::Viewer;
using enum MediaCipher;

constexpr Mode small{320, 200, 60'000};
constexpr bool in_hardware = true;
constexpr bool in_software = false;

class StreamCipher : public test::HostFixture {
 protected:
  /// Picture and sound arrive under `expected`, and both sides say so.
  void expect_stream(const std::vector<MediaCipher>& offered, MediaCipher expected) {
    serve();
    auto wanted = link_options(1, small);
    wanted.ciphers = offered;
    Viewer viewer;
    const auto link = control::ClientLink::connect(wanted, viewer.events(), clock);
    ASSERT_TRUE(link) << link.error().message;
    EXPECT_EQ((*link)->welcome().cipher, expected);
    EXPECT_TRUE(viewer.wait_for_unit());
    EXPECT_TRUE(viewer.wait_for_sound());
    const auto status = server->status();
    ASSERT_EQ(status.sessions.size(), 1u);
    EXPECT_EQ(status.sessions[0].cipher, expected);
    EXPECT_NE(events().find("sealed by " + std::string(to_string(expected))), std::string::npos);
  }
};

TEST_F(StreamCipher, is_aes_where_both_sides_have_it_in_hardware) {
  options.aes_in_hardware = in_hardware;
  expect_stream(crypto::cipher_preference(in_hardware), aes_128_gcm);
}

TEST_F(StreamCipher, is_chacha20_for_a_client_without_aes_in_hardware) {
  options.aes_in_hardware = in_hardware;
  expect_stream(crypto::cipher_preference(in_software), chacha20_poly1305);
}

TEST_F(StreamCipher, is_chacha20_from_a_host_without_aes_in_hardware) {
  options.aes_in_hardware = in_software;
  expect_stream(crypto::cipher_preference(in_hardware), chacha20_poly1305);
}

TEST_F(StreamCipher, is_aes_for_a_client_that_can_nothing_else) {
  options.aes_in_hardware = in_software;
  expect_stream({aes_128_gcm}, aes_128_gcm);
}

// Clients of the first version know nothing of ciphers.
TEST_F(StreamCipher, is_aes_for_a_client_that_does_not_speak_of_ciphers) {
  options.aes_in_hardware = in_software;
  serve();
  auto client = raw(1);
  client->say_bytes({std::byte{2}, {}, {}, {}, std::byte{1}, {}});  // a hello without any field
  const auto welcome = client->hear<wire::Welcome>();
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->cipher, aes_128_gcm);
  client->start();
  ASSERT_TRUE(client->hear<wire::Started>());
  const auto status = server->status();
  ASSERT_EQ(status.sessions.size(), 1u);
  EXPECT_EQ(status.sessions[0].cipher, aes_128_gcm);
}

TEST_F(StreamCipher, that_was_not_offered_is_refused_by_the_client) {
  serve();
  auto wanted = link_options(1, small);
  wanted.ciphers = {static_cast<MediaCipher>(77)};
  Viewer viewer;
  const auto link = control::ClientLink::connect(wanted, viewer.events(), clock);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, ErrorCode::malformed);
  EXPECT_NE(link.error().message.find("AES-128-GCM"), std::string::npos);
}

}  // namespace
}  // namespace pf::host
