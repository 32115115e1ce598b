#include "control/discovery/announcement.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/wire/utf8.h"

namespace pf::control {
namespace {

constexpr std::size_t max_version_bytes = 32;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool is_version(std::string_view text) {
  return !text.empty() && text.size() <= max_version_bytes &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::optional<std::uint16_t> number(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

void read_protocols(std::string_view text, Announcement& announcement) {
  const std::size_t dash = text.find('-');
  const auto first = number(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : number(text.substr(dash + 1));
  if (!first || !last || *first > *last) return;
  announcement.min_protocol = *first;
  announcement.max_protocol = *last;
}

}  // namespace

std::vector<std::string> to_txt(const Announcement& announcement) {
  std::vector<std::string> strings;
  if (!announcement.version.empty()) strings.push_back("ver=" + announcement.version);
  if (announcement.min_protocol != 0) {
    std::string range = std::to_string(announcement.min_protocol);
    if (announcement.max_protocol != announcement.min_protocol)
      range += "-" + std::to_string(announcement.max_protocol);
    strings.push_back("proto=" + range);
  }
  if (!announcement.fingerprint.empty())
    strings.push_back("fp=" + announcement.fingerprint.substr(0, fingerprint_digits));
  return strings;
}

ServiceRecord to_record(const Announcement& announcement) {
  return {service_type, announcement.name, announcement.port, to_txt(announcement)};
}

void read_txt(std::span<const std::string> strings, Announcement& announcement) {
  for (const std::string_view string : strings) {
    const std::size_t equals = string.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = string.substr(0, equals), value = string.substr(equals + 1);
    if (key == "ver" && is_version(value)) announcement.version = value;
    if (key == "proto") read_protocols(value, announcement);
    if (key == "fp" && value.size() == fingerprint_digits && std::ranges::all_of(value, is_hex))
      announcement.fingerprint = value;
  }
}

std::string service_name(std::string_view name) {
  if (name.empty() || !wire::valid_utf8(name)) return "punktfunk";
  return std::string(wire::utf8_head(name, max_name_bytes));
}

}  // namespace pf::control
