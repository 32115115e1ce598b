// toml++ as the host's files are read with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

// toml++ 3.3 asserts that a key begins as one may, right in front of the code that reports one that does not ("[."),
// and lets the optimiser rely on it where assertions are off.
#undef NDEBUG
#define TOML_ASSERT(expr) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "core/base/error.h"

namespace pf::host {

inline constexpr std::uintmax_t max_config_bytes = 1u << 20;

/// The table that the text is, in which everything beyond ASCII is as to_plain_text() writes it; from_plain_text()
/// gives keys and values back. `origin` names the text in errors. Errors: malformed (with the line).
Result<toml::table> parse_toml(std::string_view text, const std::string& origin);

/// The whole file, "a configuration file" or whatever `what` it is. Errors: not_found, malformed (over 1 MiB), io.
Result<std::string> read_toml(const std::filesystem::path& file, const std::string& what);

/// "file:line" of a node.
std::string at(const std::string& origin, const toml::source_region& where);

}  // namespace pf::host
