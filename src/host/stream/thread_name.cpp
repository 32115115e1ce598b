#include "host/stream/thread_name.h"

// POSIX threads lie under std::thread with every compiler that builds the host.
#include <pthread.h>

namespace pf::host {

void name_this_thread(const char* name) {
  // A thread without a name works as well.
  (void)pthread_setname_np(pthread_self(), name);
}

}  // namespace pf::host
