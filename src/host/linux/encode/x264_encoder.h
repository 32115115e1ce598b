// H.264 on the processor: libx264 through libavcodec. What every machine can do.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "host/seams/encoder.h"

namespace pf::host {

/// Whether this libavcodec was built with libx264.
Probe probe_x264();

/// `clock` outlives the encoder. Errors: unsupported (codec, no libx264), invalid_argument (mode), internal.
Result<std::unique_ptr<Encoder>> open_x264(const EncoderConfig& config, const Clock& clock);

}  // namespace pf::host
