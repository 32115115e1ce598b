#include "host/gamestream/http/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

#include "control/trust/x509_fingerprint.h"

namespace pf::host::gamestream {

namespace ssl = boost::asio::ssl;

Result<ssl::context> make_tls_context(const control::Identity& identity) {
  ssl::context context(ssl::context::tls_server);
  boost::system::error_code error;
  context.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, error);
  if (!error) context.use_certificate_chain(boost::asio::buffer(identity.certificate_pem), error);
  if (!error) context.use_private_key(boost::asio::buffer(identity.private_key_pem), ssl::context::pem, error);
  if (error) return fail(ErrorCode::internal, "OpenSSL does not take this host's certificate: " + error.message());
  auto* const native = context.native_handle();
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  // OpenSSL checks the peer's signature over the handshake in any case. What it would check here are issuers and dates,
  // and they say nothing: clients sign for themselves.
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, [](int /*chain*/, X509_STORE_CTX* /*store*/) { return 1; });
  return context;
}

std::optional<control::Fingerprint> peer_certificate(SSL* connection) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(connection), &X509_free);
  if (!certificate) return std::nullopt;
  const auto fingerprint = control::fingerprint_of(certificate.get());
  return fingerprint ? std::optional(*fingerprint) : std::nullopt;
}

}  // namespace pf::host::gamestream
