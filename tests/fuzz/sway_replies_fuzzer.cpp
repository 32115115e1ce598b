// What comes back over Sway's IPC: a header and a payload of any bytes.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.h"
#include "host/linux/display/sway_replies.h"

namespace {

using namespace pf;
using namespace pf::host;

void read_payload(std::string_view payload) {
  const auto value = sway::parse(payload);
  if (!value) return;
  const auto outcome = sway::outcome_of("create_output", *value);
  if (outcome) fuzz::require(value->is_array());
  const auto outputs = sway::outputs_of(*value);
  for (const auto& output : outputs) fuzz::require(!output.name.empty());
  // It becomes an argument of a command.
  const auto right = sway::right_edge(outputs, outputs.empty() ? "" : outputs.front().name);
  fuzz::require(right >= 0 && right <= std::int64_t{2} << 20);
  for (const auto& input : sway::inputs_of(*value)) fuzz::require(!input.empty());
  if (sway::version_of(*value).unplugs) fuzz::require(value->is_object());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_payload(bytes);
  const auto announced = sway::payload_size(bytes.substr(0, sway::header_size));
  if (announced) {
    fuzz::require(bytes.starts_with("i3-ipc") && *announced <= std::size_t{8} << 20);
    const auto payload = bytes.substr(sway::header_size);
    read_payload(payload.substr(0, *announced));
    const auto again = sway::message(0, payload);
    fuzz::require(sway::payload_size(std::string_view(again).substr(0, sway::header_size)).value() == payload.size());
  }
  return 0;
}
