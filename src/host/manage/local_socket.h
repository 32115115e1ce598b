// A running host's ear for the programs beside it (punktfunk-host pair, clients, status): JSON requests, one a line,
// over a Unix socket that only its owner can open.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace pf::host {

inline constexpr std::size_t max_local_request = 65'536;  // bytes of a line; a longer one closes the connection
inline constexpr std::size_t max_local_connections = 16;

/// Serves until destroyed; the destructor removes the socket and returns when no handler runs.
class LocalSocket {
 public:
  /// Answers one request. On the socket's own thread; may block for a moment.
  using Handler = std::function<boost::json::object(const boost::json::object&)>;

  /// Makes the folder (0700) and the socket (0600). A socket that nobody listens on any more is replaced. A connection
  /// that takes longer than `patience` over a request and its answer is closed.
  /// Errors: busy (another host answers there), permission, io.
  static Result<std::unique_ptr<LocalSocket>> listen(const std::filesystem::path& path, Handler handler,
                                                     std::chrono::milliseconds patience = std::chrono::seconds{10});
  ~LocalSocket();
  LocalSocket(const LocalSocket&) = delete;
  LocalSocket& operator=(const LocalSocket&) = delete;

 private:
  struct Server;
  explicit LocalSocket(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

/// What the socket makes of one line: a reply on one line, whatever the bytes are.
std::string answer_line(std::string_view line, const LocalSocket::Handler& handler);

/// One request to the host that listens at `path`; blocks up to `limit`.
/// Errors: not_found (no host runs there), timeout, malformed, io.
Result<boost::json::object> local_request(const std::filesystem::path& path, const boost::json::object& request,
                                          std::chrono::milliseconds limit = std::chrono::seconds{5});

}  // namespace pf::host
