// A platform without anything and a connection without a network: enough for a host to be spoken to.
#pragma once

#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/wire/control_messages.h"
#include "core/wire/input_events.h"
#include "host/seams/platform.h"
#include "support/fake_connection.h"

namespace pf::test {

/// Can do nothing, so that no session ever comes about.
class BarePlatform final : public host::Platform {
 public:
  [[nodiscard]] std::vector<host::Probe> probe() override { return {}; }
  [[nodiscard]] std::vector<VideoCodec> codecs() override { return {}; }
  Result<std::unique_ptr<host::VirtualDisplay>> create_display(const Mode&, const std::string&) override {
    return no();
  }
  Result<int> remove_orphans() override { return 0; }
  Result<std::unique_ptr<host::Capturer>> open_capturer(const host::VirtualDisplay&) override { return no(); }
  Result<std::unique_ptr<host::Encoder>> open_encoder(const host::EncoderConfig&) override { return no(); }
  Result<std::unique_ptr<host::InputInjector>> open_injector(const host::VirtualDisplay&) override { return no(); }
  Result<std::unique_ptr<host::AudioCapturer>> open_audio(const AudioFormat&, host::AudioCapturer::Sink) override {
    return no();
  }

 private:
  static std::unexpected<Error> no() { return fail(ErrorCode::unsupported, "there is nothing here"); }
};

/// Keeps what the host says, as the client would see it; ends the program when that is no message of the protocol, or
/// comes after the end.
class HeardConnection final : public FakeConnection {
 public:
  using FakeConnection::FakeConnection;

  Result<void> send(control::Channel channel, std::span<const std::byte> bytes) override {
    insist(!closed && channel == control::Channel::control);
    const auto message = wire::decode_control(bytes.subspan(4));
    insist(message && *message);
    said.push_back(**message);
    return {};
  }
  void send_datagram(std::span<const std::byte> bytes) override {
    const auto datagram = wire::decode_datagram(bytes);
    insist(!closed && datagram && *datagram && std::holds_alternative<wire::ClockPong>(**datagram));
    ++pongs;
  }

  std::vector<wire::ControlMessage> said;
  std::size_t pongs = 0;

 private:
  static void insist(bool promise) {
    if (!promise) std::abort();
  }
};

}  // namespace pf::test
