// A display that exists for one client, at exactly its mode.
#pragma once

#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/base/units.h"
#include "host/seams/probe.h"
#include "host/seams/process_launcher.h"

namespace pf::host {

/// The destructor removes the display and returns when the compositor has let go of it. One thread at a time.
class VirtualDisplay {
 public:
  virtual ~VirtualDisplay() = default;
  /// The compositor's name of the output; the other seams find it by this.
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual Mode mode() const = 0;
  /// Changes the mode in place; on failure the old one stays. Returns when the compositor reports the new one.
  /// Errors: unsupported, closed (the compositor or the output is gone).
  virtual Result<void> set_mode(const Mode& mode) = 0;
  /// What a program needs besides the host's own environment to be shown here.
  [[nodiscard]] virtual Environment environment() const { return {}; }
};

class VirtualDisplayBackend {
 public:
  virtual ~VirtualDisplayBackend() = default;
  virtual Probe probe() = 0;
  /// `label` names the client, for the compositor's own lists. Errors: unsupported, closed, io.
  virtual Result<std::unique_ptr<VirtualDisplay>> create(const Mode& mode, const std::string& label) = 0;
  /// Removes what an earlier run of the host left behind when it was killed. Returns how many.
  virtual Result<int> remove_orphans() = 0;
};

}  // namespace pf::host
