// Times, bytes and connection ids in the form that ngtcp2 takes.
#pragma once

#include <ngtcp2/ngtcp2.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/clock.h"
#include "core/crypto/hash.h"

namespace pf::control {

/// Bytes of every connection id that this side gives out: short-header packets do not say how long theirs is.
inline constexpr std::size_t connection_id_size = 16;

inline ngtcp2_tstamp to_stamp(TimePoint t) {
  return static_cast<ngtcp2_tstamp>(t.time_since_epoch().count());
}
inline ngtcp2_duration to_duration(Duration t) {
  return static_cast<ngtcp2_duration>(t.count());
}

inline std::uint8_t* to_octets(std::span<std::byte> bytes) {
  return reinterpret_cast<std::uint8_t*>(bytes.data());
}
inline const std::uint8_t* to_octets(std::span<const std::byte> bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

inline ngtcp2_cid random_connection_id(std::size_t size = connection_id_size) {
  std::array<std::byte, NGTCP2_MAX_CIDLEN> bytes{};
  crypto::random_bytes(bytes);
  ngtcp2_cid id;
  ngtcp2_cid_init(&id, to_octets(std::span<const std::byte>(bytes)), size);
  return id;
}

}  // namespace pf::control
