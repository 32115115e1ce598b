// A connection to the compositor with its globals and outputs. Each capturer and injector has one of its own, so that
// none waits for another.
#pragma once

#include <wayland-client.h>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/owned.h"

namespace pf::host {

/// A Wayland proxy, freed by its own destructor request.
template <class T, auto Destroy>
using Proxy = Owned<T, Destroy>;

/// One thread at a time.
class WaylandConnection {
 public:
  /// To the compositor at WAYLAND_DISPLAY in XDG_RUNTIME_DIR. Errors: closed (none answers; the sentence says where it
  /// looked).
  static Result<std::unique_ptr<WaylandConnection>> open();
  ~WaylandConnection();
  WaylandConnection(const WaylandConnection&) = delete;
  WaylandConnection& operator=(const WaylandConnection&) = delete;

  [[nodiscard]] wl_display* display() const { return display_; }

  /// The newest version that both sides know, at most `version`. nullptr when the compositor lacks it. The caller owns
  /// the proxy.
  template <class T>
  T* bind(const wl_interface& interface, std::uint32_t version) {
    return static_cast<T*>(bind_any(interface, version));
  }
  [[nodiscard]] bool offers(const wl_interface& interface, std::uint32_t version) const;

  /// The output of this name, waiting up to `limit` for it to appear; valid until the connection ends. nullptr: there
  /// is none.
  wl_output* find_output(const std::string& name, milliseconds limit);
  /// Whether the compositor has taken the output away since.
  [[nodiscard]] bool output_gone(const wl_output* output) const;

  /// Sends what is queued. Errors: closed.
  Result<void> flush();
  /// Sends, waits up to `wait` (or until `wake`, a file descriptor, is readable), handles what came. False: nothing
  /// came. Errors: closed.
  Result<bool> dispatch(milliseconds wait, int wake = -1);
  /// Until the compositor has handled everything sent so far. Errors: closed.
  Result<void> round_trip();

 private:
  struct Global {
    std::uint32_t name;
    std::string interface;
    std::uint32_t version;
  };
  struct Output {
    WaylandConnection* connection;
    std::uint32_t global;
    wl_output* handle;
    std::string name;
    bool gone = false;
  };

  WaylandConnection() = default;
  void* bind_any(const wl_interface& interface, std::uint32_t version);
  void on_global(std::uint32_t name, const char* interface, std::uint32_t version);
  void on_global_remove(std::uint32_t name);

  wl_display* display_ = nullptr;
  wl_registry* registry_ = nullptr;
  std::vector<Global> globals_;
  std::list<Output> outputs_;  // listeners point at the elements
};

}  // namespace pf::host
