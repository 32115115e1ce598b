// Pictures of an output by wlr-screencopy into shared memory, with damage.
#pragma once

#include <memory>
#include <string>

#include "host/seams/capturer.h"

namespace pf::host {

/// Whether the compositor at hand offers what the capturer needs.
Probe probe_wlr_capturer();

/// Of the output `name`. Errors: closed (no compositor, or no such output), unsupported.
Result<std::unique_ptr<Capturer>> make_wlr_capturer(const std::string& name);

}  // namespace pf::host
