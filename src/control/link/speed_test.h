// Measures what the path from a host carries, without a stream.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "control/quic/quic_port.h"
#include "core/base/cpu_features.h"
#include "core/crypto/cipher_choice.h"
#include "core/rate/capacity_search.h"

namespace pf::control {

struct SpeedOptions {
  Identity identity;
  std::string client_name;
  net::Address host;
  Fingerprint pinned{};
  milliseconds length{5000};                                                         // of all trains together
  Bitrate ceiling = 1000_mbps;                                                       // the host has one of its own
  std::vector<MediaCipher> ciphers = crypto::cipher_preference(cpu_features().aes);  // to be offered, best first
};

struct SpeedFigures {
  rate::PathFigures path;
  std::uint32_t trains = 0;
  std::optional<microseconds> round_trip;         // the shortest while nothing else was sent
  std::optional<microseconds> loaded_round_trip;  // the median while trains were under way
};

/// Blocks for about `length`. Errors: those of connecting; refused, with the host's sentence; timeout (a host that
/// knows no speed test, or a path that lets nothing through); closed (`stop`).
Result<SpeedFigures> measure_speed(const SpeedOptions& options, const Clock& clock, const std::stop_token& stop = {});
/// The same over a client's port that is open.
Result<SpeedFigures> measure_speed_over(std::unique_ptr<QuicPort> port, const SpeedOptions& options, const Clock& clock,
                                        const std::stop_token& stop = {});

}  // namespace pf::control
