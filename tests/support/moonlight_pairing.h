// The client's side of GameStream's pairing, as Moonlight does it, written from the facts alone: shares nothing with
// the host's code but OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pf::test {

/// A key and the self-signed certificate that belongs to it, PEM. Dates are days from now.
struct MoonlightIdentity {
  std::string certificate;
  std::string key;
  static MoonlightIdentity make(int not_before = -1, int not_after = 7'300);
  /// Signed by `issuer` instead of by itself.
  static MoonlightIdentity issued_by(const MoonlightIdentity& issuer);
};

/// What the client says in each step, in hexadecimal, and what it makes of the host's answers.
class MoonlightPairing {
 public:
  MoonlightPairing(const MoonlightIdentity& identity, std::string pin);

  [[nodiscard]] std::string salt() const;
  [[nodiscard]] std::string certificate() const;
  void take_host_certificate(const std::string& plaincert);
  [[nodiscard]] std::string challenge() const;
  /// The answer to step 2; returns the client's proof for step 3.
  std::string answer(const std::string& challengeresponse);
  /// The answer to step 3; whether the host has proved to know the PIN and to hold its key.
  bool check(const std::string& pairingsecret);
  [[nodiscard]] std::string secret() const;
  /// As secret(), signed by another key.
  [[nodiscard]] std::string secret_signed_by(const MoonlightIdentity& other) const;

 private:
  using Bytes = std::vector<unsigned char>;
  [[nodiscard]] Bytes cipher(const Bytes& in, bool encrypt) const;
  MoonlightIdentity identity_;
  std::array<unsigned char, 16> salt_{};
  std::array<unsigned char, 16> key_{};
  std::array<unsigned char, 16> challenge_{};
  std::array<unsigned char, 16> secret_{};
  std::string host_certificate_;
  Bytes host_proof_;
};

}  // namespace pf::test
