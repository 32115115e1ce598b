#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cmath>

#include "host/gamestream/audio/sound_encoder.h"
#include "host/gamestream/audio/sound_packetiser.h"
#include "support/gamestream_fec.h"

namespace pf::host::gamestream {
namespace {

using Bytes = std::vector<std::uint8_t>;

class Collector final : public session::PacketSink {
 public:
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    EXPECT_EQ(packets.size(), segment);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(packets.data());
    sent.emplace_back(bytes, bytes + packets.size());
    return {};
  }
  std::vector<Bytes> sent;
};

std::uint32_t big(const Bytes& packet, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | packet[at + i];
  return value;
}

std::vector<std::byte> opus(std::uint8_t fill) {
  return std::vector(37, static_cast<std::byte>(fill));
}

TEST(SoundPackets, four_packets_are_followed_by_two_of_parity) {
  Collector sink;
  auto packets = SoundPacketiser::create({}, 5).value();
  for (std::uint8_t i = 0; i < 8; ++i) ASSERT_TRUE(packets.send(opus(i), sink));
  ASSERT_EQ(sink.sent.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) {
    const auto& packet = sink.sent[i];
    const auto block = i / 6;
    const auto place = i % 6;
    EXPECT_EQ(packet[0], 0x80);
    EXPECT_EQ(packet[1], place < 4 ? 97 : 127);
    if (place < 4) {
      EXPECT_EQ(big(packet, 2, 2), block * 4 + place);
      EXPECT_EQ(big(packet, 4, 4), (block * 4 + place) * 5) << "milliseconds";
      EXPECT_EQ(packet.size(), 12U + 37);
    } else {
      EXPECT_EQ(packet[12], place - 4);
      EXPECT_EQ(packet[13], 97);
      EXPECT_EQ(big(packet, 14, 2), block * 4);
      EXPECT_EQ(big(packet, 16, 4), block * 20);
      EXPECT_EQ(packet.size(), 24U + 37);
    }
  }
}

TEST(SoundPackets, any_two_of_a_block_are_rebuilt) {
  Collector sink;
  auto packets = SoundPacketiser::create({}, 5).value();
  for (std::uint8_t i = 0; i < 4; ++i) ASSERT_TRUE(packets.send(opus(static_cast<std::uint8_t>(i * 50 + 3)), sink));
  for (std::size_t a = 0; a < 4; ++a)
    for (std::size_t b = 0; b < a; ++b) {
      std::vector<std::optional<test::Shard>> data;
      std::vector<std::optional<test::Shard>> parity;
      for (std::size_t i = 0; i < 4; ++i) data.emplace_back(test::Shard(sink.sent[i].begin() + 12, sink.sent[i].end()));
      for (std::size_t i = 4; i < 6; ++i)
        parity.emplace_back(test::Shard(sink.sent[i].begin() + 24, sink.sent[i].end()));
      const auto lost_a = data[a];
      const auto lost_b = data[b];
      data[a].reset();
      data[b].reset();
      ASSERT_TRUE(test::rebuild(test::sound_matrix(), data, parity));
      EXPECT_EQ(data[a], lost_a);
      EXPECT_EQ(data[b], lost_b);
    }
}

TEST(SoundPackets, encryption_counts_on_from_a_negative_key_number) {
  StreamKey key{};
  key[3] = std::byte{9};
  Collector sink;
  auto packets = SoundPacketiser::create({.key = key, .key_id = -1, .on = true}, 5).value();
  for (std::uint8_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(packets.send(opus(i), sink));
    const auto& packet = sink.sent.back();
    std::array<unsigned char, 16> iv{};
    const auto number = static_cast<std::uint32_t>(-1) + i;
    for (unsigned byte = 0; byte < 4; ++byte) iv[byte] = static_cast<unsigned char>(number >> (24 - 8 * byte));
    const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    Bytes text(packet.size());
    int size = 0;
    int rest = 0;
    ASSERT_EQ(EVP_DecryptInit_ex(context.get(), EVP_aes_128_cbc(), nullptr,
                                 reinterpret_cast<const unsigned char*>(key.data()), iv.data()),
              1);
    ASSERT_EQ(
        EVP_DecryptUpdate(context.get(), text.data(), &size, packet.data() + 12, static_cast<int>(packet.size() - 12)),
        1);
    ASSERT_EQ(EVP_DecryptFinal_ex(context.get(), text.data() + size, &rest), 1);
    text.resize(static_cast<std::size_t>(size + rest));
    EXPECT_EQ(text, Bytes(37, i));
  }
}

TEST(SoundPackets, a_block_of_unequal_packets_does_without_parity) {
  Collector sink;
  auto packets = SoundPacketiser::create({}, 5).value();
  for (std::uint8_t i = 0; i < 3; ++i) ASSERT_TRUE(packets.send(opus(i), sink));
  ASSERT_TRUE(packets.send(std::vector(5, std::byte{1}), sink));
  EXPECT_EQ(sink.sent.size(), 4U);
}

TEST(SoundEncoding, packets_of_a_stream_have_one_size_that_fits_a_datagram) {
  for (const std::uint8_t channels : std::to_array<std::uint8_t>({2, 6, 8}))
    for (const bool high : {false, true})
      for (const unsigned ms : {5U, 10U}) {
        auto encoder = SoundEncoder::create({.format = {channels}, .high_quality = high, .packet_ms = ms});
        ASSERT_TRUE(encoder);
        std::size_t size = 0;
        std::size_t packets = 0;
        for (int i = 0; i < 20; ++i) {
          std::vector<float> samples(std::size_t{audio_packet_samples} * channels);
          for (std::size_t s = 0; s < samples.size(); ++s)
            samples[s] = i < 10 ? 0.F : std::sin(static_cast<float>(s * s));
          const auto packet = (*encoder)->encode(samples);
          ASSERT_TRUE(packet);
          if (packet->empty()) continue;
          ++packets;
          if (size == 0) size = packet->size();
          EXPECT_EQ(packet->size(), size);
        }
        EXPECT_EQ(packets, 100 / ms);
        EXPECT_LE(size, SoundEncoder::max_packet);
      }
}

}  // namespace
}  // namespace pf::host::gamestream
