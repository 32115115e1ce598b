#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "control/trust/identity.h"
#include "control/trust/trust_store.h"
#include "support/temporary_folder.h"

namespace pf::control {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

fs::perms mode_of(const fs::path& path) {
  return fs::status(path).permissions() & fs::perms::mask;
}

TEST(Identity, is_made_once_and_then_kept) {
  const test::TemporaryFolder folder;
  const auto home = folder.path() / "state";
  const auto first = Identity::load_or_create(home, "box");
  ASSERT_TRUE(first) << first.error().message;
  const auto second = Identity::load_or_create(home, "renamed");
  ASSERT_TRUE(second);
  EXPECT_EQ(first->fingerprint, second->fingerprint);
  EXPECT_EQ(first->private_key_pem, second->private_key_pem);
  EXPECT_EQ(mode_of(home / "identity.pem"), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(mode_of(home), fs::perms::owner_all);
}

TEST(Identity, differs_between_any_two) {
  EXPECT_NE(Identity::generate("box")->fingerprint, Identity::generate("box")->fingerprint);
}

TEST(Identity, a_file_that_others_can_read_is_refused_with_the_remedy) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(Identity::load_or_create(folder.path(), "box"));
  fs::permissions(folder.path() / "identity.pem", fs::perms::group_read, fs::perm_options::add);
  const auto identity = Identity::load_or_create(folder.path(), "box");
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, ErrorCode::permission);
  EXPECT_THAT(identity.error().message, HasSubstr("chmod 600"));
}

TEST(Identity, a_damaged_file_is_never_overwritten) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "identity.pem";
  std::ofstream(file) << "damaged";
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(Identity::load_or_create(folder.path(), "box").error().code, ErrorCode::malformed);
  std::string kept;
  std::ifstream(file) >> kept;
  EXPECT_EQ(kept, "damaged");
}

// OpenSSL's default is to ask on the terminal, which would hold up a host for ever.
TEST(Identity, a_key_behind_a_password_is_refused_without_asking_for_it) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "identity.pem";
  std::ofstream(file) << "-----BEGIN EC PRIVATE KEY-----\n"
                         "Proc-Type: 4,ENCRYPTED\n"
                         "DEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F\n\n"
                         "AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8=\n"
                         "-----END EC PRIVATE KEY-----\n";
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  const auto identity = Identity::load_or_create(folder.path(), "box");
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, ErrorCode::malformed);
  EXPECT_THAT(identity.error().message, HasSubstr("password"));
}

TEST(Identity, a_key_and_a_certificate_of_two_identities_are_refused) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "identity.pem";
  std::ofstream(file) << Identity::generate("a")->private_key_pem << Identity::generate("b")->certificate_pem;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(Identity::load_or_create(folder.path(), "box").error().code, ErrorCode::malformed);
}

class TrustStoreTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path file() const { return folder_.path() / "state" / "clients"; }
  [[nodiscard]] std::unique_ptr<TrustStore> open() const { return TrustStore::open(file()).value(); }
  static TrustedPeer peer(int number, std::string name) {
    TrustedPeer p{.fingerprint = {}, .name = std::move(name), .paired_at = 1'700'000'000 + number, .address = {}};
    p.fingerprint[0] = static_cast<std::byte>(number);
    return p;
  }
  void write(std::string_view text) const {
    fs::create_directories(file().parent_path());
    std::ofstream(file()) << text;
    fs::permissions(file(), fs::perms::owner_read | fs::perms::owner_write);
  }
  test::TemporaryFolder folder_;
};

TEST_F(TrustStoreTest, remembers_over_a_restart) {
  auto with_address = peer(2, "the box below the desk");
  with_address.address = "[::1]:47900";
  {
    const auto store = open();
    EXPECT_TRUE(store->peers().empty());
    ASSERT_TRUE(store->add(peer(1, "tablet")));
    ASSERT_TRUE(store->add(with_address));
  }
  EXPECT_THAT(open()->peers(), testing::ElementsAre(peer(1, "tablet"), with_address));
  EXPECT_EQ(open()->find(with_address.fingerprint), with_address);
  EXPECT_EQ(open()->find(peer(3, "").fingerprint), std::nullopt);
  EXPECT_EQ(mode_of(file()), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(TrustStoreTest, pairing_again_replaces_the_entry) {
  const auto store = open();
  ASSERT_TRUE(store->add(peer(1, "old name")));
  ASSERT_TRUE(store->add(peer(1, "new name")));
  EXPECT_THAT(store->peers(), testing::ElementsAre(peer(1, "new name")));
}

TEST_F(TrustStoreTest, removes_by_name_or_fingerprint_and_says_so) {
  const auto store = open();
  std::vector<std::string> told;
  store->on_removed([&](const TrustedPeer& p) { told.push_back(p.name); });
  ASSERT_TRUE(store->add(peer(1, "tablet")));
  ASSERT_TRUE(store->add(peer(2, "phone")));
  ASSERT_TRUE(store->add(peer(3, "phone")));
  EXPECT_EQ(store->remove("tablet")->name, "tablet");
  EXPECT_EQ(store->remove("phone").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(store->remove("020000")->fingerprint, peer(2, "").fingerprint);
  EXPECT_EQ(store->remove("nobody").error().code, ErrorCode::not_found);
  EXPECT_THAT(told, testing::ElementsAre("tablet", "phone"));
  EXPECT_EQ(open()->peers().size(), 1u);
}

TEST_F(TrustStoreTest, names_cannot_break_the_file) {
  const auto store = open();
  ASSERT_TRUE(store->add(peer(1, "two\nlines \x01")));
  ASSERT_TRUE(store->add(peer(2, "\xFF\xFE")));
  ASSERT_TRUE(store->add(peer(3, std::string(5000, 'x'))));
  ASSERT_TRUE(store->add(peer(4, "")));
  const auto again = open()->peers();
  ASSERT_EQ(again.size(), 4u);
  EXPECT_EQ(again[0].name, "two lines  ");
  EXPECT_EQ(again[1].name, "unnamed");
  EXPECT_EQ(again[2].name.size(), 128u);
  EXPECT_EQ(again[3].name, "unnamed");
}

TEST_F(TrustStoreTest, a_damaged_line_is_named_and_the_file_kept) {
  write("punktfunk trust store 1\nnonsense\n");
  const auto store = TrustStore::open(file());
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message, HasSubstr("clients:2:"));
  EXPECT_TRUE(fs::exists(file()));
  write("something else\n");
  EXPECT_THAT(TrustStore::open(file()).error().message, HasSubstr("clients:1:"));
}

}  // namespace
}  // namespace pf::control
