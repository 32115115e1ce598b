// The operating system's socket headers, and addresses in its form: for this folder, and for libraries that speak
// sockaddr.
#pragma once

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
// mswsock.h wants winsock2.h before it.
#include <mswsock.h>
#else
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#include "core/net/address.h"

namespace pf::net {

/// Winsock wants to be started once per process; elsewhere this does nothing.
#ifdef _WIN32
void start_sockets();
#else
inline void start_sockets() {}
#endif

socklen_t to_sockaddr(const Address& address, sockaddr_storage& out);
/// As an IPv6 address whatever it is, for a socket that serves both families.
socklen_t to_mapped_sockaddr(const Address& address, sockaddr_storage& out);
/// An IPv4-mapped IPv6 address comes out as IPv4.
Address from_sockaddr(const sockaddr& raw);
Address from_in6(const in6_addr& raw);

}  // namespace pf::net
