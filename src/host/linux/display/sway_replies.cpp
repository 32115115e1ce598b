#include "host/linux/display/sway_replies.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstring>
#include <utility>

namespace pf::host::sway {
namespace {

namespace json = boost::json;

constexpr std::string_view magic = "i3-ipc";
constexpr std::uint32_t most_payload = 8u << 20;
constexpr std::int64_t farthest = 1 << 20;  // pixels; no layout is so large

std::int64_t integer(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

std::int64_t pixels(const json::object& object, std::string_view key) {
  return std::clamp(integer(object, key), -farthest, farthest);
}

bool truth(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::string text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

const json::object* child(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}

}  // namespace

std::string message(std::uint32_t kind, std::string_view payload) {
  std::string bytes(magic);
  const auto size = static_cast<std::uint32_t>(payload.size());
  bytes.append(reinterpret_cast<const char*>(&size), sizeof(size));
  bytes.append(reinterpret_cast<const char*>(&kind), sizeof(kind));
  return bytes.append(payload);
}

Result<std::size_t> payload_size(std::string_view header) {
  std::uint32_t size = 0;
  if (header.size() == header_size) std::memcpy(&size, header.data() + magic.size(), sizeof(size));
  if (header.size() != header_size || !header.starts_with(magic) || size > most_payload)
    return fail(ErrorCode::malformed, "Sway's answer makes no sense");
  return size;
}

Result<json::value> parse(std::string_view payload) {
  boost::system::error_code ec;
  auto value = json::parse(payload, ec);
  if (ec) return fail(ErrorCode::malformed, "Sway's answer is not JSON");
  return value;
}

Result<void> outcome_of(const std::string& command, const json::value& reply) {
  if (!reply.is_array()) return fail(ErrorCode::malformed, "Sway's answer makes no sense");
  for (const auto& result : reply.as_array()) {
    const auto* object = result.if_object();
    if (object != nullptr && truth(*object, "success")) continue;
    const auto why = object != nullptr ? text(*object, "error") : "";
    return fail(ErrorCode::refused,
                fmt::format("Sway refused '{}': {}", command, why.empty() ? "no reason given" : why));
  }
  return {};
}

std::vector<OutputState> outputs_of(const json::value& reply) {
  std::vector<OutputState> outputs;
  if (!reply.is_array()) return outputs;
  for (const auto& entry : reply.as_array()) {
    const auto* object = entry.if_object();
    if (object == nullptr) continue;
    OutputState output;
    output.name = text(*object, "name");
    if (output.name.empty()) continue;
    output.active = truth(*object, "active");
    if (const auto* rect = child(*object, "rect")) {
      output.x = pixels(*rect, "x");
      output.width = pixels(*rect, "width");
    }
    if (const auto* mode = child(*object, "current_mode")) {
      output.mode_width = static_cast<std::uint32_t>(std::max<std::int64_t>(pixels(*mode, "width"), 0));
      output.mode_height = static_cast<std::uint32_t>(std::max<std::int64_t>(pixels(*mode, "height"), 0));
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

std::int64_t right_edge(const std::vector<OutputState>& outputs, std::string_view except) {
  std::int64_t right = 0;
  for (const auto& output : outputs) {
    if (output.active && output.name != except) right = std::max(right, output.x + output.width);
  }
  return right;
}

std::string input_identifier(std::uint16_t vendor, std::uint16_t product, std::string_view name) {
  std::string plain(name);
  std::ranges::replace_if(plain, [](unsigned char c) { return c <= ' ' || c > '~'; }, '_');
  return fmt::format("{}:{}:{}", vendor, product, plain);
}

std::vector<std::string> inputs_of(const json::value& reply) {
  std::vector<std::string> identifiers;
  if (!reply.is_array()) return identifiers;
  for (const auto& entry : reply.as_array()) {
    const auto* object = entry.if_object();
    if (object == nullptr) continue;
    if (auto identifier = text(*object, "identifier"); !identifier.empty())
      identifiers.push_back(std::move(identifier));
  }
  return identifiers;
}

Version version_of(const json::value& reply) {
  const auto* object = reply.if_object();
  if (object == nullptr) return {};
  return {text(*object, "human_readable"), std::pair(integer(*object, "major"), integer(*object, "minor")) >=
                                               std::pair<std::int64_t, std::int64_t>(1, 8)};
}

}  // namespace pf::host::sway
