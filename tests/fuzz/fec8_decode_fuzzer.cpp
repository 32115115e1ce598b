// Blocks of GameStream's codes, of video and of sound.
#include <cstdint>
#include <span>

#include "core/fec/reed_solomon8.h"
#include "fuzz/fec_block.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  wire::Reader in(std::as_bytes(std::span(data, size)));
  const bool sound = (in.read<std::uint8_t>() & 1u) != 0;
  auto shape = fuzz::read_shape(in);
  if (sound && shape.data % 4 != 0) {  // most shapes are none of the sound's
    shape.data = 4;
    shape.parity = 2;
  }
  const bool exists = shape.shard_size != 0 && (sound ? shape.data == 4 && shape.parity == 2
                                                      : shape.data != 0 && shape.data + shape.parity <= 255);
  static fec::ReedSolomon8 video(fec::GameStreamCode::video);  // their memory passes from block to block
  static fec::ReedSolomon8 audio(fec::GameStreamCode::audio);
  fuzz::lose_and_rebuild(sound ? audio : video, shape, exists, in);
  return 0;
}
