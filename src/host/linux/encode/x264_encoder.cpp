#include "host/linux/encode/x264_encoder.h"

extern "C" {
#include <libavutil/opt.h>
}

#include <string>
#include <thread>
#include <utility>

#include "host/linux/encode/annexb.h"
#include "host/linux/encode/av.h"
#include "host/linux/encode/frame_converter.h"
#include "host/linux/encode/x264_policy.h"

namespace pf::host {
namespace {

constexpr const char* library = "libx264";

void apply(AVCodecContext& context, const x264::RateControl& rate) {
  context.bit_rate = rate.bits_per_second;
  context.rc_max_rate = rate.bits_per_second;
  context.rc_buffer_size = rate.buffer_bits;
}

class X264Encoder final : public Encoder {
 public:
  X264Encoder(av::CodecContext context, av::Packet packet, std::unique_ptr<FrameConverter> converter, Mode mode,
              const Clock& clock)
      : context_(std::move(context)),
        packet_(std::move(packet)),
        converter_(std::move(converter)),
        mode_(mode),
        clock_(clock) {}

  Result<EncodedUnit> encode(const CapturedFrame& frame, bool force_keyframe) override {
    const TimePoint began = clock_.now();
    if (auto converted = converter_->convert(frame); !converted) return std::unexpected(converted.error());
    const TimePoint converted = clock_.now();

    AVFrame* picture = converter_->picture();
    picture->pts = next_pts_++;
    picture->pict_type = force_keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    av_packet_unref(packet_.get());
    if (const int code = avcodec_send_frame(context_.get(), picture); code < 0)
      return std::unexpected(av::error("x264 refused a picture", code));
    if (const int code = avcodec_receive_packet(context_.get(), packet_.get()); code < 0)
      return std::unexpected(av::error("x264 gave no access unit for a picture", code));

    const bool keyframe = (packet_->flags & AV_PKT_FLAG_KEY) != 0;
    std::span unit(reinterpret_cast<std::byte*>(packet_->data), static_cast<std::size_t>(packet_->size));
    // x264 writes its name and settings into the first unit: a kilobyte that no decoder reads.
    if (keyframe) unit = annexb::without_sei(unit);
    return EncodedUnit{unit, keyframe, converted - began, clock_.now() - converted};
  }

  Result<void> set_bitrate(Bitrate bitrate) override {
    // libavcodec compares these with what x264 runs on before each picture and reconfigures it.
    apply(*context_, x264::rate_control(mode_, bitrate));
    return {};
  }

  [[nodiscard]] const char* name() const override { return "x264"; }

 private:
  av::CodecContext context_;
  av::Packet packet_;
  std::unique_ptr<FrameConverter> converter_;
  Mode mode_;
  const Clock& clock_;
  std::int64_t next_pts_ = 0;
};

void describe_picture(AVCodecContext& context, const Mode& mode, const AVFrame& picture) {
  context.width = picture.width;
  context.height = picture.height;
  context.pix_fmt = static_cast<AVPixelFormat>(picture.format);
  context.color_range = picture.color_range;
  context.color_primaries = picture.color_primaries;
  context.color_trc = picture.color_trc;
  context.colorspace = picture.colorspace;
  context.chroma_sample_location = picture.chroma_location;
  context.framerate = {static_cast<int>(mode.refresh_mhz), 1000};
  context.time_base = {1000, static_cast<int>(mode.refresh_mhz)};
}

void set_low_latency(AVCodecContext& context, const char* preset, unsigned threads) {
  context.max_b_frames = 0;
  context.refs = 1;
  context.thread_count = static_cast<int>(threads);
  context.flags |= AV_CODEC_FLAG_LOW_DELAY;
  void* x264 = context.priv_data;
  av_opt_set(x264, "preset", preset, 0);
  av_opt_set(x264, "tune", "zerolatency", 0);  // no lookahead, sliced threads: a unit comes out before the next goes in
  av_opt_set(x264, "forced-idr", "1", 0);
  // A keyframe only when asked for; headers in front of each, so that a decoder can begin at any of them.
  av_opt_set(x264, "x264-params", "keyint=infinite:scenecut=0:intra-refresh=0:repeat-headers=1:annexb=1:aud=0", 0);
}

}  // namespace

Probe probe_x264() {
  if (avcodec_find_encoder_by_name(library) != nullptr)
    return {true, "x264", "H.264 on the processor, by libavcodec's libx264", ""};
  return {false, "x264", "libavcodec on this machine was built without libx264",
          "install a libavcodec with libx264, on Debian: apt install libavcodec59"};
}

Result<std::unique_ptr<Encoder>> open_x264(const EncoderConfig& config, const Clock& clock) {
  if (config.codec != VideoCodec::h264) return fail(ErrorCode::unsupported, "x264 encodes H.264 alone");
  if (!config.mode.valid())
    return fail(ErrorCode::invalid_argument, "x264 cannot encode the mode " + config.mode.to_string());
  const AVCodec* codec = avcodec_find_encoder_by_name(library);
  if (codec == nullptr) return fail(ErrorCode::unsupported, probe_x264().reason);
  av::route_log();

  auto converter = FrameConverter::create(config.mode.width, config.mode.height);
  if (!converter) return std::unexpected(converter.error());
  av::CodecContext context{avcodec_alloc_context3(codec)};
  av::Packet packet{av_packet_alloc()};
  if (!context || !packet) return fail(ErrorCode::exhausted, "no memory for an encoder");

  const unsigned threads = x264::threads(config.mode, config.threads, std::thread::hardware_concurrency());
  describe_picture(*context, config.mode, *(*converter)->picture());
  set_low_latency(*context, x264::preset(config.mode, threads), threads);
  apply(*context, x264::rate_control(config.mode, config.bitrate));
  if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0)
    return std::unexpected(av::error("x264 does not start", code));
  return std::make_unique<X264Encoder>(std::move(context), std::move(packet), std::move(*converter), config.mode,
                                       clock);
}

}  // namespace pf::host
