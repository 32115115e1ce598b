#include "control/trust/identity.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <vector>

#include "control/trust/private_file.h"
#include "control/trust/x509_fingerprint.h"
#include "core/base/owned.h"
#include "core/crypto/hash.h"

namespace pf::control {
namespace {

constexpr std::size_t max_identity_bytes = 16'384;
constexpr long day = 24L * 60 * 60;

using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;
using Bio = Owned<BIO, BIO_free>;
using Bignum = Owned<BIGNUM, BN_free>;

std::unexpected<Error> failed(const char* what) {
  return fail(ErrorCode::internal, std::string("OpenSSL could not ") + what);
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Bio reader(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool random_serial(X509* certificate) {
  std::array<std::byte, 16> bytes{};
  crypto::random_bytes(bytes);
  bytes[0] = (bytes[0] & std::byte{0x7F}) | std::byte{0x40};  // positive, and never short
  const Bignum number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

Certificate self_signed(EVP_PKEY* key, const std::string& name) {
  Certificate certificate(X509_new());
  auto* const c = certificate.get();
  if (c == nullptr || X509_set_version(c, X509_VERSION_3) != 1 || !random_serial(c) ||
      X509_gmtime_adj(X509_getm_notBefore(c), -day) == nullptr ||
      X509_time_adj_ex(X509_getm_notAfter(c), 20 * 365, 0, nullptr) == nullptr || X509_set_pubkey(c, key) != 1) {
    return nullptr;
  }
  auto* const subject = X509_get_subject_name(c);
  const auto shortened = name.substr(0, 64);  // ub-common-name, RFC 5280
  if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(shortened.c_str()),
                                 static_cast<int>(shortened.size()), -1, 0) != 1 ||
      X509_set_issuer_name(c, subject) != 1 || X509_sign(c, key, EVP_sha256()) == 0) {
    return nullptr;
  }
  return certificate;
}

/// Without it OpenSSL would ask for the password of an encrypted key on the terminal, and wait.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
  return -1;
}

/// Both parts stand in one text, key first.
Result<Identity> parse(const std::string& text, const std::string& origin) {
  const auto malformed = [&](const char* what) {
    return fail(ErrorCode::malformed,
                origin + " " + what + "; move it away to make a new identity (paired devices must then pair again)");
  };
  const auto key_bio = reader(text);
  const Key key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_password, nullptr));
  if (!key) return malformed("holds no private key that can be read without a password");
  const auto certificate_bio = reader(text);
  const Certificate certificate(PEM_read_bio_X509(certificate_bio.get(), nullptr, no_password, nullptr));
  if (!certificate) return malformed("holds no certificate");
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return malformed("holds a key and a certificate that do not belong together");
  const auto fingerprint = fingerprint_of(certificate.get());
  if (!fingerprint) return std::unexpected(fingerprint.error());

  Identity identity{.certificate_pem = {}, .private_key_pem = {}, .fingerprint = *fingerprint};
  const Bio out_key(BIO_new(BIO_s_mem()));
  const Bio out_certificate(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PrivateKey(out_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(out_certificate.get(), certificate.get()) != 1) {
    return failed("write PEM");
  }
  identity.private_key_pem = text_of(out_key);
  identity.certificate_pem = text_of(out_certificate);
  return identity;
}

}  // namespace

Result<Fingerprint> fingerprint_of(const X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return failed("encode a certificate");
  std::vector<std::byte> der(static_cast<std::size_t>(size));
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(certificate, &at);
  return crypto::sha256(der);
}

std::string to_hex(const Fingerprint& fingerprint) {
  return crypto::to_hex(fingerprint);
}

Result<Identity> Identity::generate(const std::string& name, KeyKind kind) {
  const Key key(kind == KeyKind::p256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048));
  if (!key) return failed("make a key");
  const auto certificate = self_signed(key.get(), name.empty() ? "punktfunk" : name);
  if (!certificate) return failed("make a certificate");
  const Bio bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(bio.get(), certificate.get()) != 1) {
    return failed("write PEM");
  }
  return parse(text_of(bio), "the new identity");
}

Result<Identity> Identity::from_pem(const std::string& pem) {
  return parse(pem, "the identity that was handed in");
}

Result<Identity> Identity::load_or_create(const std::filesystem::path& folder, const std::string& name, KeyKind kind) {
  const auto file = folder / (kind == KeyKind::p256 ? "identity.pem" : "identity-rsa.pem");
  const auto text = read_private_file(file, max_identity_bytes);
  if (text) return parse(*text, file.string());
  if (text.error().code != ErrorCode::not_found) return std::unexpected(text.error());
  auto identity = generate(name, kind);
  if (!identity) return identity;
  if (auto written = write_private_file(file, identity->private_key_pem + identity->certificate_pem); !written) {
    return std::unexpected(written.error());
  }
  return identity;
}

}  // namespace pf::control
