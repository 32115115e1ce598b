#include "host/linux/encode/x264_encoder.h"

#include <spdlog/spdlog.h>
#include <x264.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/thread.h"
#include "host/linux/encode/frame_converter.h"
#include "host/linux/encode/frame_numbering.h"
#include "host/linux/encode/x264_policy.h"

namespace pf::host {
namespace {

struct Close {
  void operator()(x264_t* encoder) const { x264_encoder_close(encoder); }
};
using Handle = std::unique_ptr<x264_t, Close>;

void forward(void*, int, const char* format, va_list arguments) {
  std::array<char, 512> line{};
  std::vsnprintf(line.data(), line.size(), format, arguments);
  std::string text = line.data();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  spdlog::error("x264: {}", text);
}

void apply(x264_param_t& param, const x264::RateControl& rate) {
  const auto kilo = [](std::int64_t bits) { return static_cast<int>(bits / 1000); };
  param.rc.i_rc_method = X264_RC_ABR;
  param.rc.i_bitrate = kilo(rate.bits_per_second);
  param.rc.i_vbv_max_bitrate = kilo(rate.bits_per_second);
  param.rc.i_vbv_buffer_size = kilo(rate.buffer_bits);
}

class X264Encoder final : public Encoder {
 public:
  X264Encoder(Handle encoder, std::unique_ptr<FrameConverter> converter, const EncoderConfig& config,
              const Clock& clock)
      : encoder_(std::move(encoder)), converter_(std::move(converter)), config_(config), clock_(clock) {}

  Result<EncodedUnit> encode(const CapturedFrame& frame, Entry entry) override {
    const TimePoint began = clock_.now();
    if (entry != Entry::follow) enter(entry);
    if (auto fits = fit_rate(); !fits) return std::unexpected(fits.error());
    show_more();
    if (auto converted = converter_->convert(frame); !converted) return std::unexpected(converted.error());
    const TimePoint converted = clock_.now();

    x264_picture_t in;
    x264_picture_init(&in);
    const AVFrame& picture = *converter_->picture();
    in.img.i_csp = X264_CSP_I420;
    in.img.i_plane = 3;
    for (int plane = 0; plane < 3; ++plane) {
      in.img.plane[plane] = picture.data[plane];
      in.img.i_stride[plane] = picture.linesize[plane];
    }
    in.i_pts = next_unit_++;
    in.i_type = entry == Entry::follow ? X264_TYPE_AUTO : X264_TYPE_IDR;
    x264_picture_t out;
    x264_nal_t* nals = nullptr;
    int count = 0;
    const int size = x264_encoder_encode(encoder_.get(), &nals, &count, &in, &out);
    if (size < 0) return fail(ErrorCode::internal, "x264 refused a picture");
    if (size == 0) return fail(ErrorCode::internal, "x264 gave no access unit for a picture");

    const bool keyframe = out.b_keyframe != 0;
    usable_ =
        ((keyframe ? 0 : usable_ << 1) | 1) & ((1u << x264::kept_references(config_.mode, config_.max_references)) - 1);
    numbering_.begin(keyframe, unit_);
    for (const x264_nal_t& nal : std::span(nals, static_cast<std::size_t>(count))) {
      const auto bytes = std::as_bytes(std::span(nal.p_payload, static_cast<std::size_t>(nal.i_payload)));
      if (auto added = numbering_.add(bytes, unit_); !added) return std::unexpected(added.error());
    }
    return EncodedUnit{.data = unit_,
                       .keyframe = keyframe,
                       .until_shown = static_cast<std::uint8_t>(refresh_units_ - refreshed_),
                       .convert = converted - began,
                       .encode = clock_.now() - converted};
  }

  bool forget_from(std::uint64_t unit) override {
    // It goes by presentation times, which are the units' numbers here. With no older reference left, x264 makes an IDR
    // picture next by itself.
    x264_encoder_invalidate_reference(encoder_.get(), static_cast<std::int64_t>(unit));
    const auto newer = static_cast<std::uint64_t>(next_unit_) - unit;
    usable_ &= newer < 32 ? ~0u << newer : 0;
    return usable_ != 0;
  }

  Result<void> set_bitrate(Bitrate bitrate) override {
    config_.bitrate = bitrate;
    return set_rate();
  }

  [[nodiscard]] const char* name() const override { return "x264"; }

 private:
  // A refresh is a keyframe in instalments: an IDR picture that is grey, which costs next to nothing, but for some
  // columns, and with each picture after it some more. They refer to each other as any do, so that one that is lost is
  // done without as usual.
  void enter(Entry entry) {
    const bool refresh = entry == Entry::refresh && config_.hides;
    refresh_units_ = refresh ? x264::refresh_units(config_.mode, config_.bitrate) : 1;
    refreshed_ = 0;
    if (refresh_units_ > 1) converter_->hide();
  }

  void show_more() {
    if (!refreshing()) return;
    ++refreshed_;
    const unsigned macroblocks = (config_.mode.width + 15) / 16;
    converter_->show((macroblocks * refreshed_ + refresh_units_ - 1) / refresh_units_ * 16);
  }

  [[nodiscard]] bool refreshing() const { return refreshed_ < refresh_units_; }

  Result<void> fit_rate() {
    const bool spread = refreshing() && refresh_units_ > 1;
    if (std::exchange(spread_, spread) == spread) return {};
    return set_rate();
  }

  Result<void> set_rate() {
    x264_param_t param;
    x264_encoder_parameters(encoder_.get(), &param);
    const auto rate = spread_ ? x264::refresh_rate_control : x264::rate_control;
    apply(param, rate(config_.mode, config_.bitrate));
    if (x264_encoder_reconfig(encoder_.get(), &param) != 0)
      return fail(ErrorCode::internal, "x264 does not change its bitrate");
    return {};
  }

  Handle encoder_;
  std::unique_ptr<FrameConverter> converter_;
  EncoderConfig config_;
  const Clock& clock_;
  std::int64_t next_unit_ = 0;
  std::uint32_t usable_ = 0;    // a bit for each unit that can be referred to, the latest one's lowest
  unsigned refresh_units_ = 1;  // of the latest refresh; a keyframe is one of a single unit
  unsigned refreshed_ = 1;      // of them, those that are there
  bool spread_ = false;         // the rate is a refresh's
  FrameNumbering numbering_;
  std::vector<std::byte> unit_;
};

void describe_picture(x264_param_t& param, const Mode& mode, const AVFrame& picture) {
  param.i_width = picture.width;
  param.i_height = picture.height;
  param.i_csp = X264_CSP_I420;
  param.i_fps_num = mode.refresh_mhz;
  param.i_fps_den = 1000;
  param.i_timebase_num = 1000;
  param.i_timebase_den = mode.refresh_mhz;
  param.b_vfr_input = 0;
  // libavutil's numbers are those of H.264's annex E, but for the chroma location, which begins at 0 there.
  param.vui.b_fullrange = picture.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
  param.vui.i_colorprim = picture.color_primaries;
  param.vui.i_transfer = picture.color_trc;
  param.vui.i_colmatrix = picture.colorspace;
  param.vui.i_chroma_loc = picture.chroma_location - 1;
}

void set_low_latency(x264_param_t& param, const EncoderConfig& config, unsigned threads) {
  param.i_threads = static_cast<int>(threads);
  param.i_bframe = 0;
  // One reference is searched; older ones are only kept, to fall back on when the client has lost newer ones.
  param.i_frame_reference = 1;
  param.i_dpb_size = static_cast<int>(x264::kept_references(config.mode, config.max_references));
  // A keyframe only when asked for; headers in front of each, so that a decoder can begin at any of them.
  param.i_keyint_max = X264_KEYINT_MAX_INFINITE;
  param.i_scenecut_threshold = 0;
  param.b_intra_refresh = 0;
  param.b_repeat_headers = 1;
  param.b_annexb = 1;
  param.b_aud = 0;
}

}  // namespace

Probe probe_x264() {
  const SteadyClock clock;
  const auto opened = open_x264({VideoCodec::h264, {320, 200, 60'000}, 1_mbps, 1}, clock);
  if (opened) return {true, "x264", "H.264 on the processor, by libx264", ""};
  return {false, "x264", opened.error().message,
          "install a libx264 that encodes 8 bits a sample, on Debian: apt install libx264-164"};
}

Result<std::unique_ptr<Encoder>> open_x264(const EncoderConfig& config, const Clock& clock) {
  if (config.codec != VideoCodec::h264) return fail(ErrorCode::unsupported, "x264 encodes H.264 alone");
  if (!config.mode.valid())
    return fail(ErrorCode::invalid_argument, "x264 cannot encode the mode " + config.mode.to_string());
  auto converter = FrameConverter::create(config.mode.width, config.mode.height, config.colour);
  if (!converter) return std::unexpected(converter.error());

  const unsigned threads = x264::threads(config.mode, config.threads, std::thread::hardware_concurrency());
  x264_param_t param;
  // Without lookahead and with sliced threads, a unit comes out before the next goes in.
  if (x264_param_default_preset(&param, x264::preset(config.mode, threads), "zerolatency") != 0)
    return fail(ErrorCode::internal, "libx264 on this machine does not know its own presets");
  // Warnings would come with every change of the bitrate.
  param.pf_log = forward;
  param.i_log_level = X264_LOG_ERROR;
  describe_picture(param, config.mode, *(*converter)->picture());
  set_low_latency(param, config, threads);
  apply(param, x264::rate_control(config.mode, config.bitrate));
  const StartAs its_threads(Urgency::media);
  Handle encoder{x264_encoder_open(&param)};
  if (!encoder) return fail(ErrorCode::internal, "libx264 on this machine starts no encoder");
  return std::make_unique<X264Encoder>(std::move(encoder), std::move(*converter), config, clock);
}

}  // namespace pf::host
