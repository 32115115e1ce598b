// One decoded picture: I420, BT.709, limited range.
#pragma once

#include <cstdint>
#include <utility>

#include "client/media/av.h"

namespace pf::client {

/// Holds a reference to the decoder's memory; may outlive the decoder and move to another thread.
class Picture {
 public:
  /// `width` and `height`: what is to be seen of the frame; the rest is there because 4:2:0 codes even sizes only.
  Picture(av::Frame frame, std::uint32_t width, std::uint32_t height)
      : frame_(std::move(frame)), width_(width), height_(height) {}

  [[nodiscard]] std::uint32_t width() const { return width_; }
  [[nodiscard]] std::uint32_t height() const { return height_; }
  /// Chroma planes are (width + 1) / 2 by (height + 1) / 2 samples.
  [[nodiscard]] const std::uint8_t* y() const { return frame_->data[0]; }
  [[nodiscard]] const std::uint8_t* u() const { return frame_->data[1]; }
  [[nodiscard]] const std::uint8_t* v() const { return frame_->data[2]; }
  [[nodiscard]] int y_stride() const { return frame_->linesize[0]; }  // bytes
  [[nodiscard]] int u_stride() const { return frame_->linesize[1]; }
  [[nodiscard]] int v_stride() const { return frame_->linesize[2]; }
  /// The colour description that the bitstream carries.
  [[nodiscard]] const AVFrame& frame() const { return *frame_; }

 private:
  av::Frame frame_;
  std::uint32_t width_, height_;
};

}  // namespace pf::client
