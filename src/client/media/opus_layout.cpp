#include "client/media/opus_layout.h"

namespace pf::client {

std::optional<OpusLayout> opus_layout(const AudioFormat& format) {
  switch (format.channels) {
    case 2: return OpusLayout{2, 1, 1, {0, 1}};
    case 6: return OpusLayout{6, 4, 2, {0, 4, 1, 2, 3, 5}};
    case 8: return OpusLayout{8, 5, 3, {0, 6, 1, 2, 3, 4, 5, 7}};
    default: return std::nullopt;
  }
}

}  // namespace pf::client
