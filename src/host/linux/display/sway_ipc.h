// Sway's IPC (sway-ipc(7), the protocol of i3): commands in, JSON out.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>

#include "core/base/error.h"
#include "host/linux/wayland/file_descriptor.h"

namespace pf::host {

/// One connection; one thread at a time. Every call waits at most 3 seconds.
class SwayIpc {
 public:
  /// SWAYSOCK, or the socket in XDG_RUNTIME_DIR that answers. Errors: not_found (no Sway session), closed.
  static Result<SwayIpc> connect();

  enum class Request : std::uint32_t { run_command = 0, get_outputs = 3, get_version = 7, get_inputs = 100 };
  /// Errors: closed (Sway is gone), timeout, malformed.
  Result<boost::json::value> ask(Request request, const std::string& payload = {});
  /// Runs one command. Errors: as ask(); refused, with Sway's own words.
  Result<void> run(const std::string& command);
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  SwayIpc(FileDescriptor socket, std::string path) : socket_(std::move(socket)), path_(std::move(path)) {}

  FileDescriptor socket_;
  std::string path_;
};

}  // namespace pf::host
