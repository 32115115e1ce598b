// What a thread is called, and which threads go first where there are more of them than cores.
#pragma once

namespace pf {

enum class Urgency {
  ordinary,  // as the process began
  media,     // a frame, a packet or a press of a key waits for it
};

/// To be called first on a thread. `name`: at most 15 characters, for top, perf and debuggers. Media threads go before
/// a game that takes every core: nice -10 on Linux (setpriority(2)), THREAD_PRIORITY_HIGHEST on Windows. Where the
/// system does not permit that (may_be_urgent) they are ordinary, which is no worse on a machine that has time.
void begin_thread(const char* name, Urgency urgency = Urgency::ordinary);

/// What the calling thread starts during the scope is as urgent as this says, where urgency is inherited, as on Linux:
/// a library's threads, other programs.
class StartAs {
 public:
  explicit StartAs(Urgency urgency);
  ~StartAs();
  StartAs(const StartAs&) = delete;
  StartAs& operator=(const StartAs&) = delete;

 private:
  int before_;
};

/// Whether the system permits this process urgent threads. On Linux that takes RLIMIT_NICE of 30 (20 less the nice
/// value) or CAP_SYS_NICE.
[[nodiscard]] bool may_be_urgent();

}  // namespace pf
