// Linux has a nice value and a slice for each thread, which its children inherit (sched(7), sched_setattr(2)).
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/thread.h"

namespace pf {
namespace {

constexpr int media_nice = -10;
// The least that the kernel takes. A thread that wakes up goes before one that runs if its own slice is shorter
// (PREEMPT_SHORT), which takes no right at all; else it may wait until the scheduler's next tick, 4 ms at 250 Hz.
constexpr std::uint64_t media_slice = 100'000;  // ns

// What sched_setattr(2) takes; glibc has it from 2.41 on.
struct Attributes {
  std::uint32_t size = sizeof(Attributes);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;  // of SCHED_OTHER from Linux 6.12 on: the slice, 0 for the usual one
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

bool get(Attributes& attributes) {
  return syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) == 0;
}

bool set(const Attributes& attributes) {
  return syscall(SYS_sched_setattr, 0, &attributes, 0) == 0;
}

// A process that was given more urgency than media threads have keeps it. Looked up once, since the first thread too
// may have a StartAs later.
int nice_for(Urgency urgency) {
  static const int ordinary = getpriority(PRIO_PROCESS, static_cast<id_t>(getpid()));
  return urgency == Urgency::media ? std::min(ordinary, media_nice) : ordinary;
}

ThreadShare share() {
  Attributes now;
  return get(now) ? ThreadShare{.nice = now.nice, .slice = now.runtime} : ThreadShare{};
}

// As far as the system permits it. Real-time and batch threads are somebody's wish, and stay so.
void set_share(const ThreadShare& wanted) {
  Attributes attributes;
  if (!get(attributes) || attributes.policy != SCHED_OTHER) return;
  const int nice = attributes.nice;
  if (nice == wanted.nice && attributes.runtime == wanted.slice) return;
  attributes.runtime = wanted.slice;
  attributes.nice = wanted.nice;
  if (set(attributes)) return;
  attributes.nice = nice;
  (void)set(attributes);
}

ThreadShare share_for(Urgency urgency) {
  return {.nice = nice_for(urgency), .slice = urgency == Urgency::media ? media_slice : 0};
}

}  // namespace

void begin_thread(const char* name, Urgency urgency) {
  (void)pthread_setname_np(pthread_self(), name);
  set_share(share_for(urgency));
}

StartAs::StartAs(Urgency urgency) : before_(share()) {
  set_share(share_for(urgency));
}

StartAs::~StartAs() {
  set_share(before_);
}

bool may_be_urgent() {
  const StartAs urgent(Urgency::media);
  return share().nice == nice_for(Urgency::media);
}

}  // namespace pf
