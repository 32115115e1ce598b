#include "host/gamestream/pairing/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string>

#include "control/trust/x509_fingerprint.h"
#include "core/base/owned.h"

namespace pf::host::gamestream {
namespace {

using Bio = Owned<BIO, BIO_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Digest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

const unsigned char* octets(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Bio reader(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Without it OpenSSL would ask for a password on the terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
  return -1;
}

}  // namespace

Result<Certificate> Certificate::from_pem(std::string_view pem) {
  if (pem.size() > max_certificate_pem) return fail(ErrorCode::malformed, "a certificate that is too long");
  const auto bio = reader(pem);
  Certificate certificate(
      std::shared_ptr<X509>(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr), &X509_free));
  auto* const x509 = certificate.x509_.get();
  if (x509 == nullptr) return fail(ErrorCode::malformed, "this is no certificate");
  if (X509_get0_pubkey(x509) == nullptr) return fail(ErrorCode::malformed, "a certificate without a usable key");

  const auto fingerprint = control::fingerprint_of(x509);
  if (!fingerprint) return fail(ErrorCode::malformed, "a certificate that cannot be encoded");
  certificate.fingerprint_ = *fingerprint;

  const ASN1_BIT_STRING* bits = nullptr;
  X509_get0_signature(&bits, nullptr, x509);
  const auto* data = reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(bits));
  certificate.signature_.assign(data, data + ASN1_STRING_length(bits));
  return certificate;
}

bool Certificate::has_signed(std::span<const std::byte> message, std::span<const std::byte> signature) const {
  const Digest digest(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(x509_.get())) == 1 &&
         EVP_DigestVerify(digest.get(), octets(signature), signature.size(), octets(message), message.size()) == 1;
}

Result<std::vector<std::byte>> sign(const control::Identity& identity, std::span<const std::byte> message) {
  const auto bio = reader(identity.private_key_pem);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  const Digest digest(EVP_MD_CTX_new());
  std::size_t size = 0;
  std::vector<std::byte> signature;
  if (key && EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestSign(digest.get(), nullptr, &size, octets(message), message.size()) == 1) {
    signature.resize(size);
    if (EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets(message),
                       message.size()) == 1) {
      signature.resize(size);
      return signature;
    }
  }
  return fail(ErrorCode::internal, "OpenSSL could not sign with this host's key");
}

}  // namespace pf::host::gamestream
