// A session's counters and histograms in the forms that others read.
#pragma once

#include <vector>

#include "core/session/stream_adaptation.h"
#include "core/wire/control_messages.h"
#include "host/stream/host_status.h"
#include "host/stream/session_counters.h"

namespace pf::host {

[[nodiscard]] CounterFigures figures_of(const SessionCounters& counters);
[[nodiscard]] LinkFigures link_figures(const session::StreamAdaptation::Plan& plan);
/// The stages that the host measures; the rest are the client's.
[[nodiscard]] std::vector<StageStatus> host_stages(const session::StageStats& stages);
/// Without the process's usage.
[[nodiscard]] wire::HostStats host_stats(const SessionCounters& counters, const session::StageStats& stages,
                                         const session::StreamAdaptation::Plan& plan);

}  // namespace pf::host
