#include "host/linux/encode/av.h"

#include <spdlog/spdlog.h>

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string>

namespace pf::host::av {
namespace {

void forward(void* source, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR) return;
  std::array<char, 512> line{};
  int prefix = 1;
  av_log_format_line2(source, level, format, arguments, line.data(), static_cast<int>(line.size()), &prefix);
  std::string text = line.data();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  spdlog::error("libav: {}", text);
}

}  // namespace

Error error(const char* what, int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return {ErrorCode::internal, std::string(what) + ": " + text.data()};
}

void route_log() {
  av_log_set_callback(forward);
}

}  // namespace pf::host::av
