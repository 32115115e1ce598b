#include "host/linux/wayland/connection.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace pf::host {
namespace {

std::unexpected<Error> gone() {
  return fail(ErrorCode::closed, "the compositor has closed the connection");
}

}  // namespace

Result<std::unique_ptr<WaylandConnection>> WaylandConnection::open() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
  if (std::getenv("XDG_RUNTIME_DIR") == nullptr)  // libwayland would write about it to standard error
    return fail(ErrorCode::closed, "without XDG_RUNTIME_DIR there is no way to a Wayland compositor");
  std::unique_ptr<WaylandConnection> connection(new WaylandConnection);
  connection->display_ = wl_display_connect(nullptr);
  if (connection->display_ == nullptr) {
    const char* name =
        std::getenv("WAYLAND_DISPLAY");  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
    return fail(ErrorCode::closed,
                std::string("no Wayland compositor answers at ") + (name != nullptr ? name : "wayland-0"));
  }
  static constexpr wl_registry_listener listener{
      .global =
          [](void* data, wl_registry*, std::uint32_t name, const char* interface, std::uint32_t version) {
            static_cast<WaylandConnection*>(data)->on_global(name, interface, version);
          },
      .global_remove = [](void* data, wl_registry*,
                          std::uint32_t name) { static_cast<WaylandConnection*>(data)->on_global_remove(name); }};
  connection->registry_ = wl_display_get_registry(connection->display_);
  wl_registry_add_listener(connection->registry_, &listener, connection.get());
  // Twice: the globals, then the names of the outputs that were bound on the way.
  for (int i = 0; i < 2; ++i) {
    if (auto done = connection->round_trip(); !done) return std::unexpected(done.error());
  }
  return connection;
}

WaylandConnection::~WaylandConnection() {
  if (display_ == nullptr) return;
  for (const auto& output : outputs_) wl_output_destroy(output.handle);
  if (registry_ != nullptr) wl_registry_destroy(registry_);
  wl_display_disconnect(display_);
}

void WaylandConnection::on_global(std::uint32_t name, const char* interface, std::uint32_t version) {
  globals_.push_back({name, interface, version});
  // Names of outputs came with version 4.
  if (globals_.back().interface != wl_output_interface.name || version < 4) return;
  auto* const handle = static_cast<wl_output*>(wl_registry_bind(registry_, name, &wl_output_interface, 4));
  auto& output = outputs_.emplace_back(Output{this, name, handle, {}, false});
  static constexpr wl_output_listener listener{
      .geometry = [](void*, wl_output*, std::int32_t, std::int32_t, std::int32_t, std::int32_t, std::int32_t,
                     const char*, const char*, std::int32_t) {},
      .mode = [](void*, wl_output*, std::uint32_t, std::int32_t, std::int32_t, std::int32_t) {},
      .done = [](void*, wl_output*) {},
      .scale = [](void*, wl_output*, std::int32_t) {},
      .name = [](void* data, wl_output*, const char* text) { static_cast<Output*>(data)->name = text; },
      .description = [](void*, wl_output*, const char*) {}};
  wl_output_add_listener(handle, &listener, &output);
}

void WaylandConnection::on_global_remove(std::uint32_t name) {
  std::erase_if(globals_, [name](const Global& global) { return global.name == name; });
  for (auto& output : outputs_) {
    if (output.global == name) output.gone = true;
  }
}

bool WaylandConnection::offers(const wl_interface& interface, std::uint32_t version) const {
  return std::ranges::any_of(
      globals_, [&](const Global& global) { return global.interface == interface.name && global.version >= version; });
}

void* WaylandConnection::bind_any(const wl_interface& interface, std::uint32_t version) {
  const auto found = std::ranges::find(globals_, interface.name, &Global::interface);
  if (found == globals_.end()) return nullptr;
  return wl_registry_bind(registry_, found->name, &interface, std::min(version, found->version));
}

wl_output* WaylandConnection::find_output(const std::string& name, milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    for (const auto& output : outputs_) {
      if (output.name == name && !output.gone) return output.handle;
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !dispatch(left)) return nullptr;
  }
}

bool WaylandConnection::output_gone(const wl_output* output) const {
  const auto found = std::ranges::find(outputs_, output, &Output::handle);
  return found == outputs_.end() || found->gone;
}

Result<void> WaylandConnection::flush() {
  while (wl_display_flush(display_) < 0) {
    if (errno != EAGAIN) return gone();
    pollfd writable{wl_display_get_fd(display_), POLLOUT, 0};
    if (poll(&writable, 1, 1000) <= 0) return gone();
  }
  return {};
}

Result<bool> WaylandConnection::dispatch(milliseconds wait, int wake) {
  while (wl_display_prepare_read(display_) != 0) {
    const int handled = wl_display_dispatch_pending(display_);
    if (handled < 0) return gone();
    if (handled > 0) return true;
  }
  if (auto flushed = flush(); !flushed) {
    wl_display_cancel_read(display_);
    return std::unexpected(flushed.error());
  }
  std::array<pollfd, 2> waits{{{wl_display_get_fd(display_), POLLIN, 0}, {wake, POLLIN, 0}}};
  const int ready = poll(waits.data(), wake >= 0 ? 2 : 1, static_cast<int>(wait.count()));
  if (ready <= 0 || (waits[0].revents & (POLLIN | POLLERR | POLLHUP)) == 0) {
    wl_display_cancel_read(display_);
    return false;
  }
  if (wl_display_read_events(display_) < 0 || wl_display_dispatch_pending(display_) < 0) return gone();
  return true;
}

Result<void> WaylandConnection::round_trip() {
  if (wl_display_roundtrip(display_) < 0) return gone();
  return {};
}

}  // namespace pf::host
