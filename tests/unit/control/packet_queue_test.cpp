#include "control/quic/packet_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace pf::control {
namespace {

void put(PacketQueue& queue, int content) {
  auto* const packet = queue.take_free();
  ASSERT_NE(packet, nullptr);
  packet->fill(std::array{static_cast<std::byte>(content)});
  queue.push(packet);
}

std::vector<int> contents(const std::vector<QueuedPacket*>& packets) {
  std::vector<int> all;
  for (const auto* packet : packets) {
    EXPECT_EQ(packet->bytes().size(), 1u);
    all.push_back(std::to_integer<int>(packet->bytes()[0]));
  }
  return all;
}

TEST(PacketQueue, packets_come_out_in_the_order_in_which_they_went_in) {
  PacketQueue queue;
  std::vector<QueuedPacket*> read;
  EXPECT_TRUE(queue.empty());
  for (const int content : {1, 2, 3}) put(queue, content);
  EXPECT_FALSE(queue.empty());
  queue.exchange(read);
  EXPECT_EQ(contents(read), (std::vector{1, 2, 3}));
  put(queue, 4);
  EXPECT_EQ(contents(read), (std::vector{1, 2, 3})) << "what is being read stays as it is";
  queue.exchange(read);
  EXPECT_EQ(contents(read), std::vector{4});
  EXPECT_TRUE(queue.empty());
}

TEST(PacketQueue, a_few_packets_at_a_time_use_a_few_places_again_and_again) {
  PacketQueue queue;
  std::vector<QueuedPacket*> read;
  std::set<QueuedPacket*> used;
  for (int i = 0; i < 1000; ++i) {
    put(queue, i % 100);
    put(queue, i % 100);
    queue.exchange(read);
    used.insert(read.begin(), read.end());
  }
  EXPECT_LE(used.size(), 4u);
}

TEST(PacketQueue, a_full_queue_takes_no_more_until_something_was_read) {
  PacketQueue queue;
  std::vector<QueuedPacket*> read;
  for (std::size_t i = 0; i < PacketQueue::most; ++i) put(queue, 1);
  EXPECT_EQ(queue.take_free(), nullptr);
  queue.exchange(read);
  EXPECT_EQ(queue.take_free(), nullptr) << "it is being read";
  queue.exchange(read);
  EXPECT_NE(queue.take_free(), nullptr);
}

}  // namespace
}  // namespace pf::control
