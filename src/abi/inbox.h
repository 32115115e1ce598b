// What waits for a caller who fetches it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "abi/boundary.h"
#include "core/base/clock.h"
#include "core/base/ring.h"

namespace pf::abi {

/// A queue that threads wait at. Any thread. With a Ring it is bounded, and its memory is all there from the start.
template <class T, class Queue = Ring<T>>
class Inbox {
 public:
  Inbox() = default;
  explicit Inbox(std::size_t capacity) : items_(capacity) {}

  /// Puts in, or takes back, by the queue's own rules: `change` runs under the lock, unless the inbox is closed.
  template <class Change>
  void update(Change change) {
    {
      const std::scoped_lock lock(mutex_);
      if (closed_) return;
      change(items_);
    }
    changed_.notify_all();
  }

  /// False: it is full, and stays as it is.
  bool push(T item) {
    {
      const std::scoped_lock lock(mutex_);
      if (closed_) return true;  // nobody wants it any more
      if (items_.full()) return false;
      items_.push_back(std::move(item));
    }
    changed_.notify_all();
    return true;
  }
  /// The oldest make way.
  void push_newest(T item) { push_newest(std::move(item), false); }
  /// The same, and nothing more comes: who has fetched this one finds the inbox closed.
  void push_last(T item) { push_newest(std::move(item), true); }
  std::size_t clear() {
    const std::scoped_lock lock(mutex_);
    const auto cleared = items_.size();
    items_.clear();
    return cleared;
  }
  /// What waits can still be fetched; nothing more comes.
  void close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }
  /// Errors: TIMEOUT; CLOSED, when the last has been fetched. They come without a sentence, for whoever polls has no
  /// place to put one.
  Expected<T> next(milliseconds wait) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, wait, [this] { return closed_ || !items_.empty(); });
    if (!items_.empty()) return items_.take_front();
    if (closed_) return refuse(PUNKTFUNK_ERROR_CLOSED, {});
    return refuse(PUNKTFUNK_ERROR_TIMEOUT, {});
  }

 private:
  void push_newest(T item, bool last) {
    {
      const std::scoped_lock lock(mutex_);
      if (closed_) return;
      if (items_.full()) (void)items_.take_front();
      items_.push_back(std::move(item));
      closed_ = last;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Queue items_;
  bool closed_ = false;
};

}  // namespace pf::abi
