// The UDP port of the control stream: ENet on a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/net/udp_socket.h"
#include "host/gamestream/enet/enet_host.h"

namespace pf::host::gamestream {

class ControlPort {
 public:
  /// All on the port's thread; must not block.
  struct Handler {
    EnetHost::Admits admits;
    std::function<void(const EnetEvent& event, TimePoint now)> on_event;
    /// At least every 100 ms: the owner's clock.
    std::function<void(TimePoint now)> on_tick;
  };
  /// Listens at once. Errors: UdpSocket::bind's.
  static Result<std::unique_ptr<ControlPort>> open(const net::Address& bind, std::size_t max_clients,
                                                   const Clock& clock, Handler handler);
  ~ControlPort();
  ControlPort(const ControlPort&) = delete;
  ControlPort& operator=(const ControlPort&) = delete;

  /// Runs on the port's thread, soon and in order. Any thread.
  void post(std::function<void(EnetHost& host, TimePoint now)> task);
  [[nodiscard]] net::Address local() const { return socket_->local(); }

 private:
  using Task = std::function<void(EnetHost&, TimePoint)>;
  ControlPort(std::unique_ptr<net::UdpSocket> socket, std::size_t max_clients, const Clock& clock, Handler handler);
  void run(const std::stop_token& stop);
  void run_tasks(TimePoint now);
  void settle(TimePoint now);

  const std::unique_ptr<net::UdpSocket> socket_;
  const Clock& clock_;
  const Handler handler_;
  EnetHost host_;  // the thread's own
  std::mutex mutex_;
  std::vector<Task> tasks_;
  std::jthread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host::gamestream
