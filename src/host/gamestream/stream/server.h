// The streaming half of a GameStream host: its four ports and the sessions behind them.
#pragma once

#include <cstdint>
#include <memory>

#include "host/gamestream/launch.h"
#include "host/gamestream/stream/server_ports.h"
#include "host/gamestream/stream/session_board.h"

namespace pf::host::gamestream {

struct ServerOptions {
  net::Address bind;  // its port means nothing
  ServerPorts ports;  // 0: any that is free
  SessionSettings session;
  std::size_t max_sessions = 8;
  OtherClients others = OtherClients::beside;
  std::chrono::minutes linger{10};
  SessionNews news;
  OnHostEvent on_event;
};

/// Threads: one for each port, one that ends sessions, and a session's own.
class GameStreamServer {
 public:
  /// Listens at once. `platform` and `clock` outlive the server. Errors: those of the sockets.
  static Result<std::unique_ptr<GameStreamServer>> create(const ServerOptions& options, Platform& platform,
                                                          const Clock& clock);
  /// Ends every session and waits until their displays are gone.
  ~GameStreamServer();
  GameStreamServer(const GameStreamServer&) = delete;
  GameStreamServer& operator=(const GameStreamServer&) = delete;

  /// What /launch, /resume and /cancel talk to.
  [[nodiscard]] LaunchBoard& board();
  [[nodiscard]] std::vector<SessionStatus> sessions() const;

 private:
  struct Parts;
  explicit GameStreamServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pf::host::gamestream
