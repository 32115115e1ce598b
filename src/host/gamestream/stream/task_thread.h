// A thread that does what takes time, one thing after the other.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace pf::host::gamestream {

/// Any thread. As many tasks may wait as there are sessions: each ends once.
class TaskThread {
 public:
  explicit TaskThread(const char* name);
  /// As finish().
  ~TaskThread();
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;

  void post(std::function<void()> task);
  /// Returns when everything posted is done.
  void finish();

 private:
  void run(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> tasks_;
  bool busy_ = false;
  std::jthread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host::gamestream
