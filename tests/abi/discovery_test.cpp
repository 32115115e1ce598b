// Announcing and finding through the C ABI alone, by a real Avahi daemon that is private to the test.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include "abi/session_world.h"
#include "support/private_avahi.h"

namespace abi_test {
namespace {

using pf::test::eventually;

/// A discovery of one client's, stopped at the end.
class Search {
 public:
  explicit Search(const Viewer& viewer, punktfunk_discovery_callback changed = nullptr, void* user = nullptr) {
    auto error = sized<punktfunk_error>();
    EXPECT_EQ(punktfunk_discovery_start(viewer.client, changed, user, &discovery, &error), PUNKTFUNK_OK) << error.text;
  }
  ~Search() { punktfunk_discovery_stop(discovery); }
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  [[nodiscard]] std::optional<punktfunk_found_host> find(const std::string& name) const {
    std::size_t count = 0;
    EXPECT_EQ(punktfunk_discovery_hosts(discovery, nullptr, &count), PUNKTFUNK_OK);
    std::vector<punktfunk_found_host> hosts(count + 1, sized<punktfunk_found_host>());
    count = hosts.size();
    EXPECT_EQ(punktfunk_discovery_hosts(discovery, hosts.data(), &count), PUNKTFUNK_OK);
    for (std::size_t i = 0; i < count; ++i)
      if (hosts[i].name == name) return hosts[i];
    return std::nullopt;
  }
  /// Waits for it as an embedder would.
  [[nodiscard]] std::optional<punktfunk_found_host> await(const std::string& name) const {
    for (auto found = find(name);; found = find(name))
      if (found || punktfunk_discovery_wait(discovery, 10'000) != PUNKTFUNK_OK) return found;
  }

  punktfunk_discovery* discovery = nullptr;
};

class AbiDiscovery : public testing::Test {
 protected:
  static void SetUpTestSuite() { avahi = std::make_unique<pf::test::PrivateAvahi>(); }
  static void TearDownTestSuite() { avahi.reset(); }

  void SetUp() override {
    if (!pf::test::PrivateAvahi::installed()) GTEST_SKIP() << "avahi-daemon is not installed";
    if (!avahi->start()) GTEST_SKIP() << "no private Avahi on this machine: " << avahi->log();
    announce();
  }
  void TearDown() override {
    host.reset();
    avahi->stop();
  }

  void announce() {
    auto options = sized<punktfunk_host_options>();
    options.announce = 1;
    host.emplace(options);
  }

  static inline std::unique_ptr<pf::test::PrivateAvahi> avahi;
  std::optional<Embedder> host;
};

TEST_F(AbiDiscovery, a_host_is_found_paired_with_and_streamed_from_where_it_was_found) {
  Viewer viewer(*host, false);
  const Search search(viewer);
  const auto found = search.await("embedder");
  ASSERT_TRUE(found) << avahi->log();
  EXPECT_EQ(punktfunk_discovery_state(search.discovery, nullptr), PUNKTFUNK_OK);
  EXPECT_EQ(found->paired, 0u);
  EXPECT_EQ(found->address, host->address());
  EXPECT_STREQ(found->version, punktfunk_version());
  char fingerprint[PUNKTFUNK_FINGERPRINT_SIZE];
  ASSERT_EQ(punktfunk_host_fingerprint(host->host, fingerprint), PUNKTFUNK_OK);
  EXPECT_GE(std::strlen(found->fingerprint), 6u);
  EXPECT_TRUE(std::string(fingerprint).starts_with(found->fingerprint));

  viewer.error = sized<punktfunk_error>();
  ASSERT_EQ(punktfunk_client_pair(viewer.client, found->address, "4711", nullptr, nullptr, &viewer.error), PUNKTFUNK_OK)
      << viewer.error.text;
  EXPECT_EQ(search.find("embedder")->paired, 1u);
  auto wish = viewer.wish();
  wish.address = found->address;
  wish.host = found->fingerprint;
  ASSERT_EQ(viewer.connect(wish), PUNKTFUNK_OK) << viewer.error.text;
  EXPECT_TRUE(viewer.unit());
}

TEST_F(AbiDiscovery, the_example_program_lists_who_announces_itself) {
  const Viewer viewer(*host, false);
  const Search search(viewer);
  ASSERT_TRUE(search.await("embedder")) << avahi->log();
  const pf::test::TemporaryFolder folder;
  const auto out = folder.path() / "out.txt";
  const auto command =
      "'" EMBED_STREAM "' '" + (folder.path() / "state").string() + "' discover > '" + out.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::ifstream in(out);
  const std::string said{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(said.find("embedder at " + host->address() + "\n"), std::string::npos) << said;
}

TEST_F(AbiDiscovery, changes_are_called_back_until_the_discovery_is_stopped) {
  const Viewer viewer(*host, false);
  std::atomic<int> calls = 0;
  const auto count = [](void* user) { ++*static_cast<std::atomic<int>*>(user); };
  {
    const Search search(viewer, count, &calls);
    ASSERT_TRUE(search.await("embedder")) << avahi->log();
    EXPECT_GT(calls, 0);
    host.reset();
    EXPECT_TRUE(eventually([&] { return !search.find("embedder"); })) << "a host that ends is no longer found";
  }
  const int before = calls;
  announce();
  const Search other(viewer);
  EXPECT_TRUE(other.await("embedder"));
  EXPECT_EQ(calls, before);
}

TEST_F(AbiDiscovery, a_daemon_that_ends_is_said_so_with_a_remedy) {
  const Viewer viewer(*host, false);
  const Search search(viewer);
  ASSERT_TRUE(search.await("embedder")) << avahi->log();
  avahi->stop();
  auto error = sized<punktfunk_error>();
  EXPECT_TRUE(
      eventually([&] { return punktfunk_discovery_state(search.discovery, &error) == PUNKTFUNK_ERROR_UNSUPPORTED; }));
  EXPECT_NE(std::strstr(error.text, "; "), nullptr) << "what is missing, and what mends it: " << error.text;
  EXPECT_TRUE(eventually([&] { return !search.find("embedder"); }));
  ASSERT_TRUE(avahi->start());
  EXPECT_TRUE(eventually([&] { return search.find("embedder").has_value(); }, std::chrono::seconds{20}));
}

}  // namespace
}  // namespace abi_test
