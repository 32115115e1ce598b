// A client that says exactly what a test wants it to say, message by message or byte by byte.
#pragma once

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "control/quic/quic_port.h"
#include "core/wire/control_messages.h"
#include "core/wire/input_events.h"

namespace pf::test {

/// Any thread but the control thread.
class RawClient {
 public:
  /// Null when the host can't be reached.
  static std::unique_ptr<RawClient> connect(const control::Identity& identity, const net::Address& host) {
    auto client = std::make_unique<RawClient>();
    control::QuicPortOptions options;
    options.bind = net::Address::v4_loopback(0);
    options.identity = identity;
    auto port = control::QuicPort::open(options);
    if (!port) return nullptr;
    client->port_ = std::move(*port);
    auto connection = client->port_->connect(host, std::nullopt, client->ears_);
    if (!connection) return nullptr;
    client->connection_ = std::move(*connection);
    return client;
  }

  void say(const wire::ControlMessage& message) { say_bytes(wire::encode_control(message)); }
  void say_bytes(std::vector<std::byte> bytes, control::Channel channel = control::Channel::control) {
    run([this, channel, bytes = std::move(bytes)] { (void)connection_->send(channel, bytes); });
  }
  void say_datagram(const wire::ControlDatagram& datagram) {
    run([this, bytes = wire::encode_datagram(datagram)] { connection_->send_datagram(bytes); });
  }
  void hello() {
    wire::Hello hello;
    hello.client_name = "raw client";
    hello.codecs = {VideoCodec::h264};
    say(hello);
  }
  void start(const Mode& mode = {320, 200, 60'000}, std::optional<wire::ResumeToken> token = std::nullopt) {
    wire::Start start;
    start.mode = mode;
    start.audio_wanted = false;
    start.resume = token;
    say(start);
  }

  /// Waits for the next message of this kind, passing over others. nullopt: none came before the end of the connection
  /// or within 20 s.
  template <class M>
  std::optional<M> hear() {
    std::unique_lock lock(ears_->mutex);
    std::optional<M> found;
    ears_->changed.wait_for(lock, std::chrono::seconds{20}, [&] {
      while (!found && !ears_->messages.empty()) {
        if (const auto* m = std::get_if<M>(&ears_->messages.front())) found = *m;
        ears_->messages.erase(ears_->messages.begin());
      }
      return found || ears_->closed;
    });
    return found;
  }
  std::optional<control::CloseReason> wait_for_close() {
    std::unique_lock lock(ears_->mutex);
    ears_->changed.wait_for(lock, std::chrono::seconds{20}, [&] { return ears_->closed.has_value(); });
    return ears_->closed;
  }
  [[nodiscard]] std::size_t datagrams() const {
    const std::scoped_lock lock(ears_->mutex);
    return ears_->datagrams;
  }
  [[nodiscard]] std::size_t messages_left() const {
    const std::scoped_lock lock(ears_->mutex);
    return ears_->messages.size();
  }
  /// Waits until what was said before has been given to the connection.
  void run(std::function<void()> task) {
    std::promise<void> done;
    port_->post([&] {
      task();
      done.set_value();
    });
    done.get_future().get();
  }

 private:
  struct Ears final : control::ConnectionHandler {
    void on_bytes(control::QuicConnection&, control::Channel, std::span<const std::byte> bytes) override {
      const std::scoped_lock lock(mutex);
      if (!framer.push(bytes)) return;
      while (const auto record = framer.next())
        if (auto message = wire::decode_control(*record); message && *message) messages.push_back(std::move(**message));
      changed.notify_all();
    }
    void on_datagram(control::QuicConnection&, std::span<const std::byte>, TimePoint) override {
      const std::scoped_lock lock(mutex);
      ++datagrams;
      changed.notify_all();
    }
    void on_closed(control::QuicConnection&, const control::CloseReason& reason) override {
      const std::scoped_lock lock(mutex);
      closed = reason;
      changed.notify_all();
    }
    mutable std::mutex mutex;
    std::condition_variable changed;
    wire::ControlFramer framer;
    std::vector<wire::ControlMessage> messages;
    std::size_t datagrams = 0;
    std::optional<control::CloseReason> closed;
  };

  std::shared_ptr<Ears> ears_ = std::make_shared<Ears>();
  std::shared_ptr<control::QuicConnection> connection_;
  std::unique_ptr<control::QuicPort> port_;
};

}  // namespace pf::test
