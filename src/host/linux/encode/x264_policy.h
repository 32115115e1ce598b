// What x264 is asked for at a size, a rate and a bitrate: policy without the API that carries it out.
#pragma once

#include <cstdint>

#include "core/base/units.h"

namespace pf::host::x264 {

struct RateControl {
  std::int64_t bits_per_second = 0;  // average and ceiling
  std::int32_t buffer_bits = 0;      // VBV: the most that one picture may take
};

/// A buffer of one frame interval, so that no picture takes longer to send than until the next one; but at least what
/// keeps a keyframe of this size recognisable, which may take up to 50 ms.
[[nodiscard]] RateControl rate_control(const Mode& mode, Bitrate bitrate);

/// Units that a refresh takes, of which none is larger than one frame interval of the bitrate; 1 where a keyframe is
/// not much larger either. They end within a tenth of a second.
[[nodiscard]] unsigned refresh_units(const Mode& mode, Bitrate bitrate);
/// Meanwhile: a buffer of one frame interval.
[[nodiscard]] RateControl refresh_rate_control(const Mode& mode, Bitrate bitrate);

/// Slices encoded side by side. `asked` 0: as many as help at this size, at most `cores`.
[[nodiscard]] unsigned threads(const Mode& mode, unsigned asked, unsigned cores);

/// Pictures that encoder and decoder keep to refer to: what a loss takes to be heard of at a round trip of about 70 ms,
/// but no more than decoders of level 5.1 have to hold (H.264, table A-1), nor than `most`, where that is not 0.
[[nodiscard]] unsigned kept_references(const Mode& mode, unsigned most);

/// "superfast" where `threads` cores can do it in about half of a frame interval, else "ultrafast".
[[nodiscard]] const char* preset(const Mode& mode, unsigned threads);

}  // namespace pf::host::x264
