// A captured picture into the I420 picture that an encoder reads; only what changed is converted again.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/error.h"
#include "host/linux/encode/av.h"
#include "host/linux/encode/yuv.h"
#include "host/seams/capturer.h"

namespace pf::host {

/// One thread.
class FrameConverter {
 public:
  /// The I420 picture is one larger where width or height is odd; the last column and row then stand twice.
  static Result<std::unique_ptr<FrameConverter>> create(std::uint32_t width, std::uint32_t height, Colour colour);

  /// The picture becomes grey, and stays so where convert() is not to fill it in.
  void hide();
  /// convert() fills in the first `columns`: an even number, or any from the width on; never fewer than before but by
  /// hide(). At the start all are.
  void show(std::uint32_t columns);

  /// Errors: invalid_argument when the frame's size differs or its memory is smaller than it says.
  Result<void> convert(const CapturedFrame& frame);

  /// Tagged with its matrix and range, BT.709's primaries and transfer (a desktop's own, which no matrix changes),
  /// chroma in the middle of its 2x2 pixels. Written again by the next convert(): the encoder must have read it by
  /// then.
  [[nodiscard]] AVFrame* picture() const { return picture_.get(); }

 private:
  FrameConverter(av::Frame picture, std::uint32_t width, std::uint32_t height, Colour colour);
  [[nodiscard]] Result<void> check(const CapturedFrame& frame) const;
  [[nodiscard]] bool damage_suffices(const CapturedFrame& frame) const;
  void convert_rect(const CapturedFrame& frame, const yuv::Matrix& matrix, const Rect& rect, std::uint32_t edge);

  av::Frame picture_;
  std::uint32_t width_, height_;
  Colour colour_;
  yuv::Kernel kernel_;
  std::uint64_t last_sequence_ = 0;
  std::uint32_t shown_;   // columns, of the next picture
  std::uint32_t filled_;  // that hold the last one
};

}  // namespace pf::host
