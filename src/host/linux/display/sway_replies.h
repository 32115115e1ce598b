// What Sway answers over its IPC (sway-ipc(7), the protocol of i3): bytes to values, bounded.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace pf::host::sway {

/// A message is "i3-ipc", the payload's size and the kind, each in 4 bytes of the machine's order, and the payload.
inline constexpr std::size_t header_size = 14;

[[nodiscard]] std::string message(std::uint32_t kind, std::string_view payload);
/// The payload's size. Errors: malformed (no header, or more than 8 MiB).
Result<std::size_t> payload_size(std::string_view header);
/// Errors: malformed.
Result<boost::json::value> parse(std::string_view payload);

/// What became of `command`. Errors: malformed; refused, with Sway's own words.
Result<void> outcome_of(const std::string& command, const boost::json::value& reply);

struct OutputState {
  std::string name;
  bool active = false;
  std::int64_t x = 0;
  std::int64_t width = 0;  // of its place in the layout
  std::uint32_t mode_width = 0;
  std::uint32_t mode_height = 0;
};
/// What makes no sense is left out.
std::vector<OutputState> outputs_of(const boost::json::value& reply);
/// Right of all that is shown, but for the output `except`.
std::int64_t right_edge(const std::vector<OutputState>& outputs, std::string_view except);

/// What Sway calls an input device (sway-input(5)).
[[nodiscard]] std::string input_identifier(std::uint16_t vendor, std::uint16_t product, std::string_view name);
/// The identifiers of all there are.
std::vector<std::string> inputs_of(const boost::json::value& reply);

struct Version {
  std::string text;      // empty: unknown
  bool unplugs = false;  // it knows `output ... unplug`
};
Version version_of(const boost::json::value& reply);

}  // namespace pf::host::sway
