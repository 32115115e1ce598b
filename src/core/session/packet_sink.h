// Where sealed packets go.
#pragma once

#include <cstddef>
#include <span>

#include "core/base/error.h"

namespace pf::session {

class PacketSink {
 public:
  virtual ~PacketSink() = default;
  /// `bytes` in several calls of send() make one frame, and follow now.
  virtual void begin_frame(std::size_t bytes) { (void)bytes; }
  /// Packets of `segment` bytes each, back to back, the last maybe shorter. Called on the sending thread; must not
  /// block on anything but the kernel.
  virtual Result<void> send(std::span<const std::byte> packets, std::size_t segment) = 0;
};

}  // namespace pf::session
