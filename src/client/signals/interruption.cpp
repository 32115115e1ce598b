#include "client/signals/interruption.h"

#include <csignal>
#include <initializer_list>

namespace pf::client {
namespace {

// The one thing that a signal handler may touch.
volatile std::sig_atomic_t signalled = 0;

}  // namespace

void catch_signals() {
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, [](int) { signalled = 1; });
}

bool interrupted() {
  return signalled != 0;
}

}  // namespace pf::client
