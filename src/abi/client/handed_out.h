// What a caller has fetched and not yet released: the `owner` of units and packets.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "core/session/unit_memory.h"

namespace pf::abi {

/// Any thread. Allocates when more is out than ever before, and not again for as much.
class HandedOut {
 public:
  static std::shared_ptr<HandedOut> create();
  /// Keeps the bytes until release() gets what this returns, and itself as long: a caller may release after the
  /// session.
  static void* keep(const std::shared_ptr<HandedOut>& home, session::UnitBytes bytes);
  /// NULL is nothing.
  static void release(void* owner) noexcept;

 private:
  HandedOut() = default;
  struct Slot {
    session::UnitBytes bytes;
    std::shared_ptr<HandedOut> home;  // while it is out
    Slot* next = nullptr;             // while it is free
  };

  std::mutex mutex_;
  std::deque<Slot> slots_;  // which stay where they are
  Slot* free_ = nullptr;
};

}  // namespace pf::abi
