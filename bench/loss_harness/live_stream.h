// A model stream over real sockets: host and client on threads of their own, in network namespaces of their own where
// that is asked for.
#pragma once

#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/net/address.h"
#include "support/relay.h"
#include "support/simulated_stream.h"

namespace pf::bench {

struct End {
  std::string network;  // namespace as `ip netns` names it; empty: this one
  net::Address address;
};

struct LiveOptions {
  test::ModelOptions model;
  End host;
  End client;
  std::optional<test::RelayOptions> relay{};  // stands between the two; knows the stream's host as its client
  Duration length{0};
};

/// Errors: the sockets'; permission and not_found (a namespace that can't be entered).
Result<test::StreamResult> stream_live(const LiveOptions& options);

}  // namespace pf::bench
