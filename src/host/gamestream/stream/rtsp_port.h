// The TCP port of RTSP: each connection brings one request, has little time for it, and is closed with the answer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "core/base/error.h"
#include "core/net/address.h"

namespace pf::host::gamestream {

class RtspPort {
 public:
  /// What has come of a request so far, and from where. nullopt: more has to come. An error closes the connection.
  /// On the port's thread; must not block.
  using Handler = std::function<Result<std::optional<std::vector<std::byte>>>(const net::Address& from,
                                                                              std::span<const std::byte> bytes)>;
  static constexpr std::size_t max_connections = 64;
  static constexpr std::size_t max_from_one_address = 8;

  /// Listens at once. Errors: busy (the port is taken), io.
  static Result<std::unique_ptr<RtspPort>> open(const net::Address& bind, Handler handler);
  ~RtspPort();
  RtspPort(const RtspPort&) = delete;
  RtspPort& operator=(const RtspPort&) = delete;
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct Parts;
  explicit RtspPort(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
  std::jthread thread_;
};

}  // namespace pf::host::gamestream
