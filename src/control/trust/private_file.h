// Files that hold secrets: only their owner may read them, and a crash leaves the old one or the new one, never half.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace pf::control {

/// The whole file. Errors: not_found; permission (others may read it: says which chmod mends it); malformed (over
/// `most` bytes); io.
Result<std::string> read_private_file(const std::filesystem::path& file, std::size_t most);

/// Writes beside it and renames; makes the folder (0700) if it is missing; the file has mode 0600 from its first byte
/// on. Errors: permission, io.
Result<void> write_private_file(const std::filesystem::path& file, std::string_view text);

}  // namespace pf::control
