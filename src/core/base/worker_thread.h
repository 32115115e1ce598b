// A thread that waits for work, and that its end wakes.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace pf {

/// `run(stop)` waits for `changed` under `mutex`, until there is work or `stop` is requested. A member of what owns the
/// work, and its last one: the thread sees everything else whole. Not to be ended while `mutex` is held, or by itself.
///
/// std::condition_variable_any waits for a stop token by itself, but notifies with a lock of its own held: who it wakes
/// goes to sleep again at once, on that lock and then on the notifier's. Each of these wake-ups is one of another core,
/// which is time that a frame waits. Threads that frames pass through wait for a plain one, and are notified after the
/// lock is released.
///
/// There is no std::stop_callback in it either, as there is in condition_variable_any's wait: one that ends while a stop
/// runs it waits for that by an atomic wait, and libstdc++ 12 can lose that wake-up where there is no futex. On Windows
/// such a thread would never end, so what is built there waits as this does.
class WorkerThread {
 public:
  template <typename Run>
  WorkerThread(std::mutex& mutex, std::condition_variable& changed, Run run)
      : mutex_(mutex), changed_(changed), thread_(std::move(run)) {}
  ~WorkerThread() { stop(); }
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

  /// Returns when the thread has ended. False: it had been stopped before.
  bool stop() {
    if (!thread_.joinable()) return false;
    thread_.request_stop();
    {
      const std::lock_guard lock(mutex_);
    }  // it has not looked yet, or it waits
    changed_.notify_all();
    thread_.join();
    return true;
  }

 private:
  std::mutex& mutex_;
  std::condition_variable& changed_;
  std::jthread thread_;
};

}  // namespace pf
