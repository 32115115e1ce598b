#include "control/quic/stateless_replies.h"

#include <ngtcp2/ngtcp2_crypto.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "control/quic/ngtcp2_convert.h"

namespace pf::control {
namespace {

constexpr std::chrono::seconds retry_token_life{10};
constexpr std::size_t longest_reset = 42;
constexpr std::size_t shortest_reset = 21;

Reply shortened(Reply packet, ngtcp2_ssize size) {
  packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return packet;
}

}  // namespace

Reply write_version_negotiation(const ngtcp2_version_cid& header) {
  const std::uint32_t version = NGTCP2_PROTO_VER_V1;
  std::array<std::byte, 1> random{};
  crypto::random_bytes(random);
  random[0] |= std::byte{0x40};  // looks like QUIC's fixed bit (RFC 9000, section 17.2.1), and so unlike media
  Reply out(1 + 4 + 1 + header.dcidlen + 1 + header.scidlen + 4);
  const auto size = ngtcp2_pkt_write_version_negotiation(to_octets(std::span(out)), out.size(),
                                                         std::to_integer<std::uint8_t>(random[0]), header.scid,
                                                         header.scidlen, header.dcid, header.dcidlen, &version, 1);
  return shortened(std::move(out), size);
}

Reply write_retry(const ngtcp2_pkt_hd& first, const QuicPath& path, std::span<const std::byte> secret, TimePoint now) {
  const auto own = random_connection_id();
  std::array<std::uint8_t, NGTCP2_CRYPTO_MAX_RETRY_TOKENLEN> token{};
  const auto& remote = path.get().remote;
  const auto token_size =
      ngtcp2_crypto_generate_retry_token(token.data(), to_octets(secret), secret.size(), first.version, remote.addr,
                                         remote.addrlen, &own, &first.dcid, to_stamp(now));
  if (token_size < 0) return {};
  Reply out(512);
  const auto size = ngtcp2_crypto_write_retry(to_octets(std::span(out)), out.size(), first.version, &first.scid, &own,
                                              &first.dcid, token.data(), static_cast<std::size_t>(token_size));
  return shortened(std::move(out), size);
}

std::optional<ngtcp2_cid> check_retry(const ngtcp2_pkt_hd& first, const QuicPath& path,
                                      std::span<const std::byte> secret, TimePoint now) {
  ngtcp2_cid original;
  const auto& remote = path.get().remote;
  const int rv = ngtcp2_crypto_verify_retry_token(&original, first.token.base, first.token.len, to_octets(secret),
                                                  secret.size(), first.version, remote.addr, remote.addrlen,
                                                  &first.dcid, to_duration(retry_token_life), to_stamp(now));
  if (rv != 0) return std::nullopt;
  return original;
}

Reply write_stateless_reset(const ngtcp2_version_cid& header, std::size_t answered, std::span<const std::byte> secret) {
  if (answered <= shortest_reset || header.dcidlen != connection_id_size) return {};
  ngtcp2_cid id;
  ngtcp2_cid_init(&id, header.dcid, header.dcidlen);
  std::array<std::uint8_t, NGTCP2_STATELESS_RESET_TOKENLEN> token{};
  if (ngtcp2_crypto_generate_stateless_reset_token(token.data(), to_octets(secret), secret.size(), &id) != 0) return {};
  Reply out(std::min(answered - 1, longest_reset));
  std::array<std::byte, longest_reset> random{};
  crypto::random_bytes(random);
  const auto size =
      ngtcp2_pkt_write_stateless_reset(to_octets(std::span(out)), out.size(), token.data(),
                                       to_octets(std::span<const std::byte>(random)), out.size() - token.size());
  return shortened(std::move(out), size);
}

}  // namespace pf::control
