#include "abi/host/embedder_platform.h"

#include <utility>

#include "abi/input.h"

namespace pf::abi {
namespace {

using SharedStage = std::shared_ptr<Stage>;

punktfunk_mode to_c(const Mode& mode) {
  return {mode.width, mode.height, mode.refresh_mhz};
}

class EmbedderDisplay final : public host::VirtualDisplay {
 public:
  EmbedderDisplay(SharedStage stage, const Mode& mode)
      : stage_(std::move(stage)), name_("session " + std::to_string(stage_->session())), mode_(mode) {}
  ~EmbedderDisplay() override { stage_->tell_end(); }
  EmbedderDisplay(const EmbedderDisplay&) = delete;
  EmbedderDisplay& operator=(const EmbedderDisplay&) = delete;

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Mode mode() const override { return mode_; }
  Result<void> set_mode(const Mode& mode) override {
    auto question = host_event(PUNKTFUNK_HOST_EVENT_MODE_WANTED, stage_->session());
    question.mode = to_c(mode);
    auto done = stage_->ask(question);
    if (done) mode_ = mode;
    return done;
  }
  [[nodiscard]] const SharedStage& stage() const { return stage_; }

 private:
  const SharedStage stage_;
  const std::string name_;
  Mode mode_;
};

/// Every display that this platform is given is its own.
const SharedStage& stage_of(const host::VirtualDisplay& display) {
  return static_cast<const EmbedderDisplay&>(display).stage();
}

class EmbedderUnits final : public host::UnitSource {
 public:
  EmbedderUnits(SharedStage stage, bool repairs, Sink sink) : stage_(std::move(stage)), repairs_(repairs) {
    stage_->set_video(std::move(sink));
  }
  ~EmbedderUnits() override {
    stage_->set_video(nullptr);
    stage_->tell(host_event(PUNKTFUNK_HOST_EVENT_SESSION_PAUSED, stage_->session()));
  }
  EmbedderUnits(const EmbedderUnits&) = delete;
  EmbedderUnits& operator=(const EmbedderUnits&) = delete;
  void request_keyframe() override {
    stage_->tell(host_event(PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED, stage_->session()));
  }
  void lose(std::uint64_t first, std::uint64_t last) override {
    if (!repairs_) return request_keyframe();
    auto event = host_event(PUNKTFUNK_HOST_EVENT_FRAMES_LOST, stage_->session());
    event.lost_first = first;
    event.lost_last = last;
    stage_->tell(event);
  }
  void set_bitrate(Bitrate bitrate) override {
    auto event = host_event(PUNKTFUNK_HOST_EVENT_BITRATE, stage_->session());
    event.bitrate = bitrate.bits_per_second;
    stage_->tell(event);
  }

 private:
  const SharedStage stage_;
  const bool repairs_;
};

class EmbedderSound final : public host::PacketSource {
 public:
  explicit EmbedderSound(SharedStage stage) : stage_(std::move(stage)) {}
  ~EmbedderSound() override { stage_->set_audio(nullptr, nullptr, 0); }
  EmbedderSound(const EmbedderSound&) = delete;
  EmbedderSound& operator=(const EmbedderSound&) = delete;

 private:
  const SharedStage stage_;
};

class EmbedderInjector final : public host::InputInjector {
 public:
  explicit EmbedderInjector(SharedStage stage) : stage_(std::move(stage)) {}

  Result<void> move(double dx, double dy) override {
    auto input = input_of(PUNKTFUNK_INPUT_POINTER_MOTION);
    input.data.motion = {static_cast<std::int32_t>(dx * 16), static_cast<std::int32_t>(dy * 16)};
    return put(input);
  }
  Result<void> place(double x, double y) override {
    auto input = input_of(PUNKTFUNK_INPUT_POINTER_POSITION);
    input.data.position = {static_cast<std::uint16_t>(x * 65'535 + 0.5), static_cast<std::uint16_t>(y * 65'535 + 0.5)};
    return put(input);
  }
  Result<void> button(std::uint16_t code, bool pressed) override {
    return press(PUNKTFUNK_INPUT_BUTTON, code, pressed);
  }
  Result<void> key(std::uint16_t code, bool pressed) override { return press(PUNKTFUNK_INPUT_KEY, code, pressed); }
  Result<void> wheel(std::int32_t vertical, std::int32_t horizontal) override {
    auto input = input_of(PUNKTFUNK_INPUT_WHEEL);
    input.data.wheel = {vertical, horizontal};
    return put(input);
  }
  Result<void> text(const std::string& utf8) override {
    auto input = input_of(PUNKTFUNK_INPUT_TEXT);
    put_text(utf8, input.data.text);
    return put(input);
  }
  Result<void> touch(wire::TouchPhase phase, const wire::TouchContact& contact) override {
    return put(abi::to_c(phase, contact));
  }
  Result<void> pen(const wire::PenState& pen) override { return put(abi::to_c(pen)); }
  void release_all() override { (void)put(input_of(PUNKTFUNK_INPUT_RELEASE_ALL)); }

 private:
  Result<void> press(std::uint32_t kind, std::uint16_t code, bool pressed) {
    auto input = input_of(kind);
    input.data.key = {code, pressed, 0};
    return put(input);
  }
  Result<void> put(const punktfunk_input& input) {
    stage_->events().put_input(stage_->session(), input);
    return {};
  }
  const SharedStage stage_;
};

class EmbedderGamepads final : public host::GamepadHub {
 public:
  EmbedderGamepads(SharedStage stage, OnFeedback on_feedback) : stage_(std::move(stage)) {
    stage_->set_feedback(std::move(on_feedback));
  }
  ~EmbedderGamepads() override { stage_->set_feedback(nullptr); }
  EmbedderGamepads(const EmbedderGamepads&) = delete;
  EmbedderGamepads& operator=(const EmbedderGamepads&) = delete;

  Result<void> plug(const wire::GamepadArrival& pad) override { return put(abi::to_c(pad)); }
  void unplug(std::uint8_t pad) override {
    auto input = input_of(PUNKTFUNK_INPUT_GAMEPAD_REMOVAL);
    input.data.removed_pad = pad;
    (void)put(input);
  }
  Result<void> update(std::uint8_t pad, std::uint32_t buttons, const wire::GamepadAxes& axes) override {
    return put(abi::to_c(pad, buttons, axes));
  }
  Result<void> move(const wire::GamepadMotion& motion) override { return put(abi::to_c(motion)); }
  Result<void> battery(const wire::GamepadBattery& battery) override { return put(abi::to_c(battery)); }
  Result<void> touch(std::uint8_t pad, wire::TouchPhase phase, const wire::TouchContact& contact) override {
    return put(abi::to_c(pad, phase, contact));
  }

 private:
  Result<void> put(const punktfunk_input& input) {
    stage_->events().put_input(stage_->session(), input);
    return {};
  }
  const SharedStage stage_;
};

std::unexpected<Error> brought() {
  return fail(ErrorCode::unsupported, "video and sound of this host come encoded");
}

}  // namespace

std::shared_ptr<Stage> EmbedderPlatform::find(std::uint64_t session) const {
  const std::scoped_lock lock(mutex_);
  const auto found = stages_.find(session);
  return found != stages_.end() ? found->second.lock() : nullptr;
}

void EmbedderPlatform::end() {
  const std::scoped_lock lock(mutex_);
  ended_ = true;
  for (const auto& [session, stage] : stages_)
    if (const auto live = stage.lock()) live->end();
}

Result<std::unique_ptr<host::VirtualDisplay>> EmbedderPlatform::create_display(const Mode& mode,
                                                                               const std::string& label) {
  const std::scoped_lock lock(mutex_);
  if (ended_) return fail(ErrorCode::closed, "the host is ending");
  std::erase_if(stages_, [](const auto& entry) { return entry.second.expired(); });
  auto stage = std::make_shared<Stage>(next_session_++, label, events_);
  stages_[stage->session()] = stage;
  return std::make_unique<EmbedderDisplay>(std::move(stage), mode);
}

Result<std::unique_ptr<host::UnitSource>> EmbedderPlatform::open_unit_source(const host::VirtualDisplay& display,
                                                                             const host::EncoderConfig& config,
                                                                             host::UnitSource::Sink sink) {
  const auto& stage = stage_of(display);
  auto question = host_event(PUNKTFUNK_HOST_EVENT_SESSION_WANTED, stage->session());
  question.mode = to_c(config.mode);
  question.codec = static_cast<std::uint32_t>(config.codec);
  question.bitrate = config.bitrate.bits_per_second;
  question.hides = config.hides;
  if (auto accepted = stage->ask(question); !accepted) return std::unexpected(accepted.error());
  return std::make_unique<EmbedderUnits>(stage, repairs_, std::move(sink));
}

Result<std::unique_ptr<host::PacketSource>> EmbedderPlatform::open_packet_source(const host::VirtualDisplay& display,
                                                                                 const AudioFormat& format,
                                                                                 host::PacketSource::Sink sink) {
  auto encoder = host::AudioEncoder::create(format);
  if (!encoder) return std::unexpected(encoder.error());
  const auto& stage = stage_of(display);
  stage->set_audio(std::move(sink), std::move(*encoder), format.channels);
  auto event = host_event(PUNKTFUNK_HOST_EVENT_SOUND_WANTED, stage->session());
  event.audio_channels = format.channels;
  stage->tell(event);
  return std::make_unique<EmbedderSound>(stage);
}

Result<std::unique_ptr<host::InputInjector>> EmbedderPlatform::open_injector(const host::VirtualDisplay& display) {
  return std::make_unique<EmbedderInjector>(stage_of(display));
}

Result<std::unique_ptr<host::GamepadHub>> EmbedderPlatform::open_gamepads(const host::VirtualDisplay& display,
                                                                          host::GamepadHub::OnFeedback on_feedback) {
  return std::make_unique<EmbedderGamepads>(stage_of(display), std::move(on_feedback));
}

Result<std::unique_ptr<host::Capturer>> EmbedderPlatform::open_capturer(const host::VirtualDisplay&) {
  return brought();
}
Result<std::unique_ptr<host::Encoder>> EmbedderPlatform::open_encoder(const host::EncoderConfig&) {
  return brought();
}
Result<std::unique_ptr<host::AudioCapturer>> EmbedderPlatform::open_audio(const AudioFormat&,
                                                                          host::AudioCapturer::Sink) {
  return brought();
}

}  // namespace pf::abi
