// Seals and opens media packets: header as associated data, nonce from the packet number, each number once.
// docs/protocol.md, "Keys".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "core/base/error.h"
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

/// A key of its own for each stream and direction: HKDF-Expand (RFC 5869) of the secret with info "punktfunk-1 key"
/// resp. "punktfunk-1 iv", then the byte of the stream, then the byte of the direction.
MediaKey derive_media_key(const MediaSecret& secret, wire::StreamKind stream, Direction direction);

/// One stream, one direction, one thread.
class PacketSealer {
 public:
  static Result<PacketSealer> create(const MediaKey& key);

  /// The nonce is the iv XOR the packet number as 96 bits, big-endian, as TLS 1.3 does (RFC 8446, section 5.3).
  /// `packet` is header (room only), payload, tag (room only). Numbers the header, writes it, encrypts the payload in
  /// place, writes the tag. Errors: exhausted after 2^48 packets.
  Result<void> seal(wire::MediaHeader header, std::span<std::byte> packet);
  [[nodiscard]] std::uint64_t sealed() const { return next_; }

 private:
  PacketSealer(Aes128Gcm aead, const AeadNonce& iv) : aead_(std::move(aead)), iv_(iv) {}
  Aes128Gcm aead_;
  AeadNonce iv_;
  std::uint64_t next_ = 0;
};

struct OpenedPacket {
  wire::MediaHeader header;
  std::span<std::byte> payload;  // inside the packet that was given
};

class PacketOpener {
 public:
  static Result<PacketOpener> create(const MediaKey& key, wire::StreamKind stream);

  /// Decrypts in place. Errors: truncated, malformed, unsupported; refused (a replay, or older than the window);
  /// unauthenticated. After an error nothing has changed.
  Result<OpenedPacket> open(std::span<std::byte> packet);

 private:
  PacketOpener(Aes128Gcm aead, const AeadNonce& iv, wire::StreamKind stream)
      : aead_(std::move(aead)), iv_(iv), stream_(stream) {}
  Aes128Gcm aead_;
  AeadNonce iv_;
  wire::StreamKind stream_;
  ReplayWindow window_;
};

}  // namespace pf::crypto
