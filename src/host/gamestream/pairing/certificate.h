// What GameStream's pairing asks of X.509: a certificate as a client sends it, the signature inside, and what its key
// has signed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "control/trust/identity.h"
#include "core/base/error.h"

struct x509_st;

namespace pf::host::gamestream {

inline constexpr std::size_t max_certificate_pem = 8'192;  // bytes; clients send about 1,200

/// Immutable. Neither its dates nor its issuer are looked at, here or anywhere: a client is who holds the key to the
/// very certificate that was paired.
class Certificate {
 public:
  /// Errors: malformed (no PEM certificate, too long, or a key that cannot verify signatures).
  static Result<Certificate> from_pem(std::string_view pem);

  /// SHA-256 of the DER encoding: what the trust store knows a client by.
  [[nodiscard]] const control::Fingerprint& fingerprint() const { return fingerprint_; }
  /// The issuer's signature, as it stands in the certificate: both sides hash it into their proofs.
  [[nodiscard]] std::span<const std::byte> signature() const { return signature_; }
  /// Whether the certificate's key has signed `message` (SHA-256; PKCS #1 v1.5 where it is RSA).
  [[nodiscard]] bool has_signed(std::span<const std::byte> message, std::span<const std::byte> signature) const;

 private:
  explicit Certificate(std::shared_ptr<x509_st> x509) : x509_(std::move(x509)) {}
  std::shared_ptr<x509_st> x509_;  // shared by copies of this value
  control::Fingerprint fingerprint_{};
  std::vector<std::byte> signature_;
};

/// What `identity`'s key says of `message`, to be checked by Certificate::has_signed(). Errors: internal.
Result<std::vector<std::byte>> sign(const control::Identity& identity, std::span<const std::byte> message);

}  // namespace pf::host::gamestream
