#include "host/gamestream/stream/task_thread.h"

#include <utility>

#include "core/base/thread.h"

namespace pf::host::gamestream {

TaskThread::TaskThread(const char* name)
    : thread_([this, name](const std::stop_token& stop) {
        begin_thread(name);
        run(stop);
      }) {}

TaskThread::~TaskThread() {
  finish();
  thread_.request_stop();
  thread_.join();
}

void TaskThread::post(std::function<void()> task) {
  const std::scoped_lock lock(mutex_);
  tasks_.push_back(std::move(task));
  changed_.notify_all();
}

void TaskThread::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return tasks_.empty() && !busy_; });
}

void TaskThread::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !tasks_.empty(); })) {
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    busy_ = true;
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace pf::host::gamestream
