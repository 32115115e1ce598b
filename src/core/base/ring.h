// A first-in-first-out queue whose memory is all there from the start.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace pf {

/// Holds up to `capacity` values. A value that is taken out leaves a moved-from one behind.
template <class T>
class Ring {
 public:
  explicit Ring(std::size_t capacity) : slots_(capacity) {}
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool full() const { return size_ == slots_.size(); }

  /// Precondition: not full().
  void push_back(T value) {
    slots_[(first_ + size_) % slots_.size()] = std::move(value);
    ++size_;
  }
  /// Precondition of the rest: not empty(). The front one is 0.
  [[nodiscard]] T& operator[](std::size_t i) { return slots_[(first_ + i) % slots_.size()]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return slots_[(first_ + i) % slots_.size()]; }
  [[nodiscard]] T& front() { return slots_[first_]; }
  [[nodiscard]] const T& front() const { return slots_[first_]; }
  T take_front() {
    T value = std::move(slots_[first_]);
    first_ = (first_ + 1) % slots_.size();
    --size_;
    return value;
  }
  void clear() {
    while (!empty()) (void)take_front();
  }

 private:
  std::vector<T> slots_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace pf
