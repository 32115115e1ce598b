// Who this host or client is: a self-signed certificate made on first start and pinned by the other side at pairing.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>

#include "core/base/error.h"

namespace pf::control {

/// SHA-256 of a certificate's DER encoding.
using Fingerprint = std::array<std::byte, 32>;
std::string to_hex(const Fingerprint& fingerprint);

/// P-256 is the native protocol's; GameStream's clients know RSA alone.
enum class KeyKind { p256, rsa2048 };

struct Identity {
  std::string certificate_pem;
  std::string private_key_pem;
  Fingerprint fingerprint{};

  /// Self-signed, 20 years, subject CN = `name`.
  static Result<Identity> generate(const std::string& name, KeyKind kind = KeyKind::p256);
  /// Key and certificate in one text, in either order. Errors: malformed.
  static Result<Identity> from_pem(const std::string& pem);
  /// Reads identity.pem (identity-rsa.pem for RSA) in `folder`, or makes it there (folder 0700, file 0600, written
  /// whole or not at all). Errors: permission (the file can be read by others: says which chmod mends it), malformed,
  /// io.
  static Result<Identity> load_or_create(const std::filesystem::path& folder, const std::string& name,
                                         KeyKind kind = KeyKind::p256);
};

}  // namespace pf::control
