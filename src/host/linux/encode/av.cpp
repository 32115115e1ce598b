#include "host/linux/encode/av.h"

extern "C" {
#include <libavutil/error.h>
}

#include <array>
#include <string>

namespace pf::host::av {

Error error(const char* what, int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return {ErrorCode::internal, std::string(what) + ": " + text.data()};
}

}  // namespace pf::host::av
