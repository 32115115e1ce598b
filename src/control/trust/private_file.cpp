#include "control/trust/private_file.h"

#include <fstream>
#include <sstream>

#include "core/crypto/hash.h"

namespace pf::control {
namespace {

namespace fs = std::filesystem;

constexpr auto others = fs::perms::group_all | fs::perms::others_all;

Result<void> make_folder(const fs::path& folder) {
  std::error_code ec;
  if (fs::exists(folder, ec)) return {};
  fs::create_directories(folder, ec);
  if (!ec) fs::permissions(folder, fs::perms::owner_all, ec);
  if (ec) return fail(ErrorCode::permission, "cannot make the folder " + folder.string() + ": " + ec.message());
  return {};
}

}  // namespace

Result<std::string> read_private_file(const fs::path& file, std::size_t most) {
  std::error_code ec;
  const auto status = fs::status(file, ec);
  if (!fs::exists(status)) return fail(ErrorCode::not_found, file.string() + " does not exist");
  if (!fs::is_regular_file(status)) return fail(ErrorCode::malformed, file.string() + " is not a file");
  if ((status.permissions() & others) != fs::perms::none) {
    return fail(ErrorCode::permission,
                file.string() + " can be read by other users; mend it with: chmod 600 " + file.string());
  }
  const auto size = fs::file_size(file, ec);
  if (ec) return fail(ErrorCode::io, "cannot read " + file.string() + ": " + ec.message());
  if (size > most) return fail(ErrorCode::malformed, file.string() + " is larger than such a file can be");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fail(ErrorCode::io, "cannot read " + file.string());
  return text.str();
}

Result<void> write_private_file(const fs::path& file, std::string_view text) {
  if (auto made = make_folder(file.parent_path()); !made) return made;
  std::array<std::byte, 8> salt{};
  crypto::random_bytes(salt);
  const fs::path fresh = file.string() + "." + crypto::to_hex(salt);
  std::error_code ec;
  const auto give_up = [&](const std::string& why) -> Result<void> {
    std::error_code ignored;
    fs::remove(fresh, ignored);
    return fail(ErrorCode::io, "cannot write " + file.string() + ": " + why);
  };
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    if (!out) return fail(ErrorCode::permission, "cannot write into " + file.parent_path().string());
    // Before any secret is in it.
    fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, ec);
    if (ec) return give_up(ec.message());
    out << text;
    out.flush();
    if (!out) return give_up("the disk may be full");
  }
  fs::rename(fresh, file, ec);
  if (ec) return give_up(ec.message());
  return {};
}

}  // namespace pf::control
