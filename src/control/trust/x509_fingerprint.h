// How a certificate that OpenSSL holds becomes what the trust store knows a peer by.
#pragma once

#include "control/trust/identity.h"
#include "core/base/error.h"

struct x509_st;  // OpenSSL's X509

namespace pf::control {

/// SHA-256 of the DER encoding. Errors: internal (it cannot be encoded).
Result<Fingerprint> fingerprint_of(const x509_st* certificate);

}  // namespace pf::control
