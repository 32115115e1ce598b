// The sink that paces, on real threads and the machine's clock: nothing is lost, reordered or waited for.
#include "host/stream/paced_sink.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "core/session/unit_limit.h"

namespace pf::host {
namespace {

constexpr std::size_t packet = 1200;
constexpr Mode stand_still{1280, 720, 1};  // a picture in 1,000 s

class RecordingSink final : public session::PacketSink {
 public:
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    const std::scoped_lock lock(mutex_);
    EXPECT_EQ(segment, packet);
    bytes_.insert(bytes_.end(), packets.begin(), packets.end());
    ++calls_;
    thread_ = std::this_thread::get_id();
    changed_.notify_all();
    return {};
  }
  bool wait_for_bytes(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return bytes_.size() >= count; });
  }
  std::vector<std::byte> bytes() {
    const std::scoped_lock lock(mutex_);
    return bytes_;
  }
  std::size_t calls() {
    const std::scoped_lock lock(mutex_);
    return calls_;
  }
  std::thread::id last_thread() {
    const std::scoped_lock lock(mutex_);
    return thread_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::byte> bytes_;
  std::size_t calls_ = 0;
  std::thread::id thread_;
};

std::vector<std::byte> frame(std::size_t packets, unsigned seed) {
  std::vector<std::byte> bytes(packets * packet);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>((i * 7 + seed) >> 3);
  return bytes;
}

void send(PacedSink& sink, std::span<const std::byte> bytes) {
  sink.begin_frame(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += 50 * packet)
    ASSERT_TRUE(sink.send(bytes.subspan(at, std::min(50 * packet, bytes.size() - at)), packet));
}

TEST(PacedSink, a_small_frame_leaves_in_the_call_that_brings_it) {
  const SteadyClock clock;
  auto to = std::make_shared<RecordingSink>();
  PacedSink sink(to, {1280, 720, 60'000}, clock, nullptr);
  const auto bytes = frame(40, 1);
  send(sink, bytes);
  EXPECT_EQ(to->bytes(), bytes);
  EXPECT_EQ(to->calls(), 1u);
  EXPECT_EQ(to->last_thread(), std::this_thread::get_id());
}

TEST(PacedSink, a_link_that_is_known_to_be_fast_needs_no_other_thread_for_a_large_frame) {
  const SteadyClock clock;
  auto to = std::make_shared<RecordingSink>();
  PacedSink sink(to, {1280, 720, 60'000}, clock, nullptr);
  sink.set_link({.rate = 10'000_mbps});
  for (unsigned i = 0; i < 10; ++i) {
    const auto bytes = frame(200, i);
    const auto before = to->bytes().size();
    send(sink, bytes);
    EXPECT_EQ(to->bytes().size(), before + bytes.size());
    EXPECT_EQ(to->last_thread(), std::this_thread::get_id());
  }
}

/// How many bytes wait before more are refused.
std::size_t room(PacedSink& sink) {
  const auto bytes = frame(50, 1);
  sink.begin_frame(3000 * bytes.size());
  for (std::size_t i = 0; i < 3000; ++i) {
    if (const auto sent = sink.send(bytes, packet); !sent) {
      EXPECT_EQ(sent.error().code, ErrorCode::exhausted);
      return i * bytes.size();
    }
  }
  ADD_FAILURE() << "180 MB wait";
  return 0;
}

TEST(PacedSink, as_much_waits_as_the_modes_largest_unit_makes) {
  const SteadyClock clock;
  for (const Mode mode : {Mode{320, 200, 1}, Mode{1280, 720, 1}, Mode{1920, 1080, 1}, Mode{3840, 2160, 1}}) {
    PacedSink sink(std::make_shared<RecordingSink>(), mode, clock, nullptr);
    const auto unit = session::max_unit_for(mode);
    const auto waits = room(sink);
    EXPECT_GT(waits, 2 * unit) << mode.to_string();
    EXPECT_LT(waits, 3 * unit) << mode.to_string();
  }
}

TEST(PacedSink, a_new_mode_changes_what_may_wait_and_what_waits_is_not_lost) {
  const SteadyClock clock;
  const auto to = std::make_shared<RecordingSink>();
  PacedSink sink(to, {1280, 720, 2'500}, clock, nullptr);
  auto all = frame(100, 1);
  send(sink, all);
  sink.set_mode({3840, 2160, 2'500});
  const auto more = frame(2500, 2);  // too much for the mode before
  send(sink, more);
  sink.set_mode({1280, 720, 2'500});
  all.insert(all.end(), more.begin(), more.end());
  ASSERT_TRUE(to->wait_for_bytes(all.size()));
  EXPECT_EQ(to->bytes(), all);
}

TEST(PacedSink, a_large_frame_leaves_whole_and_in_order_without_holding_up_the_encoder) {
  const SteadyClock clock;
  auto to = std::make_shared<RecordingSink>();
  std::size_t told = 0;
  {
    PacedSink sink(to, {1280, 720, 2'500}, clock,
                   [&](auto packets, std::size_t, TimePoint) { told += packets.size(); });
    const auto bytes = frame(1000, 2);
    const auto begun = clock.now();
    send(sink, bytes);
    // A fifth of a second is what the pacer takes; the caller has long gone on.
    EXPECT_LT(to->bytes().size(), bytes.size());
    ASSERT_TRUE(to->wait_for_bytes(bytes.size()));
    EXPECT_GE(clock.now() - begun, milliseconds{150});
    EXPECT_EQ(to->bytes(), bytes);
  }
  EXPECT_EQ(told, 1000 * packet);
}

TEST(PacedSink, frames_that_overtake_the_pacer_stay_in_order) {
  const SteadyClock clock;
  auto to = std::make_shared<RecordingSink>();
  PacedSink sink(to, {1280, 720, 50'000}, clock, nullptr);
  sink.set_link({.rate = 1_mbps, .strained = true});
  std::vector<std::byte> all;
  for (unsigned i = 0; i < 20; ++i) {
    const auto bytes = frame(100, i);
    all.insert(all.end(), bytes.begin(), bytes.end());
    send(sink, bytes);
  }
  ASSERT_TRUE(to->wait_for_bytes(all.size()));
  EXPECT_EQ(to->bytes(), all);
}

TEST(PacedSink, ending_it_waits_for_nothing) {
  const SteadyClock clock;
  auto to = std::make_shared<RecordingSink>();
  const auto begun = clock.now();
  {
    PacedSink sink(to, stand_still, clock, nullptr);
    send(sink, frame(1000, 3));
  }
  EXPECT_LT(clock.now() - begun, std::chrono::seconds{20});
}

}  // namespace
}  // namespace pf::host
