// A machine that exists only in the test: displays with a moving picture, a toy encoder, a recording injector, a sine.
// Its failures are switches.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/seams/platform.h"

namespace pf::test {

/// What the toy encoder writes in front of its sixteen by nine grey samples.
struct ToyUnit {
  static constexpr std::size_t columns = 16;
  static constexpr std::size_t rows = 9;
  bool keyframe = false;
  std::uint32_t number = 0;   // of this encoder, from 1
  std::uint32_t refers = 0;   // to the unit of this number; 0: a keyframe
  std::uint32_t encoder = 0;  // counts the encoders that were opened, from 1
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint64_t bitrate = 0;
  std::vector<std::uint8_t> grey;  // columns * rows
  /// nullopt: not a toy unit.
  static std::optional<ToyUnit> parse(std::span<const std::byte> data);
};

/// The world that every part of a FakePlatform lives in. Any thread.
class FakeWorld {
 public:
  // Switches.
  std::atomic<bool> moving = true;  // pictures change by themselves, at the display's rate
  std::atomic<bool> refuse_display = false;
  std::atomic<bool> refuse_set_mode = false;
  std::atomic<bool> ignore_set_mode = false;  // says yes and shows no picture in the new mode
  std::atomic<bool> refuse_capturer = false;
  std::atomic<bool> refuse_encoder = false;
  std::atomic<bool> fail_encode = false;
  std::atomic<bool> refuse_audio = false;
  std::atomic<bool> refuse_injector = false;
  std::atomic<bool> fail_injector = false;
  std::atomic<bool> refuse_touch = false;  // touch and pen
  std::atomic<bool> refuse_gamepads = false;
  std::atomic<int> encode_ms = 0;            // how long the toy encoder takes
  std::atomic<std::size_t> unit_bytes = 0;   // its units have at least so many,
  std::atomic<std::uint64_t> big_above = 0;  // at bitrates above this

  /// Every display and capturer ends with `closed`, and none can be made until revive().
  void kill_compositor();
  void revive();
  [[nodiscard]] bool alive() const;

  // Looks.
  [[nodiscard]] std::vector<std::string> displays() const;
  [[nodiscard]] std::vector<Mode> modes() const;
  [[nodiscard]] std::vector<std::string> injected() const;
  [[nodiscard]] int encoders_opened() const;
  [[nodiscard]] host::EncoderConfig encoder_asked() const;  // of the latest
  [[nodiscard]] int displays_made() const;
  [[nodiscard]] int frames_out() const;       // held by somebody now
  [[nodiscard]] int most_frames_out() const;  // of one capturer, ever
  /// Waits until `done` holds; `done` is called with no lock held. False after 20 s.
  bool wait_until(const std::function<bool()>& done) const;

  // For the fakes.
  struct Screen {
    std::string name;
    Mode mode;
    Mode shown;                 // what pictures have
    std::uint64_t changes = 1;  // grows when the screen shows something new without moving
    bool removed = false;
  };
  [[nodiscard]] std::shared_ptr<Screen> add_screen(const Mode& mode);
  void note(const std::string& input);

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::vector<std::shared_ptr<Screen>> screens;
  bool compositor_alive = true;
  int screens_made = 0;
  int encoder_count = 0;
  host::EncoderConfig encoder_config;
  int held = 0;
  int most_held = 0;
  std::vector<std::string> input;
};

class FakePlatform final : public host::Platform {
 public:
  explicit FakePlatform(std::shared_ptr<FakeWorld> world) : world_(std::move(world)) {}

  std::vector<host::Probe> probe() override;
  std::vector<VideoCodec> codecs() override;
  Result<std::unique_ptr<host::VirtualDisplay>> create_display(const Mode& mode, const std::string& label) override;
  Result<int> remove_orphans() override { return 0; }
  Result<std::unique_ptr<host::Capturer>> open_capturer(const host::VirtualDisplay& display) override;
  Result<std::unique_ptr<host::Encoder>> open_encoder(const host::EncoderConfig& config) override;
  Result<std::unique_ptr<host::InputInjector>> open_injector(const host::VirtualDisplay& display) override;
  /// Its gamepads answer a press of button 0x1000 with rumble and light.
  Result<std::unique_ptr<host::GamepadHub>> open_gamepads(const host::VirtualDisplay& display,
                                                          host::GamepadHub::OnFeedback on_feedback) override;
  host::InputAbilities input_abilities() override {
    return {.touch_and_pen = !world_->refuse_touch, .gamepads = !world_->refuse_gamepads};
  }
  Result<std::unique_ptr<host::AudioCapturer>> open_audio(const AudioFormat& format,
                                                          host::AudioCapturer::Sink sink) override;

 private:
  std::shared_ptr<FakeWorld> world_;
};

}  // namespace pf::test
