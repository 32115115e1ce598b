#include "support/gamestream_fec.h"

#include <utility>

namespace pf::test {
namespace {

// Modulo x^8 + x^4 + x^3 + x^2 + 1.
std::uint8_t times(std::uint8_t a, std::uint8_t b) {
  unsigned product = 0;
  for (unsigned bit = 0; bit < 8; ++bit)
    if ((b >> bit & 1) != 0) product ^= static_cast<unsigned>(a) << bit;
  for (unsigned bit = 15; bit >= 8; --bit)
    if ((product >> bit & 1) != 0) product ^= 0x11dU << (bit - 8);
  return static_cast<std::uint8_t>(product);
}

std::uint8_t inverse(std::uint8_t a) {
  std::uint8_t power = 1;  // a^254
  for (int i = 0; i < 254; ++i) power = times(power, a);
  return power;
}

void add_scaled(Shard& to, const Shard& from, std::uint8_t factor) {
  if (factor == 0) return;
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<std::uint8_t>(to[i] ^ times(from[i], factor));
}

void scale(Shard& row, std::uint8_t factor) {
  for (auto& value : row) value = times(value, factor);
}

struct Equation {
  Shard factors;  // of the missing shards
  Shard sum;
};

void solve(std::vector<Equation>& system) {
  for (std::size_t column = 0; column < system.size(); ++column) {
    std::size_t pivot = column;
    while (system[pivot].factors[column] == 0) ++pivot;
    std::swap(system[pivot], system[column]);
    const auto factor = inverse(system[column].factors[column]);
    scale(system[column].factors, factor);
    scale(system[column].sum, factor);
    for (std::size_t row = 0; row < system.size(); ++row) {
      if (row == column) continue;
      const auto by = system[row].factors[column];
      add_scaled(system[row].factors, system[column].factors, by);
      add_scaled(system[row].sum, system[column].sum, by);
    }
  }
}

}  // namespace

FecMatrix video_matrix(std::size_t data, std::size_t parity) {
  FecMatrix matrix(parity, std::vector<std::uint8_t>(data));
  for (std::size_t j = 0; j < parity; ++j)
    for (std::size_t i = 0; i < data; ++i) matrix[j][i] = inverse(static_cast<std::uint8_t>((parity + i) ^ j));
  return matrix;
}

FecMatrix sound_matrix() {
  return {{0x77, 0x40, 0x38, 0x0e}, {0xc7, 0xa7, 0x0d, 0x6c}};
}

bool rebuild(const FecMatrix& matrix, std::vector<std::optional<Shard>>& data,
             const std::vector<std::optional<Shard>>& parity) {
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < data.size(); ++i)
    if (!data[i]) missing.push_back(i);
  std::vector<Equation> system;
  for (std::size_t j = 0; j < parity.size() && system.size() < missing.size(); ++j) {
    if (!parity[j]) continue;
    Equation equation{.factors = {}, .sum = *parity[j]};
    for (const auto i : missing) equation.factors.push_back(matrix[j][i]);
    for (std::size_t i = 0; i < data.size(); ++i)
      if (data[i]) add_scaled(equation.sum, *data[i], matrix[j][i]);
    system.push_back(std::move(equation));
  }
  if (system.size() < missing.size()) return false;
  solve(system);
  for (std::size_t k = 0; k < missing.size(); ++k) data[missing[k]] = std::move(system[k].sum);
  return true;
}

}  // namespace pf::test
