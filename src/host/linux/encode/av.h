// libavutil's pictures, owned.
#pragma once

extern "C" {
#include <libavutil/frame.h>
}

#include <memory>

#include "core/base/error.h"

namespace pf::host::av {

struct Free {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};

using Frame = std::unique_ptr<AVFrame, Free>;

/// `what` failed with libav's `code`.
Error error(const char* what, int code);

}  // namespace pf::host::av
