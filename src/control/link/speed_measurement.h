// One speed test on one connection, without I/O or a clock of its own: what the client says when, and what it makes of
// what arrives.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "control/link/message_stream.h"
#include "control/link/speed_test.h"
#include "core/wire/input_events.h"

namespace pf::control {

/// Control thread, but for receive().
class SpeedMeasurement final : public ConnectionHandler {
 public:
  /// Runs the task after the delay, on the control thread; not after this is gone.
  using After = std::function<void(std::function<void()>, milliseconds)>;
  /// Called once.
  using Done = std::function<void(Result<SpeedFigures>)>;
  SpeedMeasurement(const SpeedOptions& options, const Clock& clock, After after, Done done);

  void begin(const std::shared_ptr<QuicConnection>& connection);
  void call_off();
  /// A media packet, on the receive thread.
  void receive(std::span<std::byte> packet, TimePoint arrival);

  void on_bytes(QuicConnection& connection, Channel channel, std::span<const std::byte> bytes) override;
  void on_datagram(QuicConnection& connection, std::span<const std::byte> bytes, TimePoint arrival) override;
  void on_closed(QuicConnection& connection, const CloseReason& reason) override;

 private:
  void write(const wire::ControlMessage& message);
  void on_message(const wire::ControlMessage& message);
  void on_welcome(const wire::Welcome& welcome);
  Result<void> open_packets(MediaCipher cipher);
  void on_sent(const wire::SpeedTestResult& sent);
  void on_pong(const wire::ClockPong& pong, TimePoint arrival);
  void send_train();
  void conclude(const wire::SpeedTestResult& sent);
  void conclude_all();
  void ping();
  void expect_answer();
  void after(milliseconds delay, std::function<void()> task);
  void finish(Result<SpeedFigures> figures);

  const SpeedOptions& options_;
  const Clock& clock_;
  const After after_;
  const Done done_;
  std::shared_ptr<QuicConnection> connection_;  // with the port
  MessageStream messages_;
  rate::CapacitySearch search_;
  std::uint32_t train_number_ = 0;
  bool under_way_ = false;
  unsigned answers_ = 0;
  bool welcome_ = false;
  std::uint32_t ping_ = 0;
  std::uint32_t pong_ = 0;  // the newest that was answered
  std::vector<microseconds> idle_trips_;
  std::vector<microseconds> loaded_trips_;
  bool finished_ = false;

  std::mutex mutex_;  // guards what receive() uses
  std::optional<crypto::PacketOpener> opener_;
  std::uint32_t train_ = 0;  // 0: none is under way
  rate::TrainMeter meter_;
};

}  // namespace pf::control
