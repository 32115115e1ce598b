#include "support/moonlight_pairing.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace pf::test {
namespace {

using Bytes = std::vector<unsigned char>;

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

std::string to_hex(std::span<const unsigned char> bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

Bytes from_hex(const std::string& text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<unsigned char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return bytes;
}

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;
using Bio = std::shared_ptr<BIO>;

Bio reader(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

Key key_of(const MoonlightIdentity& identity) {
  return {PEM_read_bio_PrivateKey(reader(identity.key).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
}

Certificate certificate_of(const std::string& pem) {
  return {PEM_read_bio_X509(reader(pem).get(), nullptr, nullptr, nullptr), &X509_free};
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

MoonlightIdentity make_identity(int not_before, int not_after, const MoonlightIdentity* issuer) {
  const Key key(EVP_RSA_gen(2048), &EVP_PKEY_free);
  const Certificate certificate(X509_new(), &X509_free);
  auto* const c = certificate.get();
  X509_set_version(c, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(c), 0);  // as some clients have it
  X509_time_adj_ex(X509_getm_notBefore(c), not_before, 0, nullptr);
  X509_time_adj_ex(X509_getm_notAfter(c), not_after, 0, nullptr);
  X509_set_pubkey(c, key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("NVIDIA GameStream Client"), -1, -1, 0);
  X509_set_issuer_name(c, X509_get_subject_name(c));
  must(X509_sign(c, (issuer != nullptr ? key_of(*issuer) : key).get(), EVP_sha256()) != 0, "sign a certificate");
  const Bio out_certificate(BIO_new(BIO_s_mem()), &BIO_free);
  const Bio out_key(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(out_certificate.get(), c);
  PEM_write_bio_PrivateKey(out_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(out_certificate), text_of(out_key)};
}

Bytes signature_in(const std::string& certificate_pem) {
  const ASN1_BIT_STRING* bits = nullptr;
  const auto certificate = certificate_of(certificate_pem);
  must(certificate != nullptr, "read a certificate");
  X509_get0_signature(&bits, nullptr, certificate.get());
  return {ASN1_STRING_get0_data(bits), ASN1_STRING_get0_data(bits) + ASN1_STRING_length(bits)};
}

Bytes signed_by(const MoonlightIdentity& identity, std::span<const unsigned char> text) {
  const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const auto key = key_of(identity);
  Bytes signature(1'024);
  std::size_t size = signature.size();
  must(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
           EVP_DigestSign(context.get(), signature.data(), &size, text.data(), text.size()) == 1,
       "sign");
  signature.resize(size);
  return signature;
}

Bytes sha256(const Bytes& text) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(text.data(), text.size(), digest.data());
  return digest;
}

template <class... Parts>
Bytes join(const Parts&... parts) {
  Bytes all;
  (all.insert(all.end(), parts.begin(), parts.end()), ...);
  return all;
}

}  // namespace

MoonlightIdentity MoonlightIdentity::make(int not_before, int not_after) {
  return make_identity(not_before, not_after, nullptr);
}

MoonlightIdentity MoonlightIdentity::issued_by(const MoonlightIdentity& issuer) {
  return make_identity(-1, 7'300, &issuer);
}

MoonlightPairing::MoonlightPairing(const MoonlightIdentity& identity, std::string pin) : identity_(identity) {
  RAND_bytes(salt_.data(), static_cast<int>(salt_.size()));
  RAND_bytes(challenge_.data(), static_cast<int>(challenge_.size()));
  RAND_bytes(secret_.data(), static_cast<int>(secret_.size()));
  const auto digest = sha256(join(salt_, pin));
  std::copy_n(digest.begin(), key_.size(), key_.begin());
}

std::string MoonlightPairing::salt() const {
  return to_hex(salt_);
}

std::string MoonlightPairing::certificate() const {
  return to_hex({reinterpret_cast<const unsigned char*>(identity_.certificate.data()), identity_.certificate.size()});
}

void MoonlightPairing::take_host_certificate(const std::string& plaincert) {
  const auto bytes = from_hex(plaincert);
  host_certificate_.assign(bytes.begin(), bytes.end());
}

Bytes MoonlightPairing::cipher(const Bytes& in, bool encrypt) const {
  const std::shared_ptr<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  Bytes out(in.size());
  int size = 0;
  EVP_CipherInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key_.data(), nullptr, encrypt ? 1 : 0);
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  must(EVP_CipherUpdate(context.get(), out.data(), &size, in.data(), static_cast<int>(in.size())) == 1, "cipher");
  return out;
}

std::string MoonlightPairing::challenge() const {
  return to_hex(cipher(join(challenge_), true));
}

std::string MoonlightPairing::answer(const std::string& challengeresponse) {
  const auto plain = cipher(from_hex(challengeresponse), false);
  must(plain.size() == 48, "a challenge response of 48 bytes");
  host_proof_.assign(plain.begin(), plain.begin() + 32);
  const Bytes host_challenge(plain.begin() + 32, plain.end());
  return to_hex(cipher(sha256(join(host_challenge, signature_in(identity_.certificate), secret_)), true));
}

bool MoonlightPairing::check(const std::string& pairingsecret) {
  const auto bytes = from_hex(pairingsecret);
  must(bytes.size() > 16, "a pairing secret with a signature");
  const Bytes secret(bytes.begin(), bytes.begin() + 16);
  const auto certificate = certificate_of(host_certificate_);
  const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const bool its_own =
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(certificate.get())) == 1 &&
      EVP_DigestVerify(context.get(), bytes.data() + 16, bytes.size() - 16, secret.data(), secret.size()) == 1;
  return its_own && sha256(join(challenge_, signature_in(host_certificate_), secret)) == host_proof_;
}

std::string MoonlightPairing::secret() const {
  return secret_signed_by(identity_);
}

std::string MoonlightPairing::secret_signed_by(const MoonlightIdentity& other) const {
  return to_hex(join(secret_, signed_by(other, secret_)));
}

}  // namespace pf::test
