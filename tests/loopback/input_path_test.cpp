// What a client's hands do takes no memory on the host either: a datagram or a record on its way to the injector.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/wire/input_events.h"
#include "host/stream/input_loop.h"
#include "support/allocation_meter.h"

namespace pf::host {
namespace {

class CountingInjector final : public InputInjector {
 public:
  explicit CountingInjector(std::atomic<int>& done) : done_(done) {}
  Result<void> move(double, double) override { return count(); }
  Result<void> place(double, double) override { return count(); }
  Result<void> button(std::uint16_t, bool) override { return count(); }
  Result<void> wheel(std::int32_t, std::int32_t) override { return count(); }
  Result<void> key(std::uint16_t, bool) override { return count(); }
  Result<void> text(const std::string&) override { return count(); }
  Result<void> touch(wire::TouchPhase, const wire::TouchContact&) override { return count(); }
  Result<void> pen(const wire::PenState&) override { return count(); }
  void release_all() override {}

 private:
  Result<void> count() {
    ++done_;
    done_.notify_one();
    return {};
  }
  std::atomic<int>& done_;
};

class InputPath : public testing::Test {
 protected:
  /// As ClientConnection passes it on.
  void datagram(const std::vector<std::byte>& bytes) {
    const auto read = wire::decode_datagram(bytes);
    ASSERT_TRUE(read && *read);
    loop_.push(std::get<wire::MotionDatagram>(**read).pointer);
  }
  void record(const std::vector<std::byte>& bytes) {
    const auto read = wire::decode_input(bytes);
    ASSERT_TRUE(read && *read);
    loop_.push(**read);
  }
  void wait_for(int done) {
    for (int now = done_; now < done; now = done_) done_.wait(now);
  }

  SessionCounters counters_;
  std::atomic<int> done_ = 0;
  InputLoop loop_{std::make_unique<CountingInjector>(done_), nullptr, counters_, [](const Error&) {}};
};

TEST_F(InputPath, motion_and_keys_allocate_nothing_after_the_first) {
  std::vector<std::vector<std::byte>> motions;
  for (std::uint32_t i = 1; i <= 300; ++i) {
    wire::PointerState pointer;
    pointer.sequence = i;
    pointer.total_dx = static_cast<std::int32_t>(16 * i);
    motions.push_back(wire::encode_datagram(wire::MotionDatagram{pointer}));
  }
  // A record's length stands in front of it, for the stream's sake.
  const auto content = [](const wire::ReliableInput& event) {
    auto bytes = wire::encode_input(event);
    bytes.erase(bytes.begin(), bytes.begin() + sizeof(std::uint16_t));
    return bytes;
  };
  const auto press = content(wire::KeyEvent{30, true});
  const auto release = content(wire::KeyEvent{30, false});
  const auto type = [&](std::size_t from, std::size_t to) {
    for (; from < to; ++from) {
      const int before = done_;
      datagram(motions[from]);
      wait_for(before + (from == 0 ? 0 : 1));  // the first one says where the pointer is
      record(press);
      record(release);
      wait_for(before + (from == 0 ? 2 : 3));
    }
  };
  type(0, 50);
  const auto before = test::allocations().count;
  type(50, 300);
  EXPECT_EQ(test::allocations().count, before);
}

}  // namespace
}  // namespace pf::host
