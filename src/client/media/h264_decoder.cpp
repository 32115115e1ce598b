#include "client/media/h264_decoder.h"

#include <string>
#include <utility>

namespace pf::client {
namespace {

bool is_i420(int format) {
  return format == AV_PIX_FMT_YUV420P || format == AV_PIX_FMT_YUVJ420P;
}

// Whole macroblocks are coded, and some encoders go to whole blocks of 64.
std::int64_t coded_pixels(const Mode& mode) {
  const auto whole = [](std::int64_t pixels) { return (pixels + 63) / 64 * 64; };
  return whole(mode.width) * whole(mode.height);
}

}  // namespace

Result<std::unique_ptr<H264Decoder>> H264Decoder::create(unsigned threads, const Mode& mode) {
  const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_H264);
  if (codec == nullptr) return fail(ErrorCode::unsupported, "libavcodec on this machine cannot decode H.264");
  av::quieten_log();
  av::CodecContext context{avcodec_alloc_context3(codec)};
  if (!context) return fail(ErrorCode::exhausted, "no memory for a decoder");
  context->flags |= AV_CODEC_FLAG_LOW_DELAY;
  context->thread_type = FF_THREAD_SLICE;  // frame threads would hold back a picture each
  context->thread_count = static_cast<int>(threads);
  if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0)
    return std::unexpected(av::error(ErrorCode::internal, "the H.264 decoder does not start", code));
  std::unique_ptr<H264Decoder> decoder(new H264Decoder(std::move(context)));
  decoder->allow(mode);
  return decoder;
}

void H264Decoder::allow(const Mode& mode) {
  const auto wanted = coded_pixels(mode);
  for (auto most = most_pixels_.load(); most < wanted && !most_pixels_.compare_exchange_weak(most, wanted);) {
  }
}

Result<std::optional<Picture>> H264Decoder::decode(std::span<const std::byte> unit, std::uint32_t width,
                                                   std::uint32_t height) {
  const av::Packet packet = av::packet_of(unit);
  av::Frame frame{av_frame_alloc()};
  if (!packet || !frame) return fail(ErrorCode::exhausted, "no memory for an access unit");
  if (unit.empty()) return fail(ErrorCode::malformed, "an access unit is empty");  // would mean the end of the stream
  context_->max_pixels = most_pixels_;
  if (const int code = avcodec_send_packet(context_.get(), packet.get()); code < 0)
    return std::unexpected(av::error(ErrorCode::malformed, "an access unit cannot be decoded", code));
  const int code = avcodec_receive_frame(context_.get(), frame.get());
  if (code == AVERROR(EAGAIN)) return std::nullopt;
  if (code < 0) return std::unexpected(av::error(ErrorCode::malformed, "an access unit cannot be decoded", code));
  if (!is_i420(frame->format)) return fail(ErrorCode::unsupported, "the stream is not 8-bit 4:2:0");
  if (width == 0 || height == 0 || width > static_cast<std::uint32_t>(frame->width) ||
      height > static_cast<std::uint32_t>(frame->height))
    return fail(ErrorCode::malformed, "a picture of " + std::to_string(frame->width) + "x" +
                                          std::to_string(frame->height) + " was announced as " + std::to_string(width) +
                                          "x" + std::to_string(height));
  return Picture(std::move(frame), width, height);
}

}  // namespace pf::client
