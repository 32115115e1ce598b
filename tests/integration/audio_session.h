// PipeWire with WirePlumber and sinks without hardware, private to one test.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace pf::test {

/// Points this process's environment at itself, for as long as it lives. A stereo sink "stereo", which is the default
/// one, a second one "other" and a sink "surround" with six channels.
class AudioSession {
 public:
  /// Why it cannot run here; empty when it can.
  static std::string missing();

  AudioSession();
  ~AudioSession();
  AudioSession(const AudioSession&) = delete;
  AudioSession& operator=(const AudioSession&) = delete;

  void start_daemon();  // returns when it has its sinks and its default
  void stop_daemon();
  void set_default_sink(const std::string& name);
  /// Plays 32-bit float PCM at 48 kHz in a loop-free run.
  [[nodiscard]] ChildProcess play(const std::vector<float>& samples, int channels, const std::string& channel_map,
                                  const std::string& sink);
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  /// What the daemons wrote, for a failing test's message.
  [[nodiscard]] std::string log() const;

 private:
  [[nodiscard]] bool ready() const;
  [[nodiscard]] int run(const std::vector<std::string>& command) const;

  TemporaryFolder folder_;
  std::unique_ptr<ChildProcess> bus_, daemon_, manager_;
  int plays_ = 0;
};

}  // namespace pf::test
