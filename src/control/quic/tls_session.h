// TLS 1.3 for one QUIC connection: a certificate from both sides, whoever signed it; who the peer is, its fingerprint
// says. The only file pair that knows GnuTLS.
#pragma once

#include <ngtcp2/ngtcp2.h>

#include <memory>
#include <optional>

#include "control/trust/identity.h"
#include "core/base/error.h"
#include "core/crypto/packet_protection.h"

namespace pf::control {

/// The identity in the TLS library's form; shared by every connection of a port.
class TlsCredentials {
 public:
  static Result<std::shared_ptr<const TlsCredentials>> create(const Identity& identity);
  ~TlsCredentials();
  TlsCredentials(const TlsCredentials&) = delete;
  TlsCredentials& operator=(const TlsCredentials&) = delete;

 private:
  friend class TlsSession;
  struct State;
  explicit TlsCredentials(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

enum class TlsRole { client, server };

class TlsSession {
 public:
  static Result<std::unique_ptr<TlsSession>> create(TlsRole role, std::shared_ptr<const TlsCredentials> credentials);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Ties the session to its QUIC connection. `conn` stays valid while the session is used.
  void attach(ngtcp2_conn* conn);

  /// The certificate that the peer has proved to own. nullopt before the handshake is over.
  [[nodiscard]] std::optional<Fingerprint> peer() const;
  /// Keying material for the media keys (RFC 8446, section 7.5).
  [[nodiscard]] Result<crypto::MediaSecret> media_secret() const;

 private:
  struct State;
  explicit TlsSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pf::control
