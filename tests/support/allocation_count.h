// What both meters count.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#ifdef __linux__
#include <unistd.h>
#endif

#include "support/allocation_meter.h"

namespace pf::test {

class AllocationCount {
 public:
  void taken(std::size_t size) {
    ++count_;
    ++mine().count;
    const std::size_t held = bytes_.fetch_add(size) + size;
    std::size_t highest = peak_;
    while (held > highest && !peak_.compare_exchange_weak(highest, held)) {
    }
  }
  void given_back(std::size_t size) { bytes_ -= size; }
  [[nodiscard]] Allocations figures() const { return {count_, bytes_, peak_}; }
  std::uint64_t of_this_thread() { return mine().count; }
  [[nodiscard]] std::uint64_t of_thread(int id) const {
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(threads_seen_, threads_.size()); ++i)
      if (threads_[i].id == id) all += threads_[i].count;
    return all;
  }
  void reset_peak() { peak_ = bytes_.load(); }

 private:
  struct Thread {
    std::atomic<int> id{0};  // as the system counts them; 0 where nobody asks
    std::atomic<std::uint64_t> count{0};
  };
  static int this_thread() {
#ifdef __linux__
    return gettid();
#else
    return 0;
#endif
  }
  // Every thread that there has been has a place; the last one is all that there are too many of.
  Thread& mine() {
    if (mine_ == nullptr) {
      mine_ = &threads_[std::min<std::size_t>(threads_seen_++, threads_.size() - 1)];
      mine_->id = this_thread();
    }
    return *mine_;
  }

  static constinit inline thread_local Thread* mine_ = nullptr;
  std::array<Thread, 4096> threads_;
  std::atomic<std::size_t> threads_seen_{0};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::size_t> peak_{0};
};

}  // namespace pf::test
