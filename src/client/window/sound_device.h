// The machine's loudspeakers, fed by an AudioPlayer.
#pragma once

#include <memory>
#include <vector>

#include "client/play/audio_player.h"
#include "client/window/sdl.h"

namespace pf::client {

class SoundDevice {
 public:
  /// Plays until it is destroyed; `player` outlives it. Errors: unsupported (there is no sound device).
  static Result<std::unique_ptr<SoundDevice>> open(AudioPlayer& player);
  ~SoundDevice();
  SoundDevice(const SoundDevice&) = delete;
  SoundDevice& operator=(const SoundDevice&) = delete;

 private:
  explicit SoundDevice(AudioPlayer& player) : player_(player) {}
  void fill(std::span<float> out);

  AudioPlayer& player_;
  std::vector<float> samples_;  // the device thread's
  SDL_AudioDeviceID device_ = 0;
};

}  // namespace pf::client
