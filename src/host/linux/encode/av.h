// Owning types for libavcodec's objects, and where its log goes.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
}

#include <memory>

#include "core/base/error.h"

namespace pf::host::av {

struct Free {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

using CodecContext = std::unique_ptr<AVCodecContext, Free>;
using Frame = std::unique_ptr<AVFrame, Free>;
using Packet = std::unique_ptr<AVPacket, Free>;

/// `what` failed with libav's `code`.
Error error(const char* what, int code);

/// libav's errors go to the program's log from now on, the rest nowhere: x264 warns at every change of the bitrate.
/// libav keeps one log for the process; calling this again changes nothing.
void route_log();

}  // namespace pf::host::av
