#include "host/stream/speed_train.h"

#include <gtest/gtest.h>

namespace pf::host {
namespace {

class CountingSink final : public session::PacketSink {
 public:
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    EXPECT_EQ(packets.size() % segment, 0u);
    count += packets.size() / segment;
    return {};
  }
  std::size_t count = 0;
};

constexpr std::size_t datagram = 1200;

struct Sent {
  std::size_t packets = 0;
  double rate = 0;  // bits per second, with IP and UDP headers
};

/// A train of 100 ms whose sender wakes up every `step`.
Sent carry(Bitrate rate, Duration step) {
  const auto sink = std::make_shared<CountingSink>();
  TrainSender train(crypto::PacketSealer::create({}).value(), datagram, sink);
  ManualClock clock;
  train.begin({.number = 1, .rate = rate, .length = milliseconds{100}}, clock.now());
  while (train.advance(clock.now())) clock.advance(step);
  EXPECT_EQ(train.result(clock.now()).packets, sink->count);
  return {sink->count, static_cast<double>(sink->count * (datagram + 28) * 8) / 0.1};
}

TEST(TrainSender, a_train_has_the_rate_that_was_asked_for_up_to_many_gigabits) {
  for (const auto rate : {1_mbps, 100_mbps, 1000_mbps, 10'000_mbps}) {
    const auto sent = carry(rate, milliseconds{1});
    EXPECT_NEAR(sent.rate, static_cast<double>(rate.bits_per_second), 0.1e6) << sent.packets;
  }
}

TEST(TrainSender, a_sender_that_wakes_up_late_makes_up_for_it) {
  EXPECT_EQ(carry(500_mbps, milliseconds{20}).packets, carry(500_mbps, milliseconds{1}).packets);
}

}  // namespace
}  // namespace pf::host
