// How much may wait in a socket without a loss.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>

#include "core/net/udp_socket.h"

namespace pf::bench {

/// Bytes of payload, in datagrams of 1,200 bytes or more, that fit into the receive buffer of a socket that asks for as
/// much as UdpSocket does. The kernel gives no more than net.core.rmem_max, which is 208 KiB where nobody raised it; it
/// doubles that, and charges 2,304 bytes for a datagram of 1,200. Up to a quarter of the buffer still counts as full
/// after it was read, so that a third is what payload may take.
inline std::size_t socket_room() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int asked = static_cast<int>(net::UdpOptions{}.receive_buffer);
  int given = 0;
  socklen_t length = sizeof given;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &asked, sizeof asked);
  getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &given, &length);
  close(fd);
  return static_cast<std::size_t>(given) / 3;
}

}  // namespace pf::bench
