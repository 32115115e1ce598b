// A QUIC connection without a network: what is said on it goes to whoever derives from it.
#pragma once

#include <memory>
#include <string>

#include "control/quic/quic_port.h"

namespace pf::test {

class FakeConnection : public control::QuicConnection {
 public:
  explicit FakeConnection(const control::Fingerprint& peer = {}) : peer_(peer) {}

  [[nodiscard]] std::uint64_t id() const override { return 1; }
  [[nodiscard]] const control::Fingerprint& peer() const override { return peer_; }
  [[nodiscard]] net::Address remote() const override { return net::Address::v4_loopback(4000); }
  [[nodiscard]] Result<crypto::MediaSecret> media_secret() const override { return crypto::MediaSecret{}; }
  void close(std::uint64_t, const std::string&) override { closed = true; }
  [[nodiscard]] std::shared_ptr<session::PacketSink> media_sink() override { return nullptr; }

  bool closed = false;

 private:
  control::Fingerprint peer_;
};

}  // namespace pf::test
