// Somebody on the path who can listen and send, but has no key: repeats what was sent, and sends it changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace pf::test {

struct AttackerOptions {
  std::uint64_t seed = 1;
  double replay = 0;  // per packet that passes, the chance that an earlier one is sent again
  double forge = 0;   // per packet that passes, the chance that it is sent a second time with one bit changed
};

/// One direction of one path. Remembers the last 256 packets. One thread.
class Attacker {
 public:
  struct Counters {
    std::uint64_t replayed = 0;
    std::uint64_t forged = 0;
  };

  explicit Attacker(const AttackerOptions& options) : options_(options), random_(options.seed) {}

  /// What is sent besides `packet`, the genuine one.
  std::vector<std::vector<std::byte>> listen(std::span<const std::byte> packet);
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  bool chance(double share) { return static_cast<double>(random_() >> 11) * 0x1p-53 < share; }

  static constexpr std::size_t memory = 256;
  AttackerOptions options_;
  std::mt19937_64 random_;
  std::vector<std::vector<std::byte>> heard_;
  Counters counters_;
};

}  // namespace pf::test
