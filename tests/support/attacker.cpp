#include "support/attacker.h"

namespace pf::test {

std::vector<std::vector<std::byte>> Attacker::listen(std::span<const std::byte> packet) {
  std::vector<std::vector<std::byte>> extra;
  if (options_.replay == 0 && options_.forge == 0) return extra;
  if (!heard_.empty() && chance(options_.replay)) {
    extra.push_back(heard_[random_() % heard_.size()]);
    ++counters_.replayed;
  }
  if (!packet.empty() && chance(options_.forge)) {
    auto& forged = extra.emplace_back(packet.begin(), packet.end());
    const auto bit = random_() % (forged.size() * 8);
    forged[bit / 8] ^= std::byte{1} << (bit % 8);
    ++counters_.forged;
  }
  if (heard_.size() < memory)
    heard_.emplace_back(packet.begin(), packet.end());
  else
    heard_[random_() % memory].assign(packet.begin(), packet.end());
  return extra;
}

}  // namespace pf::test
