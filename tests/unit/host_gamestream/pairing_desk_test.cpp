#include "host/gamestream/pairing/pairing_desk.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/moonlight_pairing.h"
#include "support/temporary_folder.h"

namespace pf::host::gamestream {
namespace {

using std::chrono::seconds;
using test::MoonlightIdentity;
using test::MoonlightPairing;

const control::Identity& host_identity() {
  static const auto identity = *control::Identity::generate("box", control::KeyKind::rsa2048);
  return identity;
}

const MoonlightIdentity& client_identity() {
  static const auto identity = MoonlightIdentity::make();
  return identity;
}

class PairingDeskTest : public testing::Test {
 protected:
  /// What get_certificate() has answered, if it has.
  using Answer = std::shared_ptr<std::optional<PairReply>>;

  Answer begin(const Visitor& visitor, const MoonlightPairing& client) {
    auto answer = std::make_shared<std::optional<PairReply>>();
    desk.get_certificate(visitor, client.salt(), client.certificate(), [answer](const PairReply& reply) {
      ASSERT_FALSE(*answer) << "answered twice";
      *answer = reply;
    });
    return answer;
  }

  /// Steps 1 to 3, with the PIN that the host's user types in. Returns the client's opinion of the host.
  bool come_to_the_last_step(const Visitor& visitor, MoonlightPairing& client, const std::string& typed) {
    const auto answer = begin(visitor, client);
    EXPECT_TRUE(desk.enter_pin(typed, "", visitor.address));
    EXPECT_TRUE(*answer && (*answer)->paired);
    client.take_host_certificate((*answer)->value);
    const auto second = desk.client_challenge(visitor, client.challenge());
    EXPECT_TRUE(second.paired) << second.why_not;
    const auto third = desk.challenge_response(visitor, client.answer(second.value));
    EXPECT_TRUE(third.paired) << third.why_not;
    return client.check(third.value);
  }

  test::TemporaryFolder folder;
  ManualClock clock;
  std::unique_ptr<control::TrustStore> trust = std::move(*control::TrustStore::open(folder.path() / "clients"));
  PairingDesk desk{host_identity(), *trust, clock, {}, [] { return std::int64_t{1'800'000'000}; }};
  const Visitor sofa{"192.0.2.7", "0123456789ABCDEF"};
};

TEST_F(PairingDeskTest, a_client_with_the_right_pin_is_in_the_trust_store_by_its_certificate) {
  MoonlightPairing client(client_identity(), "4711");
  const auto answer = begin(sofa, client);
  EXPECT_FALSE(*answer) << "the first step waits for the user";
  EXPECT_EQ(desk.waiting(), std::vector<std::string>{sofa.address});
  EXPECT_EQ(desk.enter_pin("4711", "sofa", ""), sofa.address);
  ASSERT_TRUE(*answer);
  EXPECT_EQ((*answer)->name, "plaincert");
  client.take_host_certificate((*answer)->value);
  const auto second = desk.client_challenge(sofa, client.challenge());
  EXPECT_EQ(second.name, "challengeresponse");
  const auto third = desk.challenge_response(sofa, client.answer(second.value));
  EXPECT_EQ(third.name, "pairingsecret");
  EXPECT_TRUE(client.check(third.value)) << "the host's proof";
  EXPECT_TRUE(trust->peers().empty()) << "not before the client's proof";
  const auto fourth = desk.client_secret(sofa, client.secret());
  EXPECT_TRUE(fourth.paired) << fourth.why_not;
  ASSERT_EQ(trust->peers().size(), 1u);
  EXPECT_EQ(trust->peers()[0].name, "sofa");
  EXPECT_EQ(trust->peers()[0].fingerprint, Certificate::from_pem(client_identity().certificate)->fingerprint());
}

// Some clients don't look at the host's proof and go on (docs/gamestream.md).
TEST_F(PairingDeskTest, a_wrong_pin_is_refused_at_the_last_step_and_serves_for_one_guess) {
  MoonlightPairing client(client_identity(), "4711");
  EXPECT_FALSE(come_to_the_last_step(sofa, client, "4712"));
  EXPECT_FALSE(desk.client_secret(sofa, client.secret()).paired);
  EXPECT_FALSE(desk.client_secret(sofa, client.secret()).paired) << "again";
  EXPECT_FALSE(desk.client_challenge(sofa, client.challenge()).paired) << "the attempt is over";
  EXPECT_TRUE(trust->peers().empty());
}

TEST_F(PairingDeskTest, who_does_not_hold_the_certificates_key_is_refused) {
  MoonlightPairing client(client_identity(), "4711");
  EXPECT_TRUE(come_to_the_last_step(sofa, client, "4711"));
  EXPECT_FALSE(desk.client_secret(sofa, client.secret_signed_by(MoonlightIdentity::make())).paired);
  EXPECT_TRUE(trust->peers().empty());
}

TEST_F(PairingDeskTest, steps_out_of_turn_end_the_attempt) {
  const std::string block(32, '0');
  const std::string digest(64, '0');
  EXPECT_FALSE(desk.client_challenge(sofa, block).paired) << "without the first";
  EXPECT_FALSE(desk.client_secret(sofa, digest).paired);
  MoonlightPairing client(client_identity(), "4711");
  const auto answer = begin(sofa, client);
  EXPECT_FALSE(desk.client_challenge(sofa, block).paired) << "before the PIN";
  EXPECT_TRUE(desk.enter_pin("4711", "", "")) << "which takes nothing away from the user's guess";
  EXPECT_FALSE(desk.challenge_response(sofa, digest).paired) << "the third before the second";
  EXPECT_FALSE(desk.client_challenge(sofa, client.challenge()).paired) << "and that was it";
}

TEST_F(PairingDeskTest, nobody_carries_on_with_another_addresss_attempt) {
  MoonlightPairing client(client_identity(), "4711");
  const auto answer = begin(sofa, client);
  ASSERT_TRUE(desk.enter_pin("4711", "", ""));
  EXPECT_FALSE(desk.client_challenge({"192.0.2.8", sofa.id}, client.challenge()).paired);
  EXPECT_TRUE(desk.client_challenge(sofa, client.challenge()).paired) << "undisturbed";
}

TEST_F(PairingDeskTest, clients_of_one_id_at_two_addresses_pair_side_by_side) {
  const Visitor tv{"192.0.2.9", sofa.id};
  const auto other = MoonlightIdentity::make();
  MoonlightPairing first(client_identity(), "1111");
  MoonlightPairing second(other, "2222");
  const auto waits = begin(sofa, first);
  EXPECT_TRUE(come_to_the_last_step(tv, second, "2222"));
  EXPECT_TRUE(desk.client_secret(tv, second.secret()).paired);
  EXPECT_FALSE(*waits);
  EXPECT_TRUE(come_to_the_last_step(sofa, first, "1111")) << "begins anew, which answers the earlier attempt";
  EXPECT_FALSE((*waits)->paired);
  EXPECT_TRUE(desk.client_secret(sofa, first.secret()).paired);
  EXPECT_EQ(trust->peers().size(), 2u);
}

TEST_F(PairingDeskTest, the_user_says_which_client_where_several_wait) {
  const MoonlightPairing client(client_identity(), "4711");
  const auto first = begin(sofa, client);
  const auto second = begin({"192.0.2.9", sofa.id}, client);
  const auto refused = desk.enter_pin("4711", "", "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::busy);
  EXPECT_EQ(desk.enter_pin("4711", "", "192.0.2.9"), "192.0.2.9");
  EXPECT_FALSE(*first);
  EXPECT_TRUE(*second);
  const auto beside_it = begin({sofa.address, "another"}, client);
  EXPECT_EQ(desk.enter_pin("4711", "", sofa.address).error().code, ErrorCode::busy) << "two of one address";
  EXPECT_FALSE(*first);
  EXPECT_FALSE(*beside_it);
}

TEST_F(PairingDeskTest, a_pin_is_four_digits_and_somebody_waits_for_it) {
  EXPECT_EQ(desk.enter_pin("4711", "", "").error().code, ErrorCode::not_found);
  const MoonlightPairing client(client_identity(), "4711");
  const auto answer = begin(sofa, client);
  for (const auto* pin : {"", "471", "47111", "47a1"})
    EXPECT_EQ(desk.enter_pin(pin, "", "").error().code, ErrorCode::invalid_argument) << pin;
  EXPECT_FALSE(*answer);
}

TEST_F(PairingDeskTest, what_waits_is_bounded_in_number_and_in_time) {
  const MoonlightPairing client(client_identity(), "4711");
  std::vector<Answer> answers;
  for (int i = 0; i < 10'000; ++i)
    answers.push_back(begin({"192.0.2." + std::to_string(i % 100), std::to_string(i)}, client));
  EXPECT_EQ(desk.waiting().size(), 8u);
  EXPECT_EQ(std::ranges::count_if(answers, [](const Answer& a) { return !*a; }), 8);
  clock.advance(seconds{299});
  desk.expire();
  EXPECT_EQ(desk.waiting().size(), 8u);
  clock.advance(seconds{1});
  desk.expire();
  EXPECT_TRUE(desk.waiting().empty());
  for (const auto& answer : answers) EXPECT_TRUE(*answer && !(*answer)->paired);
}

TEST_F(PairingDeskTest, one_address_takes_two_places_at_most) {
  const MoonlightPairing client(client_identity(), "4711");
  const auto first = begin({"192.0.2.7", "1"}, client);
  const auto second = begin({"192.0.2.7", "2"}, client);
  const auto third = begin({"192.0.2.7", "3"}, client);
  EXPECT_FALSE(*first || *second);
  EXPECT_TRUE(*third && !(*third)->paired);
}

TEST_F(PairingDeskTest, a_client_that_stops_half_way_is_forgotten) {
  MoonlightPairing client(client_identity(), "4711");
  EXPECT_TRUE(come_to_the_last_step(sofa, client, "4711"));
  clock.advance(seconds{30});
  EXPECT_FALSE(desk.client_secret(sofa, client.secret()).paired);
  EXPECT_TRUE(trust->peers().empty());
}

TEST_F(PairingDeskTest, bytes_that_are_none_are_refused_and_keep_nothing) {
  const MoonlightPairing client(client_identity(), "4711");
  const auto refused = [&](const std::string& salt, const std::string& certificate) {
    bool paired = true;
    desk.get_certificate(sofa, salt, certificate, [&](const PairReply& reply) { paired = reply.paired; });
    return !paired && desk.waiting().empty();
  };
  EXPECT_TRUE(refused("", client.certificate()));
  EXPECT_TRUE(refused(client.salt() + "00", client.certificate()));
  EXPECT_TRUE(refused(std::string(32, 'x'), client.certificate()));
  EXPECT_TRUE(refused(client.salt(), ""));
  EXPECT_TRUE(refused(client.salt(), "abc"));
  EXPECT_TRUE(refused(client.salt(), std::string(100'000, 'a')));
  EXPECT_TRUE(refused(client.salt(), client.certificate().substr(0, 400)));
}

TEST_F(PairingDeskTest, giving_up_answers_and_frees_the_place) {
  const MoonlightPairing client(client_identity(), "4711");
  const auto answer = begin(sofa, client);
  desk.give_up(sofa);
  EXPECT_TRUE(*answer && !(*answer)->paired);
  EXPECT_TRUE(desk.waiting().empty());
}

}  // namespace
}  // namespace pf::host::gamestream
