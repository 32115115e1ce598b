// `punktfunk stream`: a host's desktop in a window.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "control/link/client_link.h"

namespace pf::client {

struct ScreenOptions {
  std::string title = "punktfunk";
  bool fullscreen = false;
  bool vsync = false;
  bool software = false;  // no GPU
};

struct WindowOptions {
  ScreenOptions screen;
  bool grab = false;
  bool overlay = false;
  bool follow_window = false;
  std::optional<std::uint64_t> frames;                // pictures shown, after which it ends
  std::optional<std::chrono::milliseconds> duration;  // of streaming, after which it ends
  std::filesystem::path screenshot;                   // written at the end; empty for none
};

/// One in a process; the main thread.
class StreamWindow {
 public:
  /// Errors: unsupported (no display, nothing to draw with).
  static Result<std::unique_ptr<StreamWindow>> open(const WindowOptions& options);
  virtual ~StreamWindow() = default;

  /// Of the display that the window is on.
  [[nodiscard]] virtual Mode display_mode() const = 0;
  /// Streams until the user, a signal (SIGINT, SIGTERM), the options or the host end it. Says what happens a sentence a
  /// line on standard output. Errors: what kept it from streaming, or ended the stream against the user's will.
  virtual Result<void> run(const control::LinkOptions& link) = 0;
};

}  // namespace pf::client
