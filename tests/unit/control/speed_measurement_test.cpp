#include "control/link/speed_measurement.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/wire/media_header.h"
#include "support/fake_connection.h"
#include "support/manual_timers.h"

namespace pf::control {
namespace {

/// Keeps what the client says.
class HeardClient final : public test::FakeConnection {
 public:
  Result<void> send(Channel, std::span<const std::byte> bytes) override {
    said.push_back(wire::decode_control(bytes.subspan(4)).value().value());
    return {};
  }
  void send_datagram(std::span<const std::byte>) override {}
  std::vector<wire::ControlMessage> said;
};

/// A host whose trains arrive whole, sealed by `cipher`.
class SpeedMeasurementTest : public testing::Test {
 protected:
  std::optional<Result<SpeedFigures>> measure(MediaCipher welcome, MediaCipher cipher) {
    std::optional<Result<SpeedFigures>> outcome;
    SpeedMeasurement measurement(
        options_, clock_, [&](std::function<void()> task, milliseconds delay) { timers_.post(std::move(task), delay); },
        [&](Result<SpeedFigures> figures) { outcome = std::move(figures); });
    auto sealer = crypto::PacketSealer::create(crypto::derive_media_key(connection_->media_secret().value(),
                                                                        wire::StreamKind::speed,
                                                                        crypto::Direction::host_to_client, cipher))
                      .value();
    measurement.begin(connection_);
    const auto say = [&](const wire::ControlMessage& message) {
      measurement.on_bytes(*connection_, Channel::control, wire::encode_control(message));
    };
    say(wire::Welcome{.version = 1, .host_name = "h", .software = "s", .codecs = {}, .cipher = welcome});
    std::size_t answered = 0;
    for (int steps = 0; steps < 10'000 && !outcome; ++steps) {
      for (; answered < connection_->said.size(); ++answered)
        if (const auto* wanted = std::get_if<wire::SpeedTestRequest>(&connection_->said[answered]))
          say(carry(measurement, sealer, *wanted));
      clock_.advance(milliseconds{5});
      timers_.run_due();
    }
    return outcome;
  }

  SpeedOptions options_{.identity = {},
                        .client_name = "c",
                        .host = {},
                        .pinned = {},
                        .length = milliseconds{500},
                        .ceiling = 5_mbps,
                        .ciphers = {MediaCipher::chacha20_poly1305}};

 private:
  wire::SpeedTestResult carry(SpeedMeasurement& measurement, crypto::PacketSealer& sealer,
                              const wire::SpeedTestRequest& wanted) {
    constexpr std::size_t size = 1000;
    const auto packets = static_cast<std::uint32_t>(wanted.rate.bits_per_second / 8 * wanted.length_ms / 1000 / size);
    const auto gap = milliseconds{wanted.length_ms} / std::max<std::uint32_t>(packets, 1);
    for (std::uint32_t i = 0; i < packets; ++i) {
      wire::MediaHeader header;
      header.stream = wire::StreamKind::speed;
      header.frame = {wanted.train};
      header.timestamp_us = static_cast<std::uint32_t>(to_micros(clock_.now()));
      std::vector<std::byte> packet(size - 28);
      EXPECT_TRUE(sealer.seal(header, packet));
      measurement.receive(packet, clock_.now());
      clock_.advance(gap);
    }
    return {.train = wanted.train,
            .packets = packets,
            .packet_size = size,
            .elapsed_us = wanted.length_ms * 1000,
            .text = {}};
  }

  ManualClock clock_;
  test::ManualTimers timers_{clock_};
  const std::shared_ptr<HeardClient> connection_ = std::make_shared<HeardClient>();
};

TEST_F(SpeedMeasurementTest, packets_are_opened_by_the_cipher_that_the_host_has_chosen) {
  const auto outcome = measure(MediaCipher::chacha20_poly1305, MediaCipher::chacha20_poly1305);
  ASSERT_TRUE(outcome);
  ASSERT_TRUE(*outcome) << outcome->error().message;
  EXPECT_GT((*outcome)->path.capacity, 4_mbps);
}

TEST_F(SpeedMeasurementTest, packets_under_another_cipher_count_for_nothing) {
  const auto outcome = measure(MediaCipher::chacha20_poly1305, MediaCipher::aes_128_gcm);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->error().code, ErrorCode::timeout);
}

TEST_F(SpeedMeasurementTest, a_host_that_answers_before_it_is_asked_ends_it) {
  const ManualClock clock;
  std::optional<Result<SpeedFigures>> outcome;
  SpeedMeasurement measurement(
      options_, clock, [](std::function<void()>, milliseconds) {},
      [&](Result<SpeedFigures> figures) { outcome = std::move(figures); });
  HeardClient connection;
  measurement.on_bytes(connection, Channel::control,
                       wire::encode_control(wire::Welcome{.version = 1, .host_name = "h", .software = "s", .codecs = {}}));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->error().code, ErrorCode::malformed);
}

TEST_F(SpeedMeasurementTest, a_cipher_that_was_not_offered_ends_it) {
  const auto outcome = measure(MediaCipher::aes_128_gcm, MediaCipher::aes_128_gcm);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->error().code, ErrorCode::malformed);
}

}  // namespace
}  // namespace pf::control
