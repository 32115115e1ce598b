// The window and what is in it: the newest picture, undistorted, with text on top.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/media/image.h"
#include "client/media/picture.h"
#include "client/play/letterbox.h"
#include "client/window/stream_window.h"
#include "client/window/text_painter.h"
#include "core/base/units.h"

namespace pf::client {

/// The main thread.
class Screen {
 public:
  /// Hidden until show(). Errors: unsupported (no window or no renderer can be made).
  static Result<std::unique_ptr<Screen>> open(const ScreenOptions& options);

  /// Of the display that the window is on.
  [[nodiscard]] Mode display_mode() const;
  /// Why there is no text, or empty.
  [[nodiscard]] const std::string& text_trouble() const { return text_trouble_; }
  /// Sized for a picture, or smaller where the display is.
  void show(Extent picture);
  void set_title(const std::string& title);
  void toggle_fullscreen();
  /// Keyboard and pointer are the host's alone; the pointer moves without bounds.
  void grab(bool on);
  void show_pointer(bool on);

  [[nodiscard]] Extent size() const;  // pixels
  /// Where the picture is, in pixels; nullopt before the first.
  [[nodiscard]] std::optional<Box> picture_box() const;
  /// From the coordinates of SDL's events, which may be coarser than pixels.
  [[nodiscard]] std::pair<double, double> to_pixels(int x, int y) const;

  /// The picture that draw() shows from now on. Errors: internal.
  Result<void> put(Picture picture);
  /// After the window's size has changed. Errors: internal.
  Result<void> resized();
  struct Text {
    std::vector<std::string> overlay;  // top left
    std::vector<std::string> banner;   // in the middle
  };
  void draw(const Text& text);
  /// As draw(), and returns what the window then shows. Errors: internal.
  Result<RgbImage> draw_and_read(const Text& text);

 private:
  Screen(sdl::Window window, sdl::Renderer renderer) : window_(std::move(window)), renderer_(std::move(renderer)) {}
  Result<void> upload();
  void paint(const Text& text);
  [[nodiscard]] double scale() const;

  bool fullscreen_ = false;
  std::string text_trouble_;
  sdl::Window window_;
  sdl::Renderer renderer_;
  std::optional<TextPainter> text_;
  sdl::Texture texture_;
  bool exact_ = false;  // the texture is for pixel-for-pixel drawing
  std::optional<Picture> picture_;
  Extent extent_;  // of the picture
};

}  // namespace pf::client
