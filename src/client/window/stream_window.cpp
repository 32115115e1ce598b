#include "client/window/stream_window.h"

#include "client/signals/interruption.h"
#include "client/window/screen.h"
#include "client/window/sdl.h"
#include "client/window/stream_view.h"

namespace pf::client {
namespace {

class SdlStreamWindow final : public StreamWindow {
 public:
  SdlStreamWindow(const WindowOptions& options, std::unique_ptr<sdl::Library> library, std::unique_ptr<Screen> screen)
      : options_(options), library_(std::move(library)), screen_(std::move(screen)) {}

  [[nodiscard]] Mode display_mode() const override { return screen_->display_mode(); }
  Result<void> run(const control::LinkOptions& link) override {
    catch_signals();
    return StreamView(options_, *library_, *screen_, link).run();
  }

 private:
  const WindowOptions options_;
  std::unique_ptr<sdl::Library> library_;
  std::unique_ptr<Screen> screen_;
};

}  // namespace

Result<std::unique_ptr<StreamWindow>> StreamWindow::open(const WindowOptions& options) {
  auto library = sdl::Library::start();
  if (!library) return std::unexpected(library.error());
  auto screen = Screen::open(options.screen);
  if (!screen) return std::unexpected(screen.error());
  return std::make_unique<SdlStreamWindow>(options, std::move(*library), std::move(*screen));
}

}  // namespace pf::client
