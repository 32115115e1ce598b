// Pictures of one display, as the compositor shows them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"
#include "host/seams/damage_list.h"
#include "host/seams/probe.h"

namespace pf::host {

/// Byte order in memory, as in drm_fourcc.h's little-endian names.
enum class PixelFormat : std::uint8_t { xrgb8888, xbgr8888 };  // B G R X and R G B X in memory

/// A hold on a capturer's buffer: gives it back when it ends, on any thread. Makes nothing and copies nothing.
class BufferLease {
 public:
  using GiveBack = void (*)(void* buffer);
  BufferLease() = default;
  BufferLease(std::shared_ptr<void> buffer, GiveBack give_back) : buffer_(std::move(buffer)), give_back_(give_back) {}
  ~BufferLease() {
    if (buffer_) give_back_(buffer_.get());
  }
  BufferLease(BufferLease&& other) noexcept { swap(other); }
  BufferLease& operator=(BufferLease&& other) noexcept {
    BufferLease(std::move(other)).swap(*this);
    return *this;
  }
  BufferLease(const BufferLease&) = delete;
  BufferLease& operator=(const BufferLease&) = delete;

 private:
  void swap(BufferLease& other) noexcept {
    std::swap(buffer_, other.buffer_);
    std::swap(give_back_, other.give_back_);
  }
  std::shared_ptr<void> buffer_;  // with the capturer's pool
  GiveBack give_back_ = nullptr;
};

/// A picture in memory. The pixels stay as they are until the frame is destroyed; frames may be destroyed on any
/// thread.
struct CapturedFrame {
  std::span<const std::byte> pixels;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t stride = 0;  // bytes
  PixelFormat format = PixelFormat::xrgb8888;
  DamageList damage;  // since the capturer's last frame; the whole picture on the first and after a mode change
  std::uint64_t sequence = 0;  // numbers the capturer's frames from 1, so that a reader of damage sees a gap; 0: none
  TimePoint presented;         // when the compositor showed it
  TimePoint ready;             // when the pixels were in this memory
  BufferLease lease;
};

/// next() on one thread; the others from any.
class Capturer {
 public:
  virtual ~Capturer() = default;
  /// Waits for a picture with damage, or for any after request_refresh(). At most 3 frames may be held at once.
  /// nullopt: `wait` is over and nothing changed. Errors: closed (the output or the compositor is gone), io.
  virtual Result<std::optional<CapturedFrame>> next(milliseconds wait) = 0;
  /// Makes next() return the picture as it stands though nothing changed.
  virtual void request_refresh() = 0;
  /// Makes a waiting next() return nullopt at once.
  virtual void interrupt() = 0;
};

}  // namespace pf::host
