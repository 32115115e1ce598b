// What a server answers without keeping anything about the asker: other versions, Retry, stateless reset.
#pragma once

#include <ngtcp2/ngtcp2.h>

#include <optional>
#include <span>
#include <vector>

#include "control/quic/quic_path.h"
#include "core/base/clock.h"

namespace pf::control {

/// Each returns one packet, or nothing where there is nothing to say. None is longer than three times what it answers.
using Reply = std::vector<std::byte>;

/// "Version 1 only" (RFC 9000, section 6), for a client's first packet, which has at least 1,200 bytes.
Reply write_version_negotiation(const ngtcp2_version_cid& header);

/// Asks a client to show that it receives at its address (RFC 9000, section 8.1.2).
Reply write_retry(const ngtcp2_pkt_hd& first, const QuicPath& path, std::span<const std::byte> secret, TimePoint now);
/// The id that the client chose at first; nullopt when `first` does not carry a token of ours for this address.
std::optional<ngtcp2_cid> check_retry(const ngtcp2_pkt_hd& first, const QuicPath& path,
                                      std::span<const std::byte> secret, TimePoint now);

/// Tells a peer that its connection is unknown here (RFC 9000, section 10.3). Shorter than the packet that it answers,
/// so that two that do not know each other fall silent.
Reply write_stateless_reset(const ngtcp2_version_cid& header, std::size_t answered, std::span<const std::byte> secret);

}  // namespace pf::control
