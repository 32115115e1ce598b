#include "host/linux/encode/frame_converter.h"

#include <algorithm>
#include <string>
#include <utility>

namespace pf::host {
namespace {

// What H.264 predicts where there is nothing to predict from (8.3.3.3), so that it costs no coefficients.
constexpr std::uint8_t grey = 128;

constexpr std::uint32_t even(std::uint32_t n) {
  return n + n % 2;
}

AVColorSpace matrix_of(Colour colour) {
  switch (colour.matrix) {
    case ColourMatrix::rec601: return AVCOL_SPC_SMPTE170M;
    case ColourMatrix::rec2020: return AVCOL_SPC_BT2020_NCL;
    case ColourMatrix::rec709: break;
  }
  return AVCOL_SPC_BT709;
}

std::string size_text(std::uint32_t width, std::uint32_t height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

}  // namespace

Result<std::unique_ptr<FrameConverter>> FrameConverter::create(std::uint32_t width, std::uint32_t height,
                                                               Colour colour) {
  av::Frame picture{av_frame_alloc()};
  if (!picture) return fail(ErrorCode::exhausted, "no memory for a picture");
  picture->format = AV_PIX_FMT_YUV420P;
  picture->width = static_cast<int>(even(width));
  picture->height = static_cast<int>(even(height));
  picture->color_range = colour.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  picture->color_primaries = AVCOL_PRI_BT709;
  picture->color_trc = AVCOL_TRC_BT709;
  picture->colorspace = matrix_of(colour);
  picture->chroma_location = AVCHROMA_LOC_CENTER;
  if (const int code = av_frame_get_buffer(picture.get(), 0); code < 0)
    return std::unexpected(av::error("no memory for a picture", code));
  return std::unique_ptr<FrameConverter>(new FrameConverter(std::move(picture), width, height, colour));
}

FrameConverter::FrameConverter(av::Frame picture, std::uint32_t width, std::uint32_t height, Colour colour)
    : picture_(std::move(picture)),
      width_(width),
      height_(height),
      colour_(colour),
      kernel_(yuv::best_kernel()),
      shown_(width),
      filled_(width) {}

void FrameConverter::hide() {
  const auto fill = [this](int plane, int rows) {
    std::fill_n(picture_->data[plane], static_cast<std::ptrdiff_t>(picture_->linesize[plane]) * rows, grey);
  };
  fill(0, picture_->height);
  fill(1, picture_->height / 2);
  fill(2, picture_->height / 2);
  shown_ = filled_ = 0;
}

void FrameConverter::show(std::uint32_t columns) {
  shown_ = std::min(columns, width_);
}

Result<void> FrameConverter::convert(const CapturedFrame& frame) {
  if (auto fits = check(frame); !fits) return fits;
  const yuv::Matrix matrix = yuv::matrix_for(frame.format, colour_);
  if (!damage_suffices(frame)) filled_ = 0;
  for (const Rect& rect : frame.damage) convert_rect(frame, matrix, rect, filled_);
  convert_rect(frame, matrix, {filled_, 0, shown_ - filled_, height_}, shown_);
  filled_ = shown_;
  last_sequence_ = frame.sequence;
  return {};
}

Result<void> FrameConverter::check(const CapturedFrame& frame) const {
  if (frame.width != width_ || frame.height != height_)
    return fail(ErrorCode::invalid_argument, "a picture of " + size_text(frame.width, frame.height) +
                                                 " came to an encoder of " + size_text(width_, height_));
  const std::size_t row = std::size_t{width_} * 4;
  if (frame.stride < row || frame.pixels.size() < std::size_t{frame.stride} * (height_ - 1) + row)
    return fail(ErrorCode::invalid_argument, "a picture's memory is smaller than its size says");
  return {};
}

// Damage is told against the capturer's last frame: it says nothing when the encoder never saw that one.
bool FrameConverter::damage_suffices(const CapturedFrame& frame) const {
  return frame.sequence != 0 && last_sequence_ != 0 && frame.sequence == last_sequence_ + 1;
}

// What of `rect` lies left of column `edge`.
void FrameConverter::convert_rect(const CapturedFrame& frame, const yuv::Matrix& matrix, const Rect& rect,
                                  std::uint32_t edge) {
  // Chroma needs whole 2x2 blocks: begin on an even pixel, end behind one or at the edge.
  const std::uint32_t left = rect.x & ~1u, top = rect.y & ~1u;
  const auto end = [](std::uint32_t at, std::uint32_t length, std::uint32_t limit) {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>((std::uint64_t{at} + length + 1) & ~std::uint64_t{1}, limit));
  };
  const std::uint32_t right = end(rect.x, rect.width, edge), bottom = end(rect.y, rect.height, height_);
  if (right <= left) return;
  const auto* pixels = reinterpret_cast<const std::uint8_t*>(frame.pixels.data()) + std::size_t{left} * 4;
  const auto row = [&](std::uint32_t y) { return pixels + std::size_t{y} * frame.stride; };
  const auto plane = [&](int index, std::uint32_t x, std::uint32_t y) {
    return picture_->data[index] + static_cast<std::ptrdiff_t>(y) * picture_->linesize[index] + x;
  };
  for (std::uint32_t y = top; y < bottom; y += 2) {
    const std::uint32_t below = std::min(y + 1, height_ - 1);
    kernel_({row(y), row(below), plane(0, left, y), plane(0, left, y + 1), plane(1, left / 2, y / 2),
             plane(2, left / 2, y / 2), right - left},
            matrix);
  }
}

}  // namespace pf::host
