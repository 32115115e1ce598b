// The input thread: between the control thread, which must not wait, and the injector, which may.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "core/base/worker_thread.h"
#include "core/wire/input_events.h"
#include "host/seams/input_injector.h"
#include "host/stream/gamepad_receiver.h"
#include "host/stream/session_counters.h"

namespace pf::host {

/// Its thread starts with it; the destructor lets go of what is held down and returns when the thread has ended.
/// Calls from any thread; none waits for the injector.
class InputLoop {
 public:
  /// On the input thread, once for each thing that can't be done.
  using OnTrouble = std::function<void(const Error&)>;
  InputLoop(std::unique_ptr<InputInjector> injector, OpenGamepads open_gamepads, SessionCounters& counters,
            OnTrouble on_trouble);
  ~InputLoop();
  InputLoop(const InputLoop&) = delete;
  InputLoop& operator=(const InputLoop&) = delete;

  /// In order. When `capacity` events wait, the display takes none: all of them are dropped and everything that is
  /// held down is let go of, for a lost release would leave a key down for good.
  void push(const wire::ReliableInput& event);
  /// Of each kind, and of each gamepad, the newest one waits and no other.
  void push(const wire::UnreliableInput& motion);

  static constexpr std::size_t capacity = 1024;

 private:
  struct Batch {
    std::vector<wire::ReliableInput> events;
    std::vector<wire::UnreliableInput> motion;
    [[nodiscard]] bool empty() const { return events.empty() && motion.empty(); }
    void clear() {
      events.clear();
      motion.clear();
    }
  };
  void run(const std::stop_token& stop);
  /// False: the loop is to end. Else `taken` is what waited, and its memory is kept for what comes.
  bool wait(const std::stop_token& stop, Batch& taken);

  const std::unique_ptr<InputInjector> injector_;
  const OpenGamepads open_gamepads_;
  SessionCounters& counters_;
  const OnTrouble on_trouble_;

  std::mutex mutex_;
  std::condition_variable changed_;  // notified without the lock
  Batch waiting_;

  WorkerThread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host
