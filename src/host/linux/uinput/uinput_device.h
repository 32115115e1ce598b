// One input device made by /dev/uinput (Documentation/input/uinput.rst).
#pragma once

#include <linux/input.h>

#include <optional>
#include <span>

#include "core/base/error.h"
#include "host/linux/uinput/device_profile.h"
#include "host/linux/uinput/force_feedback.h"
#include "host/linux/wayland/file_descriptor.h"
#include "host/seams/probe.h"

namespace pf::host {

/// Whether devices can be made here, and what allows it.
Probe probe_uinput();

/// The destructor unplugs the device; the kernel lets go of what it holds down.
class UinputDevice {
 public:
  /// Errors: unsupported (there is no /dev/uinput), permission, io.
  static Result<UinputDevice> create(const DeviceProfile& profile);

  /// Errors: io.
  Result<void> write(std::span<const input_event> events) const;
  /// For poll: readable when a game has said something.
  [[nodiscard]] int fd() const { return file_.get(); }
  /// Answers what games have asked since the last call.
  void serve(ForceFeedback& force, TimePoint now) const;

 private:
  explicit UinputDevice(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
};

}  // namespace pf::host
