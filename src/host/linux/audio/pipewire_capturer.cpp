#include "host/linux/audio/pipewire_capturer.h"

#include <spa/param/audio/format-utils.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include "host/linux/audio/packet_cutter.h"
#include "host/linux/audio/packet_ring.h"
#include "host/linux/audio/pw.h"

namespace pf::host {
namespace {

// The graph runs in powers of two; this is the nearest to a packet.
constexpr const char* node_latency = "256/48000";
constexpr timespec retry_after{.tv_sec = 1, .tv_nsec = 0};

// AudioFormat's order (RFC 7845, section 5.1.1.2) in PipeWire's words.
std::span<const std::uint32_t> positions(const AudioFormat& format) {
  static constexpr std::array<std::uint32_t, 2> stereo{SPA_AUDIO_CHANNEL_FL, SPA_AUDIO_CHANNEL_FR};
  static constexpr std::array<std::uint32_t, 6> surround{SPA_AUDIO_CHANNEL_FL, SPA_AUDIO_CHANNEL_FC,
                                                         SPA_AUDIO_CHANNEL_FR, SPA_AUDIO_CHANNEL_RL,
                                                         SPA_AUDIO_CHANNEL_RR, SPA_AUDIO_CHANNEL_LFE};
  static constexpr std::array<std::uint32_t, 8> wide{SPA_AUDIO_CHANNEL_FL, SPA_AUDIO_CHANNEL_FC, SPA_AUDIO_CHANNEL_FR,
                                                     SPA_AUDIO_CHANNEL_SL, SPA_AUDIO_CHANNEL_SR, SPA_AUDIO_CHANNEL_RL,
                                                     SPA_AUDIO_CHANNEL_RR, SPA_AUDIO_CHANNEL_LFE};
  switch (format.channels) {
    case 2: return stereo;
    case 6: return surround;
    default: return wide;
  }
}

class PipeWireCapturer final : public AudioCapturer {
 public:
  PipeWireCapturer(const AudioFormat& format, Sink sink)
      : format_(format),
        sink_(std::move(sink)),
        ring_(format),
        cutter_(format, [this](std::span<const float> samples, TimePoint captured) { ring_.push(samples, captured); }) {
  }

  PipeWireCapturer(const PipeWireCapturer&) = delete;
  PipeWireCapturer& operator=(const PipeWireCapturer&) = delete;
  ~PipeWireCapturer() override {
    if (loop_) pw_thread_loop_stop(loop_.get());
    disconnect();
  }

  Result<void> start() {
    loop_.reset(pw_thread_loop_new("pf-audio", nullptr));
    if (!loop_) return fail(ErrorCode::internal, "PipeWire gives no thread");
    // The configuration whose data thread asks for real-time scheduling: without it a busy encoder costs sound.
    auto* const properties = pw_properties_new(PW_KEY_CONFIG_NAME, "client-rt.conf", nullptr);
    context_.reset(pw_context_new(pw_thread_loop_get_loop(loop_.get()), properties, 0));
    if (!context_) return fail(ErrorCode::internal, "PipeWire gives no context");
    retry_ = pw_loop_add_timer(pw_thread_loop_get_loop(loop_.get()), on_retry, this);
    packets_there_ = pw_loop_add_event(pw_thread_loop_get_loop(loop_.get()), on_packets, this);
    if (retry_ == nullptr || packets_there_ == nullptr) return fail(ErrorCode::internal, "PipeWire gives no timer");
    if (!connect()) return fail(ErrorCode::closed, "no PipeWire daemon answers in this session");
    if (pw_thread_loop_start(loop_.get()) < 0) return fail(ErrorCode::internal, "PipeWire's thread does not start");
    return {};
  }

  [[nodiscard]] AudioFormat format() const override { return format_; }

 private:
  // All below but process() runs on the loop's thread, or before it starts, or after it has stopped.

  static const pw_core_events& core_events() {
    static const pw_core_events events = [] {
      pw_core_events e{};
      e.version = PW_VERSION_CORE_EVENTS;
      e.error = on_core_error;
      return e;
    }();
    return events;
  }

  static const pw_stream_events& stream_events() {
    static const pw_stream_events events = [] {
      pw_stream_events e{};
      e.version = PW_VERSION_STREAM_EVENTS;
      e.state_changed = on_state;
      e.process = on_process;
      return e;
    }();
    return events;
  }

  bool connect() {
    core_.reset(pw_context_connect(context_.get(), nullptr, 0));
    if (!core_) return false;
    pw_core_add_listener(core_.get(), core_hook_.fresh(), &core_events(), this);

    stream_.reset(
        pw_stream_new(core_.get(), "punktfunk",
                      pw_properties_new(PW_KEY_MEDIA_TYPE, "Audio", PW_KEY_MEDIA_CATEGORY, "Capture", PW_KEY_MEDIA_ROLE,
                                        "Screen", PW_KEY_STREAM_CAPTURE_SINK, "true", PW_KEY_NODE_LATENCY, node_latency,
                                        PW_KEY_NODE_NAME, "punktfunk", nullptr)));
    if (!stream_) return false;
    pw_stream_add_listener(stream_.get(), stream_hook_.fresh(), &stream_events(), this);
    return connect_stream();
  }

  bool connect_stream() {
    spa_audio_info_raw info{};
    info.format = SPA_AUDIO_FORMAT_F32;
    info.rate = audio_sample_rate;
    info.channels = format_.channels;
    std::ranges::copy(positions(format_), info.position);
    std::array<std::uint8_t, 1024> memory{};
    spa_pod_builder builder{};
    spa_pod_builder_init(&builder, memory.data(), memory.size());
    const spa_pod* parameters[] = {spa_format_audio_raw_build(&builder, SPA_PARAM_EnumFormat, &info)};
    const auto flags = static_cast<pw_stream_flags>(PW_STREAM_FLAG_AUTOCONNECT | PW_STREAM_FLAG_MAP_BUFFERS |
                                                    PW_STREAM_FLAG_RT_PROCESS);
    return pw_stream_connect(stream_.get(), PW_DIRECTION_INPUT, PW_ID_ANY, flags, parameters, 1) >= 0;
  }

  void disconnect() {
    // First of all process() must not run any more: it uses what goes next.
    if (stream_) pw_stream_disconnect(stream_.get());
    stream_hook_.remove();
    stream_.reset();
    core_hook_.remove();
    core_.reset();
  }

  // PipeWire's objects must not be destroyed in their own callbacks: the timer does it.
  void retry_soon() {
    timespec delay = retry_after;
    pw_loop_update_timer(pw_thread_loop_get_loop(loop_.get()), retry_, &delay, nullptr, false);
  }

  // On PipeWire's real-time thread, where alone a buffer's time is known.
  void process() {
    while (pw_buffer* buffer = pw_stream_dequeue_buffer(stream_.get())) {
      pw_time time{};
      pw_stream_get_time_n(stream_.get(), &time, sizeof time);
      cut(*buffer->buffer, TimePoint{Duration{time.now}});
      pw_stream_queue_buffer(stream_.get(), buffer);
    }
    pw_loop_signal_event(pw_thread_loop_get_loop(loop_.get()), packets_there_);
  }

  void cut(const spa_buffer& buffer, TimePoint captured) {
    if (buffer.n_datas == 0 || buffer.datas[0].data == nullptr || buffer.datas[0].chunk == nullptr) return;
    const spa_data& data = buffer.datas[0];
    const std::uint32_t offset = std::min(data.chunk->offset, data.maxsize);
    const std::uint32_t size = std::min(data.chunk->size, data.maxsize - offset);
    const std::size_t frames = size / (sizeof(float) * format_.channels);
    const auto* samples = reinterpret_cast<const float*>(static_cast<const std::byte*>(data.data) + offset);
    cutter_.feed({samples, frames * format_.channels}, captured);
  }

  static void on_process(void* self) { static_cast<PipeWireCapturer*>(self)->process(); }

  static void on_packets(void* self, std::uint64_t) {
    auto& capturer = *static_cast<PipeWireCapturer*>(self);
    capturer.ring_.drain(capturer.sink_);
  }

  static void on_core_error(void* self, std::uint32_t id, int, int code, const char* message) {
    if (id != PW_ID_CORE || code != -EPIPE) return;
    spdlog::warn("audio: PipeWire went away ({}); waiting for it to come back", message);
    static_cast<PipeWireCapturer*>(self)->retry_soon();
  }

  static void on_state(void* self, pw_stream_state, pw_stream_state state, const char* error) {
    if (state != PW_STREAM_STATE_ERROR) return;
    spdlog::warn("audio: the capture stream failed ({}); trying again", error == nullptr ? "no reason given" : error);
    static_cast<PipeWireCapturer*>(self)->retry_soon();
  }

  static void on_retry(void* self, std::uint64_t) {
    auto& capturer = *static_cast<PipeWireCapturer*>(self);
    capturer.disconnect();
    if (capturer.connect()) {
      spdlog::info("audio: capturing again");
    } else {
      capturer.disconnect();
      capturer.retry_soon();
    }
  }

  AudioFormat format_;
  Sink sink_;
  PacketRing ring_;
  PacketCutter cutter_;
  pw::Library library_;
  pw::Handle<pw_thread_loop> loop_;
  pw::Handle<pw_context> context_;
  spa_source* retry_ = nullptr;  // the loop's, as is the next
  spa_source* packets_there_ = nullptr;
  pw::Handle<pw_core> core_;
  pw::Hook core_hook_;
  pw::Handle<pw_stream> stream_;
  pw::Hook stream_hook_;
};

}  // namespace

Result<std::unique_ptr<AudioCapturer>> open_pipewire_audio(const AudioFormat& format, AudioCapturer::Sink sink) {
  if (!format.valid())
    return fail(ErrorCode::invalid_argument,
                std::to_string(format.channels) + " audio channels; 2, 6 and 8 can be captured");
  auto capturer = std::make_unique<PipeWireCapturer>(format, std::move(sink));
  if (auto started = capturer->start(); !started) return std::unexpected(started.error());
  return capturer;
}

}  // namespace pf::host
