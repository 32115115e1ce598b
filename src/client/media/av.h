// Owning types for libav's objects.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
}

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "core/base/error.h"

namespace pf::client::av {

struct Free {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

using CodecContext = std::unique_ptr<AVCodecContext, Free>;
using Frame = std::unique_ptr<AVFrame, Free>;
using Packet = std::unique_ptr<AVPacket, Free>;

/// `what` failed with libav's `code`.
Error error(ErrorCode kind, const std::string& what, int code);

/// libav says nothing on standard error any more: what fails is told by a Result. libav keeps one log for the process.
void quieten_log();

/// A packet with a copy of `data`, padded as libav's parsers want it. nullptr: no memory.
Packet packet_of(std::span<const std::byte> data);

}  // namespace pf::client::av
