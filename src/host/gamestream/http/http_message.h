// A GameStream client's request over HTTP or HTTPS, and the answer to it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "control/trust/identity.h"
#include "host/gamestream/http/query.h"

namespace pf::host::gamestream {

struct HttpRequest {
  Query query;
  bool secure = false;
  std::string remote;  // the client's address, without a port
  std::string local;   // the address that it reached us at, likewise
  /// Of the certificate whose key the client holds; over HTTPS alone, and nullopt when it showed none.
  std::optional<control::Fingerprint> certificate;
};

struct HttpResponse {
  unsigned status = 200;
  std::string type = "application/xml";
  std::string body;
};

/// Once, from any thread, soon or much later.
using Respond = std::function<void(HttpResponse)>;
/// On the server's thread: must not wait.
using HttpHandler = std::function<void(const HttpRequest&, const Respond&)>;

}  // namespace pf::host::gamestream
