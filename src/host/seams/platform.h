// All backends of one machine behind one value: what the pipeline is given to work with.
#pragma once

#include <memory>
#include <vector>

#include "host/seams/audio_capturer.h"
#include "host/seams/capturer.h"
#include "host/seams/encoder.h"
#include "host/seams/input_injector.h"
#include "host/seams/virtual_display.h"

namespace pf::host {

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
  virtual Result<std::unique_ptr<AudioCapturer>> open_audio(const AudioFormat& format, AudioCapturer::Sink sink) = 0;
};

}  // namespace pf::host
