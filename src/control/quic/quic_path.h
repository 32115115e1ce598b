// A pair of addresses in the form that ngtcp2 takes.
#pragma once

#include <ngtcp2/ngtcp2.h>

#include "core/net/address.h"
#include "core/net/socket_api.h"

namespace pf::control {

class QuicPath {
 public:
  QuicPath(const net::Address& local, const net::Address& remote) {
    path_.local.addrlen = net::to_sockaddr(local, local_);
    path_.remote.addrlen = net::to_sockaddr(remote, remote_);
    path_.local.addr = reinterpret_cast<ngtcp2_sockaddr*>(&local_);
    path_.remote.addr = reinterpret_cast<ngtcp2_sockaddr*>(&remote_);
  }
  ~QuicPath() = default;
  QuicPath(const QuicPath&) = delete;
  QuicPath& operator=(const QuicPath&) = delete;

  [[nodiscard]] const ngtcp2_path& get() const { return path_; }

 private:
  sockaddr_storage local_{};
  sockaddr_storage remote_{};
  ngtcp2_path path_{};
};

inline net::Address to_address(const ngtcp2_addr& address) {
  return net::from_sockaddr(*address.addr);
}

}  // namespace pf::control
