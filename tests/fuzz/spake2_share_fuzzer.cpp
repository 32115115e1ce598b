// A share from a stranger, at either side. What is taken for a point has the one encoding of a point.
#include <array>
#include <cstdint>
#include <span>

#include "core/crypto/spake2.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

crypto::Spake2 side(crypto::Spake2Role role) {
  std::array<std::byte, 32> w{};
  w.back() = std::byte{3};
  std::array<std::byte, 32> scalar{};
  scalar.back() = std::byte{5};
  return crypto::Spake2::create_with_w(role, w, scalar).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array sides = {side(crypto::Spake2Role::a), side(crypto::Spake2Role::b)};
  const auto share = std::as_bytes(std::span(data, size));
  for (const auto& by : sides) {
    const auto keys = by.finish(share, {});
    if (!keys) continue;
    fuzz::require(share.size() == crypto::spake2_share_size && share.front() == std::byte{4});
    fuzz::require(keys->own_confirmation != keys->expected_confirmation);
  }
  return 0;
}
