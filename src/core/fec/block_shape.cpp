#include "core/fec/block_shape.h"

#include <algorithm>
#include <bit>

namespace pf::fec {

BlockShape::BlockShape(std::size_t data, std::size_t parity)
    : data_count(data),
      parity_count(parity),
      log_width(static_cast<unsigned>(std::countr_zero(std::bit_ceil(std::max<std::size_t>(parity, 1))))) {}

}  // namespace pf::fec
