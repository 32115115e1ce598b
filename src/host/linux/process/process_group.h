// Whether anything of a process group is still alive.
#pragma once

#include <sys/types.h>

namespace pf::host {

/// By proc(5): a process that has ended but is not reaped does not count.
bool group_lives(pid_t group);

}  // namespace pf::host
