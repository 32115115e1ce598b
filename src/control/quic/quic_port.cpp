#include "control/quic/quic_port.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "control/quic/endpoint.h"
#include "control/quic/packet_queue.h"
#include "core/base/thread.h"
#include "core/crypto/hash.h"
#include "core/wire/bytes.h"
#include "core/wire/media_header.h"

namespace pf::control {
namespace {

constexpr milliseconds receive_wait{1000};
constexpr milliseconds after_failed_receive{20};

std::string seconds_of(milliseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  return std::to_string(tenths / 10) + (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "") + " s";
}

struct Task {
  TimePoint due;
  std::uint64_t order;  // of posting: tasks due at once run in that order
  std::function<void()> run;
};

/// The two threads of a port and what they share.
class Port final : public QuicPort {
 public:
  Port(std::shared_ptr<net::UdpSocket> socket, Endpoint::Options options, Accept accept)
      : socket_(std::move(socket)),
        patience_(options.timeouts.handshake),
        endpoint_(std::move(options), std::move(accept),
                  [this](const net::Address& remote, const net::Address& local, std::span<const std::byte> packet) {
                    // A lost QUIC packet is QUIC's to send again.
                    (void)socket_->send(remote, {.from = source_chosen_ ? &local : nullptr}, packet);
                  }) {}

  void start(bool source_chosen) {
    source_chosen_ = source_chosen;
    control_ = std::jthread([this](const std::stop_token& stop) { run_control(stop); });
    control_id_ = control_.get_id();
    receive_ = std::jthread([this](const std::stop_token& stop) { run_receive(stop); });
  }

  ~Port() override {
    receive_.request_stop();
    socket_->interrupt();
    receive_.join();
    {
      // Under the lock, so that it cannot fall between the control thread's look at the flag and its sleep.
      const std::lock_guard lock(mutex_);
      control_.request_stop();
    }
    wake_.notify_all();
    control_.join();
  }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  [[nodiscard]] net::Address local() const override { return socket_->local(); }

  void set_media_handler(MediaHandler handler) override {
    const std::lock_guard lock(media_mutex_);
    media_ = std::move(handler);
  }

  void post(std::function<void()> task, milliseconds delay) override {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back({now() + delay, next_task_++, std::move(task)});
    }
    wake_.notify_one();
  }

  Result<std::shared_ptr<QuicConnection>> connect(const net::Address& to, std::optional<Fingerprint> expected,
                                                  std::shared_ptr<ConnectionHandler> handler,
                                                  const std::stop_token& stop) override {
    if (std::this_thread::get_id() == control_id_)
      return fail(ErrorCode::internal, "connect() would wait for its own thread");
    using Answer = Result<std::shared_ptr<QuicConnection>>;
    struct Waiting {  // the control thread's, but for the future
      std::promise<Answer> promise;
      bool answered = false;
      void answer(Answer result) {
        if (!std::exchange(answered, true)) promise.set_value(std::move(result));
      }
    };
    auto waiting = std::make_shared<Waiting>();
    auto future = waiting->promise.get_future();
    post(
        [this, to, expected, handler = std::move(handler), waiting] {
          endpoint_.connect(
              local(), to, expected, handler, [waiting](auto result) { waiting->answer(std::move(result)); }, now());
        },
        milliseconds{0});
    const std::stop_callback call_off(stop, [&] {
      post([waiting] { waiting->answer(fail(ErrorCode::closed, "the attempt was called off")); }, milliseconds{0});
    });
    auto result = future.get();
    if (!result && result.error().code == ErrorCode::timeout)
      return fail(ErrorCode::timeout, "no answer from " + to.to_string() + " within " + seconds_of(patience_));
    return result;
  }

 private:
  static TimePoint now() { return std::chrono::steady_clock::now(); }

  void run_receive(const std::stop_token& stop) {
    begin_thread("pf-receive", Urgency::media);
    net::ReceiveBatch batch;
    while (!stop.stop_requested()) {
      if (!socket_->receive(batch, receive_wait)) {
        pause_receiving(stop);
        continue;
      }
      bool quic = false;
      for (const auto& datagram : batch.datagrams()) {
        if (datagram.payload.empty()) continue;
        if (wire::is_media(datagram.payload[0])) {
          const std::lock_guard lock(media_mutex_);
          if (media_) media_(datagram.payload, datagram.from, datagram.arrival);
        } else {
          quic |= queue(datagram);
        }
      }
      if (quic) wake_.notify_one();
    }
  }

  /// A socket that fails will fail again at once: the machine has better things to do.
  void pause_receiving(const std::stop_token& stop) {
    std::unique_lock lock(pause_mutex_);
    pause_.wait_for(lock, stop, after_failed_receive, [] { return false; });
  }

  /// Allocates nothing, for media comes by this thread, and copies without the lock that the control thread takes.
  bool queue(const net::Datagram& datagram) {
    if (datagram.payload.size() > QueuedPacket::largest) return false;
    if (spare_ == nullptr) {
      const std::lock_guard lock(mutex_);
      spare_ = packets_.take_free();
      if (spare_ == nullptr) return false;
    }
    spare_->from = datagram.from;
    // A client keeps the one local address that it began with, whatever interface a packet came in by.
    spare_->to = source_chosen_ ? datagram.to : socket_->local();
    spare_->arrival = datagram.arrival;
    spare_->fill(datagram.payload);
    const std::lock_guard lock(mutex_);
    packets_.push(spare_);
    spare_ = packets_.take_free();
    return true;
  }

  void run_control(const std::stop_token& stop) {
    begin_thread("pf-control", Urgency::media);
    arrived_.reserve(PacketQueue::most);
    while (!stop.stop_requested()) {
      wait_for_work(stop);
      for (const auto* packet : arrived_) endpoint_.receive(packet->to, packet->from, packet->bytes(), packet->arrival);
      for (const auto& task : due_) task.run();
      due_.clear();  // now: what a task holds may be waited for
      endpoint_.advance(now());
    }
    endpoint_.shut_down(now());
  }

  /// Into arrived_ and due_.
  void wait_for_work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    for (;;) {
      auto until = endpoint_.deadline();
      for (const auto& task : tasks_) until = std::min(until, task.due);
      const auto time = now();
      if (stop.stop_requested() || !packets_.empty() || until <= time) break;
      // Far deadlines overflow some clocks' arithmetic; an hour is for ever here.
      wake_.wait_until(lock, std::min(until, time + std::chrono::hours(1)));
    }
    const auto time = now();
    std::erase_if(tasks_, [&](Task& task) {
      if (task.due > time) return false;
      due_.push_back(std::move(task));
      return true;
    });
    std::ranges::sort(due_, {}, [](const Task& task) { return std::pair(task.due, task.order); });
    packets_.exchange(arrived_);
  }

  const std::shared_ptr<net::UdpSocket> socket_;  // with the media paths, which may outlive the port
  const milliseconds patience_;
  std::mutex media_mutex_;
  MediaHandler media_;
  std::mutex pause_mutex_;
  std::condition_variable_any pause_;
  std::mutex mutex_;
  std::condition_variable wake_;
  PacketQueue packets_;
  std::vector<Task> tasks_;
  std::uint64_t next_task_ = 0;
  bool source_chosen_ = false;
  QueuedPacket* spare_ = nullptr;  // the receive thread's alone, to be filled next
  // The control thread's alone:
  std::vector<QueuedPacket*> arrived_;
  std::vector<Task> due_;
  Endpoint endpoint_;
  std::thread::id control_id_;
  std::jthread control_;
  std::jthread receive_;
};

Result<std::unique_ptr<QuicPort>> make_port(const QuicPortOptions& options, bool listening, QuicPort::Accept accept) {
  auto credentials = TlsCredentials::create(options.identity);
  if (!credentials) return std::unexpected(credentials.error());
  auto bound = net::UdpSocket::bind(options.bind, options.udp);
  if (!bound) return std::unexpected(bound.error());
  std::shared_ptr<net::UdpSocket> socket = std::move(*bound);

  Endpoint::Options endpoint;
  endpoint.listening = listening;
  endpoint.source_chosen = listening;
  endpoint.timeouts = options.timeouts;
  endpoint.max_connections = options.max_connections;
  endpoint.credentials = *credentials;
  endpoint.socket = socket;
  // Made from the identity, so that a restarted host still knows the connections that it has forgotten.
  const auto secret = crypto::hmac_sha256(wire::as_bytes(options.identity.private_key_pem),
                                          wire::as_bytes("punktfunk stateless reset"));
  endpoint.reset_secret.assign(secret.begin(), secret.end());
  auto port = std::make_unique<Port>(socket, std::move(endpoint), std::move(accept));
  port->start(listening);
  return port;
}

}  // namespace

Result<std::unique_ptr<QuicPort>> QuicPort::listen(const QuicPortOptions& options, Accept accept) {
  return make_port(options, true, std::move(accept));
}

Result<std::unique_ptr<QuicPort>> QuicPort::open(const QuicPortOptions& options) {
  return make_port(options, false, nullptr);
}

}  // namespace pf::control
