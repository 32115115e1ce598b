// Accepts each packet number once (RFC 4303, section 3.4.3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pf::crypto {

class ReplayWindow {
 public:
  static constexpr std::uint64_t size = 4096;  // the newest number and those behind it that are still told apart

  /// Whether `number` is new and within the window. Changes nothing: ask before opening a packet.
  [[nodiscard]] bool would_accept(std::uint64_t number) const;
  /// Records `number` once its packet has proved authentic.
  void accept(std::uint64_t number);

 private:
  // One word more than the window, so that clearing the newest word's later bits never touches numbers still inside it.
  std::array<std::uint64_t, size / 64 + 1> seen_{};
  std::uint64_t newest_ = 0;
  bool any_ = false;
};

}  // namespace pf::crypto
