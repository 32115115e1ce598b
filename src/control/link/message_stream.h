// Control messages out of a connection's bytes.
#pragma once

#include <functional>
#include <span>

#include "core/base/error.h"
#include "core/wire/control_messages.h"

namespace pf::control {

class MessageStream {
 public:
  /// Calls `on_message` for each message that `bytes` complete; unknown ones are skipped.
  /// Errors: malformed, truncated: the peer does not speak the protocol and the connection is to be closed.
  Result<void> push(std::span<const std::byte> bytes,
                    const std::function<void(const wire::ControlMessage&)>& on_message) {
    if (auto pushed = framer_.push(bytes); !pushed) return pushed;
    while (const auto record = framer_.next()) {
      const auto message = wire::decode_control(*record);
      if (!message) return std::unexpected(message.error());
      if (*message) on_message(**message);
    }
    return {};
  }

 private:
  wire::ControlFramer framer_;
};

}  // namespace pf::control
