// The seal around every message of the control stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/crypto/replay_window.h"
#include "host/gamestream/launch.h"

namespace pf::host::gamestream {

/// A session's. v2 has IVs of 12 bytes that name the sender and hold the whole sequence; v1, of older clients, has 16
/// with the sequence's lowest byte alone, which is what they do. One thread.
class ControlCipher {
 public:
  ControlCipher(const StreamKey& key, bool v2) : key_(key), v2_(v2) {}

  /// A client's message without its seal. Errors: malformed; unauthenticated (also a message that was here before).
  Result<std::vector<std::byte>> open(std::span<const std::byte> sealed);
  /// Errors: exhausted (as many messages as the IV tells apart), internal.
  Result<std::vector<std::byte>> seal(std::span<const std::byte> message);

 private:
  StreamKey key_;
  bool v2_;
  crypto::ReplayWindow seen_;
  std::uint32_t sent_ = 0;
};

}  // namespace pf::host::gamestream
