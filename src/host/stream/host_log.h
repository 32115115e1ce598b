// Host events as lines of the log.
#pragma once

#include "host/stream/host_event.h"

namespace pf::host {

/// Writes them by spdlog's default logger. Any thread.
OnHostEvent log_host_events();

}  // namespace pf::host
