// A session's counters and histograms in the forms that others read.
#pragma once

#include <vector>

#include "core/wire/control_messages.h"
#include "host/stream/host_status.h"
#include "host/stream/session_counters.h"

namespace pf::host {

[[nodiscard]] CounterFigures figures_of(const SessionCounters& counters);
/// The stages that the host measures; the rest are the client's.
[[nodiscard]] std::vector<StageStatus> host_stages(const session::StageStats& stages);
/// Without the process's usage.
[[nodiscard]] wire::HostStats host_stats(const SessionCounters& counters, const session::StageStats& stages);
/// Of the packets in a client's report, 0 to 1.
[[nodiscard]] double loss_share(const wire::ClientStats& stats);

}  // namespace pf::host
