// A recording of a stream as it was received: H.264 and Opus in Matroska, nothing decoded, nothing encoded again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"

namespace pf::client {

/// One thread. Timestamps are capture times, both streams' on one clock; the first keyframe's becomes zero. What comes
/// before that keyframe is left out. A change of size in the stream stays in the stream: its keyframe carries the new
/// parameter sets, by which players follow.
class MkvWriter {
 public:
  /// `audio`: nullopt records no sound. Errors: io (says what the system said), invalid_argument (the audio format).
  static Result<std::unique_ptr<MkvWriter>> create(const std::filesystem::path& file,
                                                   const std::optional<AudioFormat>& audio);
  /// Finishes the file if finish() was not called.
  ~MkvWriter();
  MkvWriter(const MkvWriter&) = delete;
  MkvWriter& operator=(const MkvWriter&) = delete;

  /// `unit`: one access unit in Annex B; `width` and `height` its picture's. Errors: io.
  Result<void> write_video(std::span<const std::byte> unit, bool keyframe, std::uint32_t width, std::uint32_t height,
                           TimePoint captured);
  /// `packet`: one Opus packet. Errors: io, invalid_argument (no audio was announced).
  Result<void> write_audio(std::span<const std::byte> packet, TimePoint captured);

  /// Writes the index. Errors: io; closed (no keyframe ever came, the file is empty).
  Result<void> finish();

 private:
  struct State;
  explicit MkvWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pf::client
