// Linux has a nice value for each thread, which its children inherit (setpriority(2), "C library/kernel differences").
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/thread.h"

namespace pf {
namespace {

constexpr int media_nice = -10;

int nice_of(pid_t thread) {
  return getpriority(PRIO_PROCESS, static_cast<id_t>(thread));
}

// A process that was given more urgency than media threads have keeps it. Looked up once, since the first thread too
// may have a StartAs later.
int nice_for(Urgency urgency) {
  static const int ordinary = nice_of(getpid());
  return urgency == Urgency::media ? std::min(ordinary, media_nice) : ordinary;
}

// Where the system permits it.
void set_nice(int nice) {
  const auto thread = gettid();
  if (nice_of(thread) != nice) (void)setpriority(PRIO_PROCESS, static_cast<id_t>(thread), nice);
}

}  // namespace

void begin_thread(const char* name, Urgency urgency) {
  (void)pthread_setname_np(pthread_self(), name);
  set_nice(nice_for(urgency));
}

StartAs::StartAs(Urgency urgency) : before_(nice_of(gettid())) {
  set_nice(nice_for(urgency));
}

StartAs::~StartAs() {
  set_nice(before_);
}

bool may_be_urgent() {
  const StartAs urgent(Urgency::media);
  return nice_of(gettid()) == nice_for(Urgency::media);
}

}  // namespace pf
