#include "host/gamestream/fec/parity8.h"

#include <isa-l/erasure_code.h>

#include <array>

namespace pf::host::gamestream {
namespace {

constexpr std::size_t table_size = 32;   // of one factor
constexpr std::size_t most_shapes = 64;  // that are remembered

std::vector<unsigned char> expand(std::span<unsigned char> matrix, std::size_t data, std::size_t parity) {
  std::vector<unsigned char> tables(table_size * matrix.size());
  ec_init_tables(static_cast<int>(data), static_cast<int>(parity), matrix.data(), tables.data());
  return tables;
}

void multiply(const std::vector<unsigned char>& tables, std::span<const std::byte* const> data,
              std::span<std::byte* const> parity, std::size_t size) {
  std::array<unsigned char*, 256> from{};
  std::array<unsigned char*, 256> to{};
  // ISA-L takes everything without const, and writes to the second alone.
  for (std::size_t i = 0; i < data.size(); ++i)
    from[i] = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(data[i]));  // NOLINT(*-const-cast)
  for (std::size_t i = 0; i < parity.size(); ++i) to[i] = reinterpret_cast<unsigned char*>(parity[i]);
  ec_encode_data(static_cast<int>(size), static_cast<int>(data.size()), static_cast<int>(parity.size()),
                 const_cast<unsigned char*>(tables.data()), from.data(), to.data());  // NOLINT(*-const-cast)
}

}  // namespace

const std::vector<unsigned char>& Parity8::tables(std::size_t data, std::size_t parity) {
  const auto known = tables_.find({data, parity});
  if (known != tables_.end()) return known->second;
  if (tables_.size() >= most_shapes) tables_.clear();
  std::vector<unsigned char> matrix;
  matrix.reserve(data * parity);
  for (std::size_t j = 0; j < parity; ++j)
    for (std::size_t i = 0; i < data; ++i) matrix.push_back(gf_inv(static_cast<unsigned char>((parity + i) ^ j)));
  return tables_.emplace(std::pair(data, parity), expand(matrix, data, parity)).first->second;
}

void Parity8::encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity, std::size_t size) {
  if (!parity.empty()) multiply(tables(data.size(), parity.size()), data, parity, size);
}

void Parity8::encode_sound(std::span<const std::byte* const, 4> data, std::span<std::byte* const, 2> parity,
                           std::size_t size) {
  static const auto tables = [] {
    std::array<unsigned char, 8> matrix{0x77, 0x40, 0x38, 0x0e, 0xc7, 0xa7, 0x0d, 0x6c};
    return expand(matrix, 4, 2);
  }();
  multiply(tables, data, parity, size);
}

}  // namespace pf::host::gamestream
