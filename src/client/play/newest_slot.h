// The one place between decoding and showing: the newest wins.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace pf::client {

/// Any thread.
template <class T>
class NewestSlot {
 public:
  /// True when nothing was waiting: whoever takes has to be woken. What was waiting is gone.
  bool put(T value) {
    std::optional<T> old(std::move(value));  // freed after the lock
    const std::lock_guard lock(mutex_);
    value_.swap(old);
    if (old) ++replaced_;
    return !old.has_value();
  }
  std::optional<T> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(value_, std::nullopt);
  }
  /// How many were never taken.
  [[nodiscard]] std::uint64_t replaced() const {
    const std::lock_guard lock(mutex_);
    return replaced_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<T> value_;
  std::uint64_t replaced_ = 0;
};

}  // namespace pf::client
