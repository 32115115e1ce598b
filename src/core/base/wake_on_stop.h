// A thread that waits for others and for its own end.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace pf {

/// For its lifetime a stop wakes whoever waits for `changed` under `mutex`, and who then looks at the stop token. Not
/// to be made or ended while the mutex is held.
///
/// std::condition_variable_any waits for a stop token by itself, but notifies with a lock of its own held: who it wakes
/// goes to sleep again at once, on that lock and then on the notifier's. Each of these wake-ups is one of another core,
/// which is time that a frame waits. Threads that frames pass through wait for a plain one, and are notified after the
/// lock is released.
class WakeOnStop {
 public:
  WakeOnStop(const std::stop_token& stop, std::mutex& mutex, std::condition_variable& changed)
      : callback_(stop, Wake{mutex, changed}) {}

 private:
  struct Wake {
    std::mutex& mutex;
    std::condition_variable& changed;
    void operator()() const {
      {
        const std::lock_guard lock(mutex);
      }  // it has not looked yet, or it waits
      changed.notify_all();
    }
  };
  std::stop_callback<Wake> callback_;
};

}  // namespace pf
