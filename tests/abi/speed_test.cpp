// Speed tests through the C ABI alone, both ends in this process.
#include <chrono>

#include "abi/session_world.h"

namespace abi_test {
namespace {

/// What a callback has been handed.
struct Told {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<punktfunk_speed_result> results;

  void wait() {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds{10}, [&] { return !results.empty(); }));
  }
  static void call(void* user, const punktfunk_speed_result* result) {
    auto& to = *static_cast<Told*>(user);
    const std::scoped_lock lock(to.mutex);
    to.results.push_back(*result);
    to.changed.notify_all();
  }
};

/// One test, destroyed at the end.
class SpeedTest {
 public:
  SpeedTest(const Viewer& viewer, const std::string& address, Told* told = nullptr) {
    auto options = sized<punktfunk_speed_options>();
    options.length_ms = 2'000;
    options.address = address.c_str();
    options.ceiling = 5'000'000;
    options.user = told;
    if (told != nullptr) options.on_result = Told::call;
    auto error = sized<punktfunk_error>();
    EXPECT_EQ(punktfunk_speed_test_start(viewer.client, &options, &test, &error), PUNKTFUNK_OK) << error.text;
  }
  ~SpeedTest() { punktfunk_speed_test_destroy(test); }
  SpeedTest(const SpeedTest&) = delete;
  SpeedTest& operator=(const SpeedTest&) = delete;

  [[nodiscard]] punktfunk_speed_result result() const {
    auto result = sized<punktfunk_speed_result>();
    EXPECT_EQ(punktfunk_speed_test_wait(test, 30'000, &result), PUNKTFUNK_OK);
    return result;
  }

  punktfunk_speed_test* test = nullptr;
};

TEST(AbiSpeed, the_path_is_measured_and_the_result_told_in_both_ways) {
  Embedder host;
  const Viewer viewer(host);
  Told told;
  punktfunk_speed_result result{};
  {
    const SpeedTest test(viewer, host.address(), &told);
    auto early = sized<punktfunk_speed_result>();
    EXPECT_EQ(punktfunk_speed_test_wait(test.test, 0, &early), PUNKTFUNK_ERROR_TIMEOUT);
    EXPECT_EQ(punktfunk_speed_test_wait(test.test, 30'000, nullptr), PUNKTFUNK_ERROR_INVALID_ARGUMENT);
    result = test.result();
    const auto again = test.result();
    EXPECT_EQ(std::memcmp(&result, &again, sizeof(result)), 0) << "it can be asked for as often as wanted";
    told.wait();
  }
  ASSERT_EQ(result.result, PUNKTFUNK_OK) << result.text;
  EXPECT_GT(result.capacity, 1'000'000u);
  EXPECT_GT(result.suggested_bitrate, 0u);
  EXPECT_LT(result.suggested_bitrate, result.capacity);
  EXPECT_LE(result.loss_ppm, 1'000'000u);
  EXPECT_GE(result.trains, 2u);
  EXPECT_GT(result.round_trip_us, 0u);
  EXPECT_STREQ(result.text, "");
  ASSERT_EQ(told.results.size(), 1u);
  EXPECT_EQ(std::memcmp(&told.results.front(), &result, sizeof(result)), 0);
}

TEST(AbiSpeed, a_host_that_streams_is_not_disturbed) {
  Embedder host;
  Viewer viewer(host);
  ASSERT_EQ(viewer.connect(viewer.wish()), PUNKTFUNK_OK) << viewer.error.text;
  ASSERT_TRUE(viewer.unit());
  const auto result = SpeedTest(viewer, host.address()).result();
  EXPECT_EQ(result.result, PUNKTFUNK_ERROR_REFUSED);
  EXPECT_NE(std::strstr(result.text, "stream"), nullptr) << result.text;
  EXPECT_EQ(result.capacity, 0u);
}

TEST(AbiSpeed, who_is_not_paired_measures_nothing) {
  Embedder host;
  const Viewer stranger(host, false);
  EXPECT_EQ(SpeedTest(stranger, host.address()).result().result, PUNKTFUNK_ERROR_NOT_FOUND);
  const Viewer removed(host);
  ASSERT_EQ(punktfunk_host_remove_client(host.host, "viewer", nullptr), PUNKTFUNK_OK);
  const auto result = SpeedTest(removed, host.address()).result();
  EXPECT_EQ(result.result, PUNKTFUNK_ERROR_UNAUTHENTICATED);
  EXPECT_STRNE(result.text, "");
}

TEST(AbiSpeed, a_test_that_is_destroyed_is_called_off_and_calls_nobody) {
  Embedder host;
  Told told;
  const Viewer viewer(host);
  for (const std::uint32_t after_ms : {0u, 100u, 600u}) {
    const SpeedTest test(viewer, host.address(), &told);
    auto early = sized<punktfunk_speed_result>();
    EXPECT_EQ(punktfunk_speed_test_wait(test.test, after_ms, &early), PUNKTFUNK_ERROR_TIMEOUT);
  }
  EXPECT_TRUE(told.results.empty());
}

}  // namespace
}  // namespace abi_test
