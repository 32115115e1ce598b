// punktfunk-testcard: a Wayland window with a known picture in it, part of which moves at the display's rate. The
// demonstration and the tests look at it through the stream. SIGUSR1 stops and resumes the motion, SIGTERM ends it.
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <wayland-client.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "card.h"
#include "xdg-shell-client-protocol.h"

namespace {

using Clock = std::chrono::steady_clock;

/// One picture shared with the compositor.
struct Buffer {
  wl_buffer* handle = nullptr;
  std::uint32_t* pixels = nullptr;
  std::size_t bytes = 0;
  bool busy = false;

  void destroy() {
    if (handle != nullptr) wl_buffer_destroy(handle);
    if (pixels != nullptr) munmap(pixels, bytes);
    *this = {};
  }
};

struct Window {
  wl_display* display = nullptr;
  wl_compositor* compositor = nullptr;
  wl_shm* shm = nullptr;
  xdg_wm_base* shell = nullptr;
  wl_surface* surface = nullptr;
  xdg_surface* shell_surface = nullptr;
  xdg_toplevel* toplevel = nullptr;
  wl_callback* frame = nullptr;
  std::array<Buffer, 3> buffers;
  int width = 640;
  int height = 360;
  int asked_width = 0;
  int asked_height = 0;
  bool configured = false;
  bool paused = false;
  bool closed = false;
  Clock::time_point began = Clock::now();
  std::chrono::milliseconds shown{0};
};

Window& self(void* data) {
  return *static_cast<Window*>(data);
}

bool make_buffer(Window& window, Buffer& buffer) {
  const auto stride = window.width * 4;
  buffer.bytes = static_cast<std::size_t>(stride) * static_cast<std::size_t>(window.height);
  const int fd = memfd_create("testcard", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, static_cast<off_t>(buffer.bytes)) != 0) return false;
  void* memory = mmap(nullptr, buffer.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) return false;
  buffer.pixels = static_cast<std::uint32_t*>(memory);
  wl_shm_pool* pool = wl_shm_create_pool(window.shm, fd, static_cast<std::int32_t>(buffer.bytes));
  buffer.handle = wl_shm_pool_create_buffer(pool, 0, window.width, window.height, stride, WL_SHM_FORMAT_XRGB8888);
  wl_shm_pool_destroy(pool);
  close(fd);
  static constexpr wl_buffer_listener listener{
      .release = [](void* data, wl_buffer*) { static_cast<Buffer*>(data)->busy = false; }};
  wl_buffer_add_listener(buffer.handle, &listener, &buffer);
  pf::testcard::draw_still({{buffer.pixels, buffer.bytes / 4}, window.width, window.height});
  return true;
}

void draw(Window& window);

void ask_for_frame(Window& window) {
  static constexpr wl_callback_listener listener{.done = [](void* data, wl_callback* callback, std::uint32_t) {
    wl_callback_destroy(callback);
    self(data).frame = nullptr;
    if (!self(data).paused) draw(self(data));
  }};
  window.frame = wl_surface_frame(window.surface);
  wl_callback_add_listener(window.frame, &listener, &window);
}

void draw(Window& window) {
  for (auto& buffer : window.buffers) {
    if (buffer.busy) continue;
    const bool fresh = buffer.handle == nullptr;
    if (fresh && !make_buffer(window, buffer)) {
      window.closed = true;
      return;
    }
    if (!window.paused)
      window.shown = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - window.began);
    const auto area =
        pf::testcard::draw_moving({{buffer.pixels, buffer.bytes / 4}, window.width, window.height}, window.shown);
    if (fresh) {
      wl_surface_damage_buffer(window.surface, 0, 0, window.width, window.height);
    } else {
      wl_surface_damage_buffer(window.surface, area.x, area.y, area.width, area.height);
    }
    wl_surface_attach(window.surface, buffer.handle, 0, 0);
    buffer.busy = true;
    break;
  }
  // With all three buffers at the compositor this commit only asks for the next chance.
  if (window.frame == nullptr) ask_for_frame(window);
  wl_surface_commit(window.surface);
}

void resize(Window& window, int width, int height) {
  if (width <= 0 || height <= 0 || (width == window.width && height == window.height)) return;
  for (auto& buffer : window.buffers) buffer.destroy();
  window.width = width;
  window.height = height;
}

void bind_global(void* data, wl_registry* registry, std::uint32_t name, const char* interface, std::uint32_t version) {
  auto& window = self(data);
  const auto bind = [&](const wl_interface& type, std::uint32_t wanted) {
    return wl_registry_bind(registry, name, &type, std::min(version, wanted));
  };
  const std::string_view what = interface;
  if (what == wl_compositor_interface.name)
    window.compositor = static_cast<wl_compositor*>(bind(wl_compositor_interface, 4));
  if (what == wl_shm_interface.name) window.shm = static_cast<wl_shm*>(bind(wl_shm_interface, 1));
  if (what == xdg_wm_base_interface.name) window.shell = static_cast<xdg_wm_base*>(bind(xdg_wm_base_interface, 1));
}

constexpr wl_registry_listener registry_listener{.global = bind_global,
                                                 .global_remove = [](void*, wl_registry*, std::uint32_t) {}};
constexpr xdg_wm_base_listener shell_listener{
    .ping = [](void*, xdg_wm_base* shell, std::uint32_t serial) { xdg_wm_base_pong(shell, serial); }};
constexpr xdg_surface_listener surface_listener{
    .configure = [](void* data, xdg_surface* surface, std::uint32_t serial) {
      auto& window = self(data);
      xdg_surface_ack_configure(surface, serial);
      resize(window, window.asked_width, window.asked_height);
      window.configured = true;
      draw(window);
    }};
constexpr xdg_toplevel_listener toplevel_listener{
    .configure =
        [](void* data, xdg_toplevel*, std::int32_t width, std::int32_t height, wl_array*) {
          self(data).asked_width = width;
          self(data).asked_height = height;
        },
    .close = [](void* data, xdg_toplevel*) { self(data).closed = true; },
    .configure_bounds = nullptr,
    .wm_capabilities = nullptr,
};

bool open_window(Window& window) {
  window.display = wl_display_connect(nullptr);
  if (window.display == nullptr) {
    std::fprintf(stderr, "punktfunk-testcard: no Wayland compositor answers at WAYLAND_DISPLAY\n");
    return false;
  }
  wl_registry_add_listener(wl_display_get_registry(window.display), &registry_listener, &window);
  wl_display_roundtrip(window.display);
  if (window.compositor == nullptr || window.shm == nullptr || window.shell == nullptr) {
    std::fprintf(stderr, "punktfunk-testcard: the compositor lacks wl_compositor, wl_shm or xdg_wm_base\n");
    return false;
  }
  xdg_wm_base_add_listener(window.shell, &shell_listener, &window);
  window.surface = wl_compositor_create_surface(window.compositor);
  window.shell_surface = xdg_wm_base_get_xdg_surface(window.shell, window.surface);
  xdg_surface_add_listener(window.shell_surface, &surface_listener, &window);
  window.toplevel = xdg_surface_get_toplevel(window.shell_surface);
  xdg_toplevel_add_listener(window.toplevel, &toplevel_listener, &window);
  xdg_toplevel_set_title(window.toplevel, "test card");
  xdg_toplevel_set_app_id(window.toplevel, "punktfunk-testcard");
  wl_surface_commit(window.surface);
  return true;
}

void on_signal(Window& window, int signals) {
  signalfd_siginfo info{};
  if (read(signals, &info, sizeof(info)) != sizeof(info)) return;
  if (info.ssi_signo != SIGUSR1) {
    window.closed = true;
    return;
  }
  window.paused = !window.paused;
  if (!window.paused && window.configured) draw(window);
}

void run(Window& window, int signals) {
  std::array<pollfd, 2> waits{{{wl_display_get_fd(window.display), POLLIN, 0}, {signals, POLLIN, 0}}};
  while (!window.closed) {
    while (wl_display_prepare_read(window.display) != 0) wl_display_dispatch_pending(window.display);
    wl_display_flush(window.display);
    if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) break;
    if ((waits[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
      if (wl_display_read_events(window.display) < 0) break;
    } else {
      wl_display_cancel_read(window.display);
    }
    if ((waits[1].revents & POLLIN) != 0) on_signal(window, signals);
    if (wl_display_dispatch_pending(window.display) < 0) break;
  }
}

}  // namespace

int main() {
  sigset_t handled;
  sigemptyset(&handled);
  for (const int signal : {SIGUSR1, SIGTERM, SIGINT}) sigaddset(&handled, signal);
  sigprocmask(SIG_BLOCK, &handled, nullptr);
  const int signals = signalfd(-1, &handled, SFD_CLOEXEC);

  Window window;
  if (!open_window(window)) return 1;
  run(window, signals);
  for (auto& buffer : window.buffers) buffer.destroy();
  wl_display_disconnect(window.display);
  return 0;
}
