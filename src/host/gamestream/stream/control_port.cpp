#include "host/gamestream/stream/control_port.h"

#include <algorithm>
#include <utility>

#include "core/base/thread.h"

namespace pf::host::gamestream {
namespace {

constexpr milliseconds tick_interval{100};

}  // namespace

Result<std::unique_ptr<ControlPort>> ControlPort::open(const net::Address& bind, std::size_t max_clients,
                                                       const Clock& clock, Handler handler) {
  auto socket = net::UdpSocket::bind(bind);
  if (!socket) return std::unexpected(socket.error());
  return std::unique_ptr<ControlPort>(new ControlPort(std::move(*socket), max_clients, clock, std::move(handler)));
}

ControlPort::ControlPort(std::unique_ptr<net::UdpSocket> socket, std::size_t max_clients, const Clock& clock,
                         Handler handler)
    : socket_(std::move(socket)),
      clock_(clock),
      handler_(std::move(handler)),
      host_(max_clients, handler_.admits),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

ControlPort::~ControlPort() {
  thread_.request_stop();
  socket_->interrupt();
  thread_.join();
}

void ControlPort::post(Task task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  socket_->interrupt();
}

void ControlPort::run_tasks(TimePoint now) {
  std::vector<Task> tasks;
  {
    const std::scoped_lock lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task(host_, now);
}

// Events may bring datagrams about, and a peer is gone only behind its last one.
void ControlPort::settle(TimePoint now) {
  bool more = true;
  while (more) {
    more = false;
    while (const auto event = host_.next_event()) {
      handler_.on_event(*event, now);
      more = true;
    }
    while (const auto datagram = host_.next_datagram(now)) {
      // What the socket has no room for is sent again, as if it had been lost on the way.
      (void)socket_->send(datagram->to, {}, datagram->bytes);
      more = true;
    }
  }
}

void ControlPort::run(const std::stop_token& stop) {
  begin_thread("pf-gs-control", Urgency::media);
  net::ReceiveBatch batch;
  while (!stop.stop_requested()) {
    const auto wait = std::clamp<Duration>(host_.deadline() - clock_.now(), milliseconds{1}, tick_interval);
    const auto received = socket_->receive(batch, std::chrono::ceil<milliseconds>(wait));
    const auto now = clock_.now();
    if (received)
      for (const auto& datagram : batch.datagrams()) host_.receive(datagram.from, datagram.payload, now);
    host_.tick(now);
    run_tasks(now);
    handler_.on_tick(now);
    settle(now);
  }
  run_tasks(clock_.now());
  settle(clock_.now());
}

}  // namespace pf::host::gamestream
