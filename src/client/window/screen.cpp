#include "client/window/screen.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pf::client {
namespace {

constexpr Extent before_show{640, 360};
constexpr double share_of_display = 0.9;  // of the display's width and height, for a picture that is larger

sdl::Renderer make_renderer(SDL_Window& window, const ScreenOptions& options) {
  const std::uint32_t vsync = options.vsync ? SDL_RENDERER_PRESENTVSYNC : 0;
  if (!options.software) {
    if (sdl::Renderer any{SDL_CreateRenderer(&window, -1, vsync)}) return any;
  }
  return sdl::Renderer{SDL_CreateRenderer(&window, -1, SDL_RENDERER_SOFTWARE | vsync)};
}

}  // namespace

Result<std::unique_ptr<Screen>> Screen::open(const ScreenOptions& options) {
  sdl::Window window{SDL_CreateWindow(options.title.c_str(), SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                                      before_show.width, before_show.height,
                                      SDL_WINDOW_HIDDEN | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI)};
  if (!window) return sdl::error(ErrorCode::unsupported, "no window can be opened");
  auto renderer = make_renderer(*window, options);
  if (!renderer) return sdl::error(ErrorCode::unsupported, "nothing can be drawn into a window");
  std::unique_ptr<Screen> screen(new Screen(std::move(window), std::move(renderer)));
  screen->fullscreen_ = options.fullscreen;
  auto text = TextPainter::create(*screen->renderer_, screen->scale());
  if (text) {
    screen->text_.emplace(std::move(*text));
  } else {
    screen->text_trouble_ = text.error().message;
  }
  return screen;
}

double Screen::scale() const {
  float dpi = 0;
  const int display = std::max(0, SDL_GetWindowDisplayIndex(window_.get()));
  if (SDL_GetDisplayDPI(display, nullptr, &dpi, nullptr) != 0 || dpi <= 0) return 1;
  return std::clamp(static_cast<double>(dpi) / 96, 1.0, 3.0);
}

Mode Screen::display_mode() const {
  SDL_DisplayMode mode{};
  const int display = std::max(0, SDL_GetWindowDisplayIndex(window_.get()));
  if (SDL_GetDesktopDisplayMode(display, &mode) != 0) return {1920, 1080, 60'000};
  const Mode found{static_cast<std::uint32_t>(mode.w), static_cast<std::uint32_t>(mode.h),
                   mode.refresh_rate > 0 ? static_cast<std::uint32_t>(mode.refresh_rate) * 1000 : 60'000};
  return found.valid() ? found : Mode{1920, 1080, 60'000};
}

void Screen::show(Extent picture) {
  SDL_Rect usable{};
  const int display = std::max(0, SDL_GetWindowDisplayIndex(window_.get()));
  Extent size = picture;
  if (SDL_GetDisplayUsableBounds(display, &usable) == 0 && (picture.width > usable.w || picture.height > usable.h)) {
    const auto fitted = letterbox(
        picture, {static_cast<int>(usable.w * share_of_display), static_cast<int>(usable.h * share_of_display)});
    size = {fitted.width, fitted.height};
  }
  SDL_SetWindowSize(window_.get(), size.width, size.height);
  const int centre = static_cast<int>(SDL_WINDOWPOS_CENTERED_DISPLAY(static_cast<unsigned>(display)));
  SDL_SetWindowPosition(window_.get(), centre, centre);
  if (fullscreen_) SDL_SetWindowFullscreen(window_.get(), SDL_WINDOW_FULLSCREEN_DESKTOP);
  SDL_ShowWindow(window_.get());
}

void Screen::set_title(const std::string& title) {
  SDL_SetWindowTitle(window_.get(), title.c_str());
}

void Screen::toggle_fullscreen() {
  fullscreen_ = !fullscreen_;
  SDL_SetWindowFullscreen(window_.get(), fullscreen_ ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
}

void Screen::grab(bool on) {
  const auto value = on ? SDL_TRUE : SDL_FALSE;
  SDL_SetRelativeMouseMode(value);
  SDL_SetWindowKeyboardGrab(window_.get(), value);
}

void Screen::show_pointer(bool on) {
  SDL_ShowCursor(on ? SDL_ENABLE : SDL_DISABLE);
}

Extent Screen::size() const {
  Extent size;
  SDL_GetRendererOutputSize(renderer_.get(), &size.width, &size.height);
  return size;
}

std::optional<Box> Screen::picture_box() const {
  if (!texture_) return std::nullopt;
  return letterbox(extent_, size());
}

std::pair<double, double> Screen::to_pixels(int x, int y) const {
  Extent points;
  SDL_GetWindowSize(window_.get(), &points.width, &points.height);
  const auto pixels = size();
  return {x * (static_cast<double>(pixels.width) / std::max(1, points.width)),
          y * (static_cast<double>(pixels.height) / std::max(1, points.height))};
}

Result<void> Screen::put(Picture picture) {
  const Extent size{static_cast<int>(picture.width()), static_cast<int>(picture.height())};
  if (!picture_ || size != extent_) texture_.reset();
  extent_ = size;
  picture_ = std::move(picture);
  return upload();
}

Result<void> Screen::upload() {
  const auto box = letterbox(extent_, this->size());
  // Pixel for pixel, interpolated chroma would only blur the edges of coloured text. The choice is the texture's from
  // its making: SDL 2.26 mixes up the planes when it is changed later.
  const bool exact = box.width == extent_.width && box.height == extent_.height;
  if (!texture_ || exact != exact_) {
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, exact ? "nearest" : "linear");
    texture_.reset(SDL_CreateTexture(renderer_.get(), SDL_PIXELFORMAT_IYUV, SDL_TEXTUREACCESS_STREAMING, extent_.width,
                                     extent_.height));
    exact_ = exact;
  }
  if (!texture_ || SDL_UpdateYUVTexture(texture_.get(), nullptr, picture_->y(), picture_->y_stride(), picture_->u(),
                                        picture_->u_stride(), picture_->v(), picture_->v_stride()) != 0) {
    return sdl::error(ErrorCode::internal, "a picture cannot be drawn");
  }
  return {};
}

Result<void> Screen::resized() {
  if (!picture_) return {};
  return upload();
}

void Screen::paint(const Text& text) {
  SDL_SetRenderDrawColor(renderer_.get(), 0, 0, 0, 255);
  SDL_RenderClear(renderer_.get());
  if (const auto box = picture_box()) {
    const SDL_Rect at{box->x, box->y, box->width, box->height};
    SDL_RenderCopy(renderer_.get(), texture_.get(), nullptr, &at);
  }
  if (!text_) return;
  text_->paint(text.overlay, TextPainter::Where::top_left);
  text_->paint(text.banner, TextPainter::Where::centre);
}

void Screen::draw(const Text& text) {
  paint(text);
  SDL_RenderPresent(renderer_.get());
}

Result<RgbImage> Screen::draw_and_read(const Text& text) {
  paint(text);
  const auto pixels = size();
  RgbImage image{static_cast<std::uint32_t>(pixels.width), static_cast<std::uint32_t>(pixels.height), {}};
  image.pixels.resize(std::size_t{3} * image.width * image.height);
  // Before it is presented: afterwards the buffer is anybody's.
  const int read = SDL_RenderReadPixels(renderer_.get(), nullptr, SDL_PIXELFORMAT_RGB24, image.pixels.data(),
                                        static_cast<int>(image.width) * 3);
  SDL_RenderPresent(renderer_.get());
  if (read != 0) return sdl::error(ErrorCode::internal, "the window's picture cannot be read");
  return image;
}

}  // namespace pf::client
