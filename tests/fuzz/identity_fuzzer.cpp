// identity.pem as anything at all. A first byte 'p': the rest is the file. Any other: the rest is a private key and a
// certificate in DER, put into PEM here, so that the fuzzer gets past the base64.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/evp.h>

#include "control/trust/identity.h"
#include "core/wire/bytes.h"
#include "fuzz/require.h"
#include "support/temporary_folder.h"

namespace {

using namespace pf;
namespace fs = std::filesystem;

std::string pem(const std::string& label, std::span<const std::byte> der) {
  std::vector<unsigned char> base64(4 * ((der.size() + 2) / 3) + 1);
  const auto* from = reinterpret_cast<const unsigned char*>(der.data());
  const int size = EVP_EncodeBlock(base64.data(), from, static_cast<int>(der.size()));
  std::string text = "-----BEGIN " + label + "-----\n";
  for (int at = 0; at < size; at += 64) {
    text.append(reinterpret_cast<const char*>(base64.data()) + at, static_cast<std::size_t>(std::min(64, size - at)));
    text += '\n';
  }
  return text + "-----END " + label + "-----\n";
}

std::string file_of(std::span<const std::byte> input) {
  wire::Reader in(input);
  if (in.read<std::uint8_t>() == 'p') return std::string(in.take_text(in.remaining()));
  const auto key = in.take(std::min<std::size_t>(in.read<std::uint16_t>(), in.remaining()));
  return pem("PRIVATE KEY", key) + pem("CERTIFICATE", in.rest());
}

void write(const fs::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const test::TemporaryFolder folder;
  const auto file = folder.path() / "identity.pem";
  const auto text = file_of(std::as_bytes(std::span(data, size)));
  write(file, text);
  const auto identity = control::Identity::load_or_create(folder.path(), "fuzz");
  fuzz::require(fs::file_size(file) == text.size());  // whatever it is, it is the user's
  if (!identity) {
    fuzz::require(identity.error().code == ErrorCode::malformed);
    return 0;
  }
  write(file, identity->private_key_pem + identity->certificate_pem);
  const auto again = control::Identity::load_or_create(folder.path(), "fuzz");
  fuzz::require(again && again->fingerprint == identity->fingerprint);
  return 0;
}
