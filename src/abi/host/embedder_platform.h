// The platform of a host whose pictures, sound and devices are another program's: each seam asks or tells the embedder.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "abi/host/stage.h"
#include "host/seams/platform.h"

namespace pf::abi {

class EmbedderPlatform final : public host::Platform {
 public:
  /// `repairs`: the embedder wants to hear which units are lost, where it would be asked for a keyframe.
  EmbedderPlatform(std::vector<VideoCodec> codecs, bool repairs, std::shared_ptr<HostEvents> events)
      : codecs_(std::move(codecs)), repairs_(repairs), events_(std::move(events)) {}

  /// Any thread. nullptr: there is no such session.
  [[nodiscard]] std::shared_ptr<Stage> find(std::uint64_t session) const;
  /// Nobody waits for the embedder from now on.
  void end();

  std::vector<host::Probe> probe() override { return {}; }
  std::vector<VideoCodec> codecs() override { return codecs_; }
  Result<std::unique_ptr<host::VirtualDisplay>> create_display(const Mode& mode, const std::string& label) override;
  Result<int> remove_orphans() override { return 0; }
  Result<std::unique_ptr<host::InputInjector>> open_injector(const host::VirtualDisplay& display) override;
  Result<std::unique_ptr<host::GamepadHub>> open_gamepads(const host::VirtualDisplay& display,
                                                          host::GamepadHub::OnFeedback on_feedback) override;
  host::InputAbilities input_abilities() override { return {.touch_and_pen = true, .gamepads = true}; }
  [[nodiscard]] bool brings_units() const override { return true; }
  Result<std::unique_ptr<host::UnitSource>> open_unit_source(const host::VirtualDisplay& display,
                                                             const host::EncoderConfig& config,
                                                             host::UnitSource::Sink sink) override;
  Result<std::unique_ptr<host::PacketSource>> open_packet_source(const host::VirtualDisplay& display,
                                                                 const AudioFormat& format,
                                                                 host::PacketSource::Sink sink) override;

  // There is nothing to capture: units are brought.
  Result<std::unique_ptr<host::Capturer>> open_capturer(const host::VirtualDisplay& display) override;
  Result<std::unique_ptr<host::Encoder>> open_encoder(const host::EncoderConfig& config) override;
  Result<std::unique_ptr<host::AudioCapturer>> open_audio(const AudioFormat& format,
                                                          host::AudioCapturer::Sink sink) override;

 private:
  const std::vector<VideoCodec> codecs_;
  const bool repairs_;
  const std::shared_ptr<HostEvents> events_;  // with the stages
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::weak_ptr<Stage>> stages_;  // owned by their displays
  std::uint64_t next_session_ = 1;
  bool ended_ = false;
};

}  // namespace pf::abi
