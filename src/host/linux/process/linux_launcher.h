// Programs as POSIX sessions of their own: each with what it starts is one process group, so that all of it can be
// ended.
#pragma once

#include <memory>

#include "host/seams/process_launcher.h"

namespace pf::host {

std::unique_ptr<ProcessLauncher> make_linux_launcher();

}  // namespace pf::host
