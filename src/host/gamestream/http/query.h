// The target of a client's request: "/launch?appid=1&mode=1920x1080x60&...".
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace pf::host::gamestream {

/// The longest one is step 1 of a pairing, which carries a certificate in hexadecimal twice over.
inline constexpr std::size_t max_target = 16'384;  // bytes
inline constexpr std::size_t max_parameters = 64;

struct Query {
  std::string path;  // without the slash: "serverinfo"
  std::map<std::string, std::string, std::less<>> parameters;

  /// RFC 3986, origin form (RFC 9112, section 3.2.1). Errors: malformed (no such form, an escape that is none, a
  /// control character, too long, too many). Of a parameter that stands there twice the first counts.
  static Result<Query> parse(std::string_view target);

  /// Empty where the parameter is missing.
  [[nodiscard]] std::string_view text(std::string_view name) const;
  /// Decimal, with a sign or without. nullopt: missing, or no such number.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;
};

}  // namespace pf::host::gamestream
