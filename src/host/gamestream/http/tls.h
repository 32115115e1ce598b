// TLS as GameStream's clients speak it: a certificate on both sides, each known by itself and not by an issuer.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <optional>

#include "control/trust/identity.h"
#include "core/base/error.h"

namespace pf::host::gamestream {

/// TLS 1.2 and later, no resumption: every connection shows its certificate and proves the key anew. Any certificate
/// passes the handshake, none too, so that strangers get an answer that tells them to pair; what a connection may do
/// depends on peer_certificate() alone. Errors: internal.
Result<boost::asio::ssl::context> make_tls_context(const control::Identity& identity);

/// The fingerprint of the certificate whose key the peer has proved to hold in the handshake. nullopt: it showed none.
std::optional<control::Fingerprint> peer_certificate(SSL* connection);

}  // namespace pf::host::gamestream
