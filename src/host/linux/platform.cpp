#include "host/linux/platform.h"

#include <unistd.h>

#include <algorithm>
#include <ranges>
#include <string>
#include <utility>

#include "host/linux/audio/pipewire_capturer.h"
#include "host/linux/capture/wlr_capturer.h"
#include "host/linux/display/sway_device_mapping.h"
#include "host/linux/display/sway_display.h"
#include "host/linux/encode/x264_encoder.h"
#include "host/linux/uinput/contact_injector.h"
#include "host/linux/uinput/uinput_device.h"
#include "host/linux/uinput/uinput_gamepads.h"

namespace pf::host {
namespace {

struct DisplayEntry {
  std::unique_ptr<VirtualDisplayBackend> (*make)();
};
struct CaptureEntry {
  Probe (*probe)();
  Result<std::unique_ptr<Capturer>> (*open)(const std::string& output);
};
struct EncoderEntry {
  VideoCodec codec;
  Probe (*probe)();
  Result<std::unique_ptr<Encoder>> (*open)(const EncoderConfig& config, const Clock& clock);
};
struct InputEntry {
  Probe (*probe)();
  Result<std::unique_ptr<InputInjector>> (*open)(const std::string& output, const KeyboardNames& keyboard);
};
struct GamepadEntry {
  Probe (*probe)();
  Result<std::unique_ptr<GamepadHub>> (*open)(GamepadHub::OnFeedback on_feedback, const Clock& clock);
};
struct AudioEntry {
  Probe (*probe)();
  Result<std::unique_ptr<AudioCapturer>> (*open)(const AudioFormat& format, AudioCapturer::Sink sink);
};

// Every backend there is, in order of preference within its seam. A new one is a line here.
constexpr DisplayEntry displays[] = {{make_sway_display_backend}};
constexpr CaptureEntry capturers[] = {{probe_wlr_capturer, make_wlr_capturer}};
constexpr EncoderEntry encoders[] = {{VideoCodec::h264, probe_x264, open_x264}};
constexpr InputEntry injectors[] = {{probe_wlr_injector, make_wlr_injector}};
constexpr GamepadEntry gamepads[] = {{probe_uinput, open_uinput_gamepads}};
constexpr AudioEntry audio_capturers[] = {{probe_pipewire, open_pipewire_audio}};

Error unusable(const Probe& probe) {
  return {ErrorCode::unsupported, probe.reason + (probe.remedy.empty() ? "" : " (to mend it: " + probe.remedy + ")")};
}

constexpr auto probe_entry = [](const auto& entry) { return entry.probe(); };
constexpr auto probe_backend = [](const auto& backend) { return backend->probe(); };

/// The first of `backends` that can run here; else why the last one can't.
template <class Backends, class ProbeOf>
auto first_usable(Backends&& backends, ProbeOf probe_of) -> Result<decltype(&*std::ranges::begin(backends))> {
  Error why{ErrorCode::unsupported, "this host has no backend for what is asked"};
  for (auto& backend : backends) {
    const Probe probe = probe_of(backend);
    if (probe.usable) return &backend;
    why = unusable(probe);
  }
  return std::unexpected(std::move(why));
}

class LinuxPlatform final : public Platform {
 public:
  LinuxPlatform(KeyboardNames keyboard, const Clock& clock) : keyboard_(std::move(keyboard)), clock_(clock) {
    for (const DisplayEntry& entry : displays) displays_.push_back(entry.make());
  }

  std::vector<Probe> probe() override {
    std::vector<Probe> probes;
    const auto add = [&](const char* seam, const auto& backends, auto probe_of) {
      for (const auto& backend : backends) {
        probes.push_back(probe_of(backend));
        probes.back().seam = seam;
      }
    };
    add("display", displays_, probe_backend);
    add("capture", capturers, probe_entry);
    add("encode", encoders, probe_entry);
    add("input", injectors, probe_entry);
    add("gamepads, touch, pen", gamepads, probe_entry);
    add("audio", audio_capturers, probe_entry);
    return probes;
  }

  std::vector<VideoCodec> codecs() override {
    std::vector<VideoCodec> codecs;
    for (const EncoderEntry& entry : encoders)
      if (std::ranges::find(codecs, entry.codec) == codecs.end() && entry.probe().usable) codecs.push_back(entry.codec);
    return codecs;
  }

  Result<std::unique_ptr<VirtualDisplay>> create_display(const Mode& mode, const std::string& label) override {
    const auto backend = first_usable(displays_, probe_backend);
    if (!backend) return std::unexpected(backend.error());
    return (**backend)->create(mode, label);
  }

  Result<int> remove_orphans() override {
    const auto backend = first_usable(displays_, probe_backend);
    if (!backend) return std::unexpected(backend.error());
    return (**backend)->remove_orphans();
  }

  Result<std::unique_ptr<Capturer>> open_capturer(const VirtualDisplay& display) override {
    const auto entry = first_usable(capturers, probe_entry);
    if (!entry) return std::unexpected(entry.error());
    return (*entry)->open(display.name());
  }

  Result<std::unique_ptr<Encoder>> open_encoder(const EncoderConfig& config) override {
    const auto of_codec = [&](const EncoderEntry& entry) { return entry.codec == config.codec; };
    const auto entry = first_usable(encoders | std::views::filter(of_codec), probe_entry);
    if (!entry) return std::unexpected(entry.error());
    return (*entry)->open(config, clock_);
  }

  Result<std::unique_ptr<InputInjector>> open_injector(const VirtualDisplay& display) override {
    const auto entry = first_usable(injectors, probe_entry);
    if (!entry) return std::unexpected(entry.error());
    auto injector = (*entry)->open(display.name(), keyboard_);
    if (!injector) return injector;
    return with_contacts(std::move(*injector), make_sway_device_mapping(display.name()),
                         display.name() + " " + std::to_string(getpid()));
  }

  Result<std::unique_ptr<GamepadHub>> open_gamepads(const VirtualDisplay& /*display*/,
                                                    GamepadHub::OnFeedback on_feedback) override {
    const auto entry = first_usable(gamepads, probe_entry);
    if (!entry) return std::unexpected(entry.error());
    return (*entry)->open(std::move(on_feedback), clock_);
  }

  // Injectors take touch and pen to devices by uinput, as gamepads are.
  InputAbilities input_abilities() override {
    const bool usable = first_usable(gamepads, probe_entry).has_value();
    return {.touch_and_pen = usable, .gamepads = usable};
  }

  Result<std::unique_ptr<AudioCapturer>> open_audio(const AudioFormat& format, AudioCapturer::Sink sink) override {
    const auto entry = first_usable(audio_capturers, probe_entry);
    if (!entry) return std::unexpected(entry.error());
    return (*entry)->open(format, std::move(sink));
  }

 private:
  const KeyboardNames keyboard_;
  const Clock& clock_;
  std::vector<std::unique_ptr<VirtualDisplayBackend>> displays_;
};

}  // namespace

std::unique_ptr<Platform> make_linux_platform(KeyboardNames keyboard, const Clock& clock) {
  return std::make_unique<LinuxPlatform>(std::move(keyboard), clock);
}

}  // namespace pf::host
