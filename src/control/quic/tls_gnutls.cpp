#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <ngtcp2/ngtcp2_crypto.h>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>

#include <array>
#include <string>

#include "control/quic/tls_session.h"
#include "core/crypto/hash.h"

namespace pf::control {
namespace {

constexpr const char* priorities =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:"
    "-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:%DISABLE_TLS13_COMPAT_MODE";
constexpr std::string_view alpn = "punktfunk/1";

std::unexpected<Error> failed(const char* what, int code) {
  return fail(ErrorCode::internal, std::string("GnuTLS could not ") + what + ": " + gnutls_strerror(code));
}

gnutls_datum_t datum(std::string_view text) {
  // GnuTLS takes these as input and does not write to them.
  return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())),
          static_cast<unsigned>(text.size())};  // NOLINT
}

/// A peer must show exactly what can be fingerprinted; that it owns the key, GnuTLS has checked by its signature.
/// Whether this fingerprint may do anything is decided above, where the trust store is.
int require_certificate(gnutls_session_t session) {
  unsigned count = 0;
  const auto* certificates = gnutls_certificate_get_peers(session, &count);
  return certificates != nullptr && count >= 1 &&
                 gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_X509
             ? 0
             : -1;
}

}  // namespace

struct TlsCredentials::State {
  gnutls_certificate_credentials_t credentials = nullptr;
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (credentials != nullptr) gnutls_certificate_free_credentials(credentials);
  }
};

TlsCredentials::TlsCredentials(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsCredentials::~TlsCredentials() = default;

Result<std::shared_ptr<const TlsCredentials>> TlsCredentials::create(const Identity& identity) {
  auto state = std::make_unique<State>();
  if (const int rv = gnutls_certificate_allocate_credentials(&state->credentials); rv != 0)
    return failed("make credentials", rv);
  const auto certificate = datum(identity.certificate_pem);
  const auto key = datum(identity.private_key_pem);
  if (const int rv = gnutls_certificate_set_x509_key_mem(state->credentials, &certificate, &key, GNUTLS_X509_FMT_PEM);
      rv != 0) {
    return failed("read the identity", rv);
  }
  return std::shared_ptr<const TlsCredentials>(new TlsCredentials(std::move(state)));
}

struct TlsSession::State {
  std::shared_ptr<const TlsCredentials> credentials;  // with the port and its other connections
  gnutls_session_t session = nullptr;
  ngtcp2_conn* conn = nullptr;
  ngtcp2_crypto_conn_ref reference{};

  State() = default;
  ~State() {
    if (session != nullptr) gnutls_deinit(session);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

TlsSession::TlsSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsSession::~TlsSession() = default;

Result<std::unique_ptr<TlsSession>> TlsSession::create(TlsRole role,
                                                       std::shared_ptr<const TlsCredentials> credentials) {
  auto state = std::make_unique<State>();
  const bool server = role == TlsRole::server;
  const unsigned flags =
      server ? GNUTLS_SERVER | GNUTLS_NO_TICKETS : GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT | GNUTLS_NO_TICKETS;
  if (const int rv = gnutls_init(&state->session, flags); rv != 0) return failed("start a session", rv);
  auto* const session = state->session;
  if (const int rv = gnutls_priority_set_direct(session, priorities, nullptr); rv != 0)
    return failed("set its priorities", rv);
  const int configured = server ? ngtcp2_crypto_gnutls_configure_server_session(session)
                                : ngtcp2_crypto_gnutls_configure_client_session(session);
  if (configured != 0) return fail(ErrorCode::internal, "GnuTLS could not be tied to QUIC");
  if (const int rv = gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials->state_->credentials);
      rv != 0) {
    return failed("take the identity", rv);
  }
  if (server) gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
  gnutls_session_set_verify_function(session, require_certificate);
  const auto protocol = datum(alpn);
  if (const int rv = gnutls_alpn_set_protocols(session, &protocol, 1, GNUTLS_ALPN_MANDATORY); rv != 0)
    return failed("set the protocol", rv);

  state->credentials = std::move(credentials);
  state->reference.get_conn = [](ngtcp2_crypto_conn_ref* reference) {
    return static_cast<State*>(reference->user_data)->conn;
  };
  state->reference.user_data = state.get();
  gnutls_session_set_ptr(session, &state->reference);
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(state)));
}

void TlsSession::attach(ngtcp2_conn* conn) {
  state_->conn = conn;
  ngtcp2_conn_set_tls_native_handle(conn, state_->session);
}

std::optional<Fingerprint> TlsSession::peer() const {
  unsigned count = 0;
  const auto* certificates = gnutls_certificate_get_peers(state_->session, &count);
  if (certificates == nullptr || count == 0) return std::nullopt;
  return crypto::sha256(std::as_bytes(std::span(certificates[0].data, certificates[0].size)));
}

Result<crypto::MediaSecret> TlsSession::media_secret() const {
  crypto::MediaSecret secret{};
  const auto label = crypto::media_exporter_label;
  const int rv = gnutls_prf_rfc5705(state_->session, label.size(), label.data(), 0, nullptr, secret.size(),
                                    reinterpret_cast<char*>(secret.data()));
  if (rv != 0) return failed("export the media secret", rv);
  return secret;
}

}  // namespace pf::control
