// H.264 units of which some may be lost (ITU-T H.264, 7.3 and annex B).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"

namespace pf::host {

/// x264 numbers its frames in four or five bits and forbids gaps. A decoder that has lost frames then meets a gap that
/// it takes for damage, and one in which the number wraps turns libavcodec's order of output back: no picture comes for
/// a while. So each unit is written anew with eight bits more in its frame numbers and gaps allowed (7.4.2.1.1,
/// gaps_in_frame_num_value_allowed_flag). Eight bits are a byte: what is coded stays as it is.
class FrameNumbering {
 public:
  /// An access unit begins in `out`, whose bytes go.
  void begin(bool idr, std::vector<std::byte>& out);
  /// Adds one of its NAL units, with start code; leaves out SEI, which x264 uses to name itself at length.
  /// Errors: malformed (not what x264 writes).
  Result<void> add(std::span<const std::byte> nal, std::vector<std::byte>& out);

 private:
  Result<void> add_parameters(std::span<const std::byte> nal, std::vector<std::byte>& out);
  Result<void> add_slice(std::span<const std::byte> nal, std::vector<std::byte>& out);

  unsigned coded_bits_ = 0;        // of a frame number, as x264 writes it
  std::uint32_t next_number_ = 0;  // since the last IDR picture
  std::uint32_t number_ = 0;
};

}  // namespace pf::host
