#include "host/stream/host_log.h"

#include <spdlog/spdlog.h>

namespace pf::host {

OnHostEvent log_host_events() {
  return [](const HostEvent& event) {
    const auto level = event.level == HostEvent::Level::warning ? spdlog::level::warn : spdlog::level::info;
    spdlog::log(level, "{}", event.text);
  };
}

}  // namespace pf::host
