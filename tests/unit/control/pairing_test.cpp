#include "control/pairing/pairing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pf::control {
namespace {

using namespace std::chrono_literals;
using wire::RefusalCode;

Fingerprint fingerprint(int n) {
  Fingerprint f{};
  f[0] = static_cast<std::byte>(n);
  return f;
}

class PairingTest : public testing::Test {
 protected:
  ManualClock clock_;
  PairingWindow window_{PairingWindow::Options{}, clock_};
  const Fingerprint host_ = fingerprint(1);
  const Fingerprint client_ = fingerprint(2);

  HostPairing host_side() { return {window_, host_, client_, "box"}; }
  [[nodiscard]] ClientPairing client_side(const std::string& pin) const {
    return ClientPairing::create(pin, host_, client_, "tablet").value();
  }

  RefusalCode refused_share() {
    auto host = host_side();
    const auto reply = host.on_share(client_side("0000").share());
    return std::holds_alternative<wire::Refusal>(reply) ? std::get<wire::Refusal>(reply).code : RefusalCode{0};
  }
};

TEST_F(PairingTest, the_right_pin_pairs) {
  const auto pin = window_.open().value();
  EXPECT_EQ(pin.size(), 6u);
  auto host = host_side();
  auto client = client_side(pin);
  const auto reply = std::get<wire::PairShare>(host.on_share(client.share()));
  const auto confirm = client.on_share(reply);
  ASSERT_TRUE(confirm) << confirm.error().message;
  const auto outcome = host.on_confirm(*confirm);
  EXPECT_TRUE(outcome.paired);
  EXPECT_EQ(outcome.client_name, "tablet");
  EXPECT_EQ(std::get<wire::Paired>(outcome.reply).host_name, "box");
  EXPECT_FALSE(window_.is_open()) << "one window pairs one client";
}

TEST_F(PairingTest, a_wrong_pin_is_noticed_by_both_sides) {
  ASSERT_TRUE(window_.open("1234"));
  auto host = host_side();
  auto client = client_side("4321");
  const auto reply = std::get<wire::PairShare>(host.on_share(client.share()));
  EXPECT_EQ(client.on_share(reply).error().code, ErrorCode::unauthenticated);
  const auto outcome = host.on_confirm({std::vector<std::byte>(32)});
  EXPECT_FALSE(outcome.paired);
  EXPECT_EQ(std::get<wire::Refusal>(outcome.reply).code, RefusalCode::wrong_pin);
}

TEST_F(PairingTest, somebody_in_between_fails_even_with_the_right_pin) {
  ASSERT_TRUE(window_.open("1234"));
  auto host = HostPairing(window_, host_, fingerprint(9), "box");  // the host sees the intruder's certificate
  auto client = client_side("1234");
  const auto reply = std::get<wire::PairShare>(host.on_share(client.share()));
  EXPECT_FALSE(client.on_share(reply));
}

TEST_F(PairingTest, a_guess_costs_an_attempt_even_when_broken_off) {
  ASSERT_TRUE(window_.open("1234"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(refused_share(), RefusalCode{0});
    clock_.advance(2s);
  }
  EXPECT_EQ(refused_share(), RefusalCode::locked_out);
  EXPECT_FALSE(window_.is_open());
}

TEST_F(PairingTest, lockouts_double_and_opening_again_does_not_lift_them) {
  std::chrono::seconds expected = 30s;
  for (int round = 0; round < 9; ++round) {
    ASSERT_TRUE(window_.open("1234"));
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(refused_share(), RefusalCode{0}) << round;
      if (i < 2) clock_.advance(1s);
    }
    ASSERT_TRUE(window_.open("1234"));
    clock_.advance(expected - 1s);
    EXPECT_EQ(refused_share(), RefusalCode::locked_out) << round;
    clock_.advance(1s);
    expected = std::min<std::chrono::seconds>(expected * 2, 3600s);
  }
}

TEST_F(PairingTest, ten_thousand_attempts_are_few_guesses) {
  ASSERT_TRUE(window_.open("1234", 3600s));
  int guesses = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (std::holds_alternative<std::string>(window_.begin_attempt())) ++guesses;
    clock_.advance(6ms);
  }
  EXPECT_EQ(guesses, 3);
}

TEST_F(PairingTest, the_window_closes_by_itself) {
  EXPECT_EQ(refused_share(), RefusalCode::pairing_closed);
  ASSERT_TRUE(window_.open("1234", 10s));
  EXPECT_TRUE(window_.is_open());
  clock_.advance(10s);
  EXPECT_FALSE(window_.is_open());
  EXPECT_EQ(refused_share(), RefusalCode::pairing_closed);
}

TEST_F(PairingTest, steps_out_of_order_are_refused) {
  ASSERT_TRUE(window_.open("1234"));
  auto host = host_side();
  EXPECT_FALSE(host.on_confirm({std::vector<std::byte>(32)}).paired);
  ASSERT_TRUE(std::holds_alternative<wire::PairShare>(host.on_share(client_side("1234").share())));
  EXPECT_TRUE(std::holds_alternative<wire::Refusal>(host.on_share(client_side("1234").share())));
}

TEST_F(PairingTest, a_confirmation_is_tried_once) {
  ASSERT_TRUE(window_.open("1234"));
  auto host = host_side();
  auto client = client_side("1234");
  const auto confirm = client.on_share(std::get<wire::PairShare>(host.on_share(client.share()))).value();
  EXPECT_FALSE(host.on_confirm({std::vector<std::byte>(32)}).paired);
  EXPECT_FALSE(host.on_confirm(confirm).paired);
}

TEST_F(PairingTest, nonsense_shares_are_refused) {
  ASSERT_TRUE(window_.open("1234"));
  for (const std::size_t size : {0u, 1u, 65u}) {
    auto host = host_side();
    wire::PairShare share;
    share.share.resize(size);
    EXPECT_TRUE(std::holds_alternative<wire::Refusal>(host.on_share(share)));
    clock_.advance(1s);
  }
}

TEST_F(PairingTest, pins_are_four_to_twelve_digits) {
  for (const auto* pin : {"", "123", "12a4", "1234567890123", " 1234"}) {
    EXPECT_FALSE(window_.open(pin)) << pin;
    EXPECT_FALSE(ClientPairing::create(pin, host_, client_, "tablet")) << pin;
  }
}

TEST_F(PairingTest, an_exchange_altered_on_its_way_pairs_nobody_and_the_next_one_does) {
  const auto pin = std::string("271828");
  const auto attempt = [&](int step, std::size_t bit) {
    clock_.advance(1h);  // longer than any lock-out
    EXPECT_TRUE(window_.open(pin));
    auto host = host_side();
    auto client = client_side(pin);
    auto share = client.share();
    const auto alter = [&](std::vector<std::byte>& bytes) {
      bytes[bit / 8 % bytes.size()] ^= std::byte{1} << (bit % 8);
    };
    if (step == 1) alter(share.share);
    auto answer = host.on_share(share);
    auto* reply = std::get_if<wire::PairShare>(&answer);
    if (reply == nullptr) return false;
    if (step == 2) alter(reply->share);
    if (step == 3) alter(reply->confirmation);
    auto confirm = client.on_share(*reply);
    if (!confirm) return false;
    if (step == 4) alter(confirm->confirmation);
    return host.on_confirm(*confirm).paired;
  };
  // Each costs two PINs' worth of stretching: in every message a bit of the beginning, of the middle and of the end.
  for (int step = 1; step <= 4; ++step) {
    const std::size_t size = 8 * (step <= 2 ? crypto::spake2_share_size : 32);
    for (const std::size_t bit : {std::size_t{0}, size / 2 + 3, size - 1}) ASSERT_FALSE(attempt(step, bit)) << step;
  }
  EXPECT_TRUE(attempt(0, 0));
}

}  // namespace
}  // namespace pf::control
