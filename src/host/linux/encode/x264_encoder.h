// H.264 on the processor, by libx264. What every machine can do.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "host/seams/encoder.h"

namespace pf::host {

/// Whether the machine's libx264 starts an encoder.
Probe probe_x264();

/// `clock` outlives the encoder. Errors: unsupported (codec), invalid_argument (mode), internal.
Result<std::unique_ptr<Encoder>> open_x264(const EncoderConfig& config, const Clock& clock);

}  // namespace pf::host
