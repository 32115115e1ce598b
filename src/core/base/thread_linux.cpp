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

bool set_nice(int nice) {
  const auto thread = gettid();
  return nice_of(thread) == nice || setpriority(PRIO_PROCESS, static_cast<id_t>(thread), nice) == 0;
}

}  // namespace

void begin_thread(const char* name, Urgency urgency) {
  (void)pthread_setname_np(pthread_self(), name);
  (void)set_nice(nice_for(urgency));
}

StartAs::StartAs(Urgency urgency) : before_(nice_of(gettid())) {
  (void)set_nice(nice_for(urgency));
}

StartAs::~StartAs() {
  (void)set_nice(before_);
}

bool may_be_urgent() {
  const int before = nice_of(gettid());
  const bool may = set_nice(nice_for(Urgency::media));
  (void)set_nice(before);
  return may;
}

}  // namespace pf
