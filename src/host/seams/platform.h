// All backends of one machine behind one value: what the pipeline is given to work with.
#pragma once

#include <memory>
#include <vector>

#include "host/seams/audio_capturer.h"
#include "host/seams/capturer.h"
#include "host/seams/encoder.h"
#include "host/seams/gamepad_hub.h"
#include "host/seams/input_injector.h"
#include "host/seams/unit_source.h"
#include "host/seams/virtual_display.h"

namespace pf::host {

/// What can be passed on of a client's input besides keyboard and pointer.
struct InputAbilities {
  bool touch_and_pen = false;
  bool gamepads = false;
};

/// Any thread. Each call takes the first backend of its seam whose probe is usable, and fails with the last one's
/// reason and remedy.
class Platform {
 public:
  virtual ~Platform() = default;
  [[nodiscard]] virtual std::vector<Probe> probe() = 0;  // every backend of every seam, in order of preference
  [[nodiscard]] virtual std::vector<VideoCodec> codecs() = 0;
  virtual Result<std::unique_ptr<VirtualDisplay>> create_display(const Mode& mode, const std::string& label) = 0;
  virtual Result<int> remove_orphans() = 0;
  virtual Result<std::unique_ptr<Capturer>> open_capturer(const VirtualDisplay& display) = 0;
  virtual Result<std::unique_ptr<Encoder>> open_encoder(const EncoderConfig& config) = 0;
  virtual Result<std::unique_ptr<InputInjector>> open_injector(const VirtualDisplay& display) = 0;
  virtual Result<std::unique_ptr<GamepadHub>> open_gamepads(const VirtualDisplay& display,
                                                            GamepadHub::OnFeedback on_feedback);
  /// At present; a client asks before it has a display.
  [[nodiscard]] virtual InputAbilities input_abilities() { return {}; }
  virtual Result<std::unique_ptr<AudioCapturer>> open_audio(const AudioFormat& format, AudioCapturer::Sink sink) = 0;

  /// A platform whose video and sound come encoded opens these instead of capturers and encoders.
  [[nodiscard]] virtual bool brings_units() const { return false; }
  virtual Result<std::unique_ptr<UnitSource>> open_unit_source(const VirtualDisplay& display,
                                                               const EncoderConfig& config, UnitSource::Sink sink);
  virtual Result<std::unique_ptr<PacketSource>> open_packet_source(const VirtualDisplay& display,
                                                                   const AudioFormat& format, PacketSource::Sink sink);
};

// Those who do more keep what they are given.
// NOLINTBEGIN(performance-unnecessary-value-param)
inline Result<std::unique_ptr<UnitSource>> Platform::open_unit_source(const VirtualDisplay&, const EncoderConfig&,
                                                                      UnitSource::Sink) {
  return fail(ErrorCode::unsupported, "this host encodes by itself");
}
inline Result<std::unique_ptr<PacketSource>> Platform::open_packet_source(const VirtualDisplay&, const AudioFormat&,
                                                                          PacketSource::Sink) {
  return fail(ErrorCode::unsupported, "this host encodes by itself");
}

inline Result<std::unique_ptr<GamepadHub>> Platform::open_gamepads(const VirtualDisplay&, GamepadHub::OnFeedback) {
  return fail(ErrorCode::unsupported, "this host has no backend for virtual gamepads");
}
// NOLINTEND(performance-unnecessary-value-param)

}  // namespace pf::host
