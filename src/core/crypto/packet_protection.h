// Seals and opens media packets: header as associated data, nonce from the packet number, each number once.
// docs/protocol.md, "Keys".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "core/base/error.h"
#include "core/base/media_cipher.h"
#include "core/crypto/aead.h"
#include "core/crypto/replay_window.h"
#include "core/wire/media_header.h"

namespace pf::crypto {

inline constexpr std::string_view media_exporter_label = "EXPORTER-punktfunk-media-1";
using MediaSecret = std::array<std::byte, 32>;  // from the TLS exporter (RFC 8446, section 7.5), empty context

enum class Direction : std::uint8_t { host_to_client = 0, client_to_host = 1 };

struct MediaKey {
  AeadKey key;
  AeadNonce iv;
};

/// A key of its own for each cipher, stream and direction: HKDF-Expand (RFC 5869) of the secret with info
/// "punktfunk-1 key" resp. "punktfunk-1 iv", for ChaCha20-Poly1305 "punktfunk-1 chacha20 key" resp. "punktfunk-1
/// chacha20 iv", then the byte of the stream, then the byte of the direction. The key of video from the host under
/// AES-128-GCM has 70 75 6e 6b 74 66 75 6e 6b 2d 31 20 6b 65 79 00 00.
MediaKey derive_media_key(const MediaSecret& secret, wire::StreamKind stream, Direction direction,
                          MediaCipher cipher = MediaCipher::aes_128_gcm);

/// The nonces of a stream's packets: its IV XOR the packet number as 96 bits, big-endian, as TLS 1.3 does (RFC 8446,
/// section 5.3).
class PacketNonce {
 public:
  explicit PacketNonce(const AeadNonce& iv) : iv_{iv, {}} {}
  /// Good until the next call.
  const AeadNonce& of(std::uint64_t packet_number);

 private:
  /// As wide as a vector: ciphers fetch a nonce as one, and if it was stored in pieces they wait until these have
  /// reached the cache, which takes a sixth of the time of a packet.
  struct alignas(16) Room {
    AeadNonce nonce;
    std::array<std::byte, 16 - aead_nonce_size> unused;
  };
  Room iv_;
  Room present_{};
};

/// One stream, one direction, one thread.
class PacketSealer {
 public:
  /// `first` is the first packet's number: 0, but for tests of the far end.
  static Result<PacketSealer> create(const MediaKey& key, std::uint64_t first = 0);

  /// `packet` is header (room only), payload, tag (room only). Numbers the header, writes it, encrypts the payload in
  /// place, writes the tag. Errors: invalid_argument (no room for header and tag); exhausted after 2^48 packets.
  Result<void> seal(wire::MediaHeader header, std::span<std::byte> packet);
  /// The same, with a payload that is elsewhere. Errors also: invalid_argument (it does not have the size that the
  /// packet leaves it).
  Result<void> seal(wire::MediaHeader header, std::span<const std::byte> payload, std::span<std::byte> packet);
  /// The number that the next packet will get.
  [[nodiscard]] std::uint64_t sealed() const { return next_; }

 private:
  PacketSealer(std::unique_ptr<Aead> aead, const AeadNonce& iv, std::uint64_t first)
      : aead_(std::move(aead)), nonce_(iv), next_(first) {}
  std::unique_ptr<Aead> aead_;
  PacketNonce nonce_;
  std::uint64_t next_;
};

struct OpenedPacket {
  wire::MediaHeader header;
  std::span<std::byte> payload;  // inside the packet that was given
};

class PacketOpener {
 public:
  static Result<PacketOpener> create(const MediaKey& key, wire::StreamKind stream);

  /// Decrypts in place. Errors: truncated; malformed (also: another stream's); unsupported; refused (a replay, or older
  /// than the window); unauthenticated, and then the payload is worthless. After an error the opener is as it was.
  Result<OpenedPacket> open(std::span<std::byte> packet);

 private:
  PacketOpener(std::unique_ptr<Aead> aead, const AeadNonce& iv, wire::StreamKind stream)
      : aead_(std::move(aead)), nonce_(iv), stream_(stream) {}
  std::unique_ptr<Aead> aead_;
  PacketNonce nonce_;
  wire::StreamKind stream_;
  ReplayWindow window_;
};

}  // namespace pf::crypto
