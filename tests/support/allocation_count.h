// What both meters count.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "support/allocation_meter.h"

namespace pf::test {

class AllocationCount {
 public:
  void taken(std::size_t size) {
    ++count_;
    ++of_this_thread_;
    const std::size_t held = bytes_.fetch_add(size) + size;
    std::size_t highest = peak_;
    while (held > highest && !peak_.compare_exchange_weak(highest, held)) {
    }
  }
  void given_back(std::size_t size) { bytes_ -= size; }
  [[nodiscard]] Allocations figures() const { return {count_, bytes_, peak_}; }
  static std::uint64_t of_this_thread() { return of_this_thread_; }
  void reset_peak() { peak_ = bytes_.load(); }

 private:
  static constinit inline thread_local std::uint64_t of_this_thread_ = 0;
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::size_t> peak_{0};
};

}  // namespace pf::test
