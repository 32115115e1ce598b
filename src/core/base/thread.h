// What a thread is called, and which threads go first where there are more of them than cores.
#pragma once

#include <cstdint>

namespace pf {

enum class Urgency {
  ordinary,  // as the process began
  media,     // a frame, a packet or a press of a key waits for it
};

/// To be called first on a thread. `name`: at most 15 characters, for top, perf and debuggers. Media threads go before
/// a game that takes every core: on Linux by a slice of 0.1 ms, which lets a thread that wakes up displace one with a
/// longer slice at once (Linux 6.12 and later; sched_setattr(2)), and by nice -10; on Windows by
/// THREAD_PRIORITY_HIGHEST. What the system does not permit (may_be_urgent) or know is left out, which is no worse on
/// a machine that has time.
void begin_thread(const char* name, Urgency urgency = Urgency::ordinary);

/// How Linux's scheduler treats a thread.
struct ThreadShare {
  int nice = 0;
  std::uint64_t slice = 0;  // ns; 0: the usual one
};

/// What the calling thread starts during the scope is as urgent as this says, where urgency is inherited, as on Linux:
/// a library's threads, other programs.
class StartAs {
 public:
  explicit StartAs(Urgency urgency);
  ~StartAs();
  StartAs(const StartAs&) = delete;
  StartAs& operator=(const StartAs&) = delete;

 private:
  ThreadShare before_;
};

/// Whether the system permits this process all of that. On Linux the nice value takes RLIMIT_NICE of 30 (20 less the
/// nice value) or CAP_SYS_NICE.
[[nodiscard]] bool may_be_urgent();

}  // namespace pf
