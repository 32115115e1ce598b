#include "client/play/newest_slot.h"

#include <gtest/gtest.h>

#include <memory>

namespace pf::client {
namespace {

TEST(NewestSlot, the_newest_wins) {
  NewestSlot<int> slot;
  EXPECT_TRUE(slot.put(1));
  EXPECT_FALSE(slot.put(2)) << "whoever takes has been woken already";
  EXPECT_EQ(slot.take(), 2);
  EXPECT_EQ(slot.take(), std::nullopt);
  EXPECT_EQ(slot.replaced(), 1u);
}

TEST(NewestSlot, what_is_replaced_is_freed_at_once) {
  NewestSlot<std::shared_ptr<int>> slot;
  const auto first = std::make_shared<int>(1);
  slot.put(first);
  slot.put(std::make_shared<int>(2));
  EXPECT_EQ(first.use_count(), 1);
}

}  // namespace
}  // namespace pf::client
