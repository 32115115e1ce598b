#include "host/cli/toml.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "host/cli/config_text.h"

namespace pf::host {

std::string at(const std::string& origin, const toml::source_region& where) {
  return fmt::format("{}:{}", origin, where.begin.line);
}

Result<toml::table> parse_toml(std::string_view text, const std::string& origin) {
  const auto plain = to_plain_text(text, origin);
  if (!plain) return std::unexpected(plain.error());
  toml::parse_result parsed = toml::parse(std::string_view(*plain));
  if (!parsed) {
    return fail(ErrorCode::malformed, fmt::format("{}: {}", at(origin, parsed.error().source()),
                                                  from_plain_text(parsed.error().description())));
  }
  return std::move(parsed).table();
}

Result<std::string> read_toml(const std::filesystem::path& file, const std::string& what) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(file, ec);
  if (ec) return fail(ErrorCode::not_found, fmt::format("cannot read {} {}: {}", what, file.string(), ec.message()));
  if (size > max_config_bytes)
    return fail(ErrorCode::malformed, fmt::format("{} is over 1 MiB: not {}", file.string(), what));
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fail(ErrorCode::io, fmt::format("cannot read {} {}", what, file.string()));
  return text.str();
}

}  // namespace pf::host
