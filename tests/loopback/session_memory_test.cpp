// A whole session, QUIC and all, between a client and a host on the loopback interface: the threads that a frame passes
// allocate nothing, while those that carry messages do as they like.
#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <mutex>

#include "support/host_fixture.h"
#include "support/thread_allocations.h"

namespace pf::host {
namespace {

constexpr Mode fast{1280, 720, 240'000};
constexpr std::array frame_threads{"pf-encode", "pf-send", "pf-receive"};  // the last of them at both ends

class SessionMemory : public test::HostFixture {
 protected:
  control::LinkEvents events() {
    control::LinkEvents told;
    told.on_video = [this](const session::ReceivedUnit&) {
      const std::scoped_lock lock(mutex_);
      ++units_;
      changed_.notify_one();
    };
    return told;
  }
  bool wait_for_units(int more) {
    std::unique_lock lock(mutex_);
    const auto enough = units_ + more;
    return changed_.wait_for(lock, std::chrono::seconds{100}, [&] { return units_ >= enough; });
  }
  static std::array<test::ThreadAllocations, frame_threads.size()> look() {
    std::array<test::ThreadAllocations, frame_threads.size()> all;
    std::ranges::transform(frame_threads, all.begin(), test::allocations_of_threads);
    return all;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int units_ = 0;
};

TEST_F(SessionMemory, after_a_second_no_thread_that_a_frame_passes_allocates) {
  // Each unit is more than leaves at once, so that the pacer's thread has its part.
  world->unit_bytes = 40'000;
  serve();
  auto wish = link_options(1, fast);
  wish.start.bitrate = 100_mbps;
  const auto link = control::ClientLink::connect(wish, events(), clock);
  ASSERT_TRUE(link) << link.error().message;
  ASSERT_TRUE(wait_for_units(120));
  const auto control_before = test::allocations_of_threads("pf-control");
  const auto before = look();
  ASSERT_TRUE(wait_for_units(300));
  const auto after = look();
  for (std::size_t i = 0; i < frame_threads.size(); ++i) {
    EXPECT_EQ(after[i].threads, i == 2 ? 2u : 1u) << frame_threads[i];
    EXPECT_EQ(after[i].count, before[i].count) << frame_threads[i];
  }
  EXPECT_GT(test::allocations_of_threads("pf-control").count, control_before.count + 100) << "messages went both ways";
  EXPECT_GT(server->status().sessions.at(0).counters.packets_sent, 250u * 40'000 / 1300);
}

}  // namespace
}  // namespace pf::host
