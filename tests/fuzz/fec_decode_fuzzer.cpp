// Blocks of the native protocol's code.
#include <cstdint>
#include <span>

#include "core/fec/reed_solomon16.h"
#include "fuzz/fec_block.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  wire::Reader in(std::as_bytes(std::span(data, size)));
  const auto shape = fuzz::read_shape(in);
  const bool exists = fec::block_fits(shape.data, shape.parity) && shape.shard_size != 0 && shape.shard_size % 2 == 0;
  static fec::ReedSolomon16 codec;  // its memory passes from block to block, as in a stream
  fuzz::lose_and_rebuild(codec, shape, exists, in);
  return 0;
}
