#include "host/linux/capture/wlr_capturer.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "host/linux/capture/shm_pool.h"
#include "host/linux/wayland/connection.h"
#include "host/linux/wayland/file_descriptor.h"
#include "wlr-screencopy-unstable-v1-client-protocol.h"

namespace pf::host {
namespace {

constexpr std::uint32_t screencopy_version = 3;
constexpr milliseconds output_limit{2000};
constexpr std::uint32_t fourcc_xbgr8888 = 0x34324258;  // "XB24"
constexpr std::uint32_t fourcc_abgr8888 = 0x34324241;  // "AB24"
// A failed copy is tried again, as after a change of mode; an output that fails so often in a row is broken.
constexpr int most_failures = 20;

std::optional<PixelFormat> pixel_format(std::uint32_t format) {
  switch (format) {
    case WL_SHM_FORMAT_XRGB8888:
    case WL_SHM_FORMAT_ARGB8888: return PixelFormat::xrgb8888;
    case fourcc_xbgr8888:
    case fourcc_abgr8888: return PixelFormat::xbgr8888;
    default: return std::nullopt;
  }
}

void flip_rows(std::span<std::byte> pixels, const ShmLayout& layout) {
  for (std::uint32_t top = 0, bottom = layout.height - 1; top < bottom; ++top, --bottom) {
    const auto upper = pixels.subspan(static_cast<std::size_t>(top) * layout.stride, layout.stride);
    std::swap_ranges(upper.begin(), upper.end(), pixels.begin() + static_cast<std::ptrdiff_t>(bottom) * layout.stride);
  }
}

using Manager = Proxy<zwlr_screencopy_manager_v1, zwlr_screencopy_manager_v1_destroy>;
using FrameProxy = Proxy<zwlr_screencopy_frame_v1, zwlr_screencopy_frame_v1_destroy>;
using Shm = Proxy<wl_shm, wl_shm_destroy>;

/// One copy that the compositor has been asked for.
struct Copy {
  FrameProxy frame;
  ShmLayout layout;
  bool described = false;  // the compositor has said all about the buffer that it wants
  bool with_damage = false;
  ShmBuffer* buffer = nullptr;
  DamageList damage;
  bool inverted = false;
  bool ready = false;
  bool failed = false;
  TimePoint presented;
};

class WlrCapturer final : public Capturer {
 public:
  WlrCapturer(std::unique_ptr<WaylandConnection> connection, wl_output* output, Manager manager, Shm shm,
              FileDescriptor wake)
      : connection_(std::move(connection)),
        output_(output),
        manager_(std::move(manager)),
        shm_(std::move(shm)),
        wake_(std::move(wake)),
        pool_(shm_.get()) {}
  ~WlrCapturer() override { abandon(); }
  WlrCapturer(const WlrCapturer&) = delete;
  WlrCapturer& operator=(const WlrCapturer&) = delete;

  Result<std::optional<CapturedFrame>> next(milliseconds wait) override;
  void request_refresh() override {
    refresh_ = true;
    interrupt();
  }
  void interrupt() override {
    const std::uint64_t one = 1;
    (void)!write(wake_.get(), &one, sizeof(one));
  }

 private:
  void begin();
  void abandon();
  Result<void> hand_over_buffer();
  Result<std::optional<CapturedFrame>> take_ready();
  static const zwlr_screencopy_frame_v1_listener listener;

  std::unique_ptr<WaylandConnection> connection_;
  wl_output* output_;
  Manager manager_;
  Shm shm_;
  FileDescriptor wake_;
  ShmPool pool_;
  std::optional<Copy> copy_;
  ShmLayout last_layout_;  // of the last frame that was handed out
  std::uint64_t sequence_ = 0;
  bool whole_next_ = true;
  int failures_ = 0;
  std::atomic<bool> refresh_{true};  // the first picture does not wait for something to move
};

Copy& self(void* data) {
  return *static_cast<Copy*>(data);
}

const zwlr_screencopy_frame_v1_listener WlrCapturer::listener{
    .buffer = [](void* data, zwlr_screencopy_frame_v1*, std::uint32_t format, std::uint32_t width, std::uint32_t height,
                 std::uint32_t stride) { self(data).layout = {format, width, height, stride}; },
    .flags = [](void* data, zwlr_screencopy_frame_v1*,
                std::uint32_t flags) { self(data).inverted = (flags & ZWLR_SCREENCOPY_FRAME_V1_FLAGS_Y_INVERT) != 0; },
    .ready =
        [](void* data, zwlr_screencopy_frame_v1*, std::uint32_t high, std::uint32_t low, std::uint32_t nanoseconds) {
          const auto seconds = (static_cast<std::int64_t>(high) << 32) | low;
          self(data).presented = TimePoint{std::chrono::seconds{seconds} + Duration{nanoseconds}};
          self(data).ready = true;
        },
    .failed = [](void* data, zwlr_screencopy_frame_v1*) { self(data).failed = true; },
    .damage = [](void* data, zwlr_screencopy_frame_v1*, std::uint32_t x, std::uint32_t y, std::uint32_t width,
                 std::uint32_t height) { self(data).damage.push_back({x, y, width, height}); },
    .linux_dmabuf = [](void*, zwlr_screencopy_frame_v1*, std::uint32_t, std::uint32_t, std::uint32_t) {},
    .buffer_done = [](void* data, zwlr_screencopy_frame_v1*) { self(data).described = true; },
};

void WlrCapturer::begin() {
  copy_.emplace();
  copy_->frame.reset(zwlr_screencopy_manager_v1_capture_output(manager_.get(), 1, output_));
  zwlr_screencopy_frame_v1_add_listener(copy_->frame.get(), &listener, &*copy_);
}

void WlrCapturer::abandon() {
  if (copy_ && copy_->buffer != nullptr) copy_->buffer->memory->busy = false;
  copy_.reset();
}

/// Answers the compositor's description with a buffer. With damage the compositor waits until something moves.
Result<void> WlrCapturer::hand_over_buffer() {
  if (!pixel_format(copy_->layout.format))
    return fail(ErrorCode::unsupported, "the compositor offers no 32-bit RGB pictures");
  const auto pixels = static_cast<std::uint64_t>(copy_->layout.stride) * copy_->layout.height;
  if (copy_->layout.stride / 4 < copy_->layout.width || pixels > (1u << 30))
    return fail(ErrorCode::malformed, "the compositor describes an impossible picture");
  const auto buffer = pool_.take(copy_->layout);
  if (!buffer) return std::unexpected(buffer.error());
  if (*buffer == nullptr) return {};  // all frames are still held: asked again when next() is called again
  copy_->buffer = *buffer;
  const bool refresh = refresh_.exchange(false);
  copy_->with_damage = !refresh;
  if (refresh) {
    zwlr_screencopy_frame_v1_copy(copy_->frame.get(), copy_->buffer->handle.get());
  } else {
    zwlr_screencopy_frame_v1_copy_with_damage(copy_->frame.get(), copy_->buffer->handle.get());
  }
  return {};
}

Result<std::optional<CapturedFrame>> WlrCapturer::take_ready() {
  auto copy = std::move(*copy_);
  copy_.reset();
  failures_ = 0;
  CapturedFrame frame;
  const auto& memory = copy.buffer->memory;
  frame.pixels = memory->bytes();
  frame.width = copy.layout.width;
  frame.height = copy.layout.height;
  frame.stride = copy.layout.stride;
  frame.format = *pixel_format(copy.layout.format);
  frame.sequence = ++sequence_;
  frame.presented = copy.presented;
  if (copy.inverted) flip_rows(memory->bytes(), copy.layout);
  // A plain copy tells no damage, and an inverted one tells it upside down.
  if (whole_next_ || copy.inverted || !copy.with_damage || copy.layout != last_layout_ || copy.damage.empty()) {
    frame.damage = {{0, 0, frame.width, frame.height}};
  } else {
    frame.damage = copy.damage;
  }
  whole_next_ = false;
  last_layout_ = copy.layout;
  frame.lease = {memory, [](void* held) { static_cast<SharedMemory*>(held)->busy = false; }};
  // The next copy waits in the compositor before it draws again, so that no picture is missed.
  begin();
  if (auto sent = connection_->flush(); !sent) return std::unexpected(sent.error());
  frame.ready = std::chrono::steady_clock::now();
  return frame;
}

Result<std::optional<CapturedFrame>> WlrCapturer::next(milliseconds wait) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  for (;;) {
    if (connection_->output_gone(output_)) return fail(ErrorCode::closed, "the virtual display has been taken away");
    if (copy_ && copy_->failed) {
      abandon();
      whole_next_ = true;
      refresh_ = true;
      if (++failures_ == most_failures) return fail(ErrorCode::io, "the compositor fails to copy the picture");
    }
    // One that waits for damage would keep a wanted refresh waiting too.
    if (copy_ && copy_->buffer != nullptr && copy_->with_damage && !copy_->ready && refresh_) abandon();
    if (!copy_) begin();
    if (copy_->ready) return take_ready();
    if (copy_->described && copy_->buffer == nullptr) {
      if (auto given = hand_over_buffer(); !given) return std::unexpected(given.error());
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto came = connection_->dispatch(std::clamp(left, milliseconds{0}, wait), wake_.get());
    if (!came) return std::unexpected(came.error());
    if (*came) continue;
    std::uint64_t count = 0;
    const bool woken = read(wake_.get(), &count, sizeof(count)) == sizeof(count);
    if (woken && refresh_) continue;
    if (woken || left.count() <= 0) return std::nullopt;
  }
}

}  // namespace

Probe probe_wlr_capturer() {
  const auto connection = WaylandConnection::open();
  if (!connection)
    return {false, "wlr-screencopy", connection.error().message,
            "start punktfunk-host inside a Sway session, or set WAYLAND_DISPLAY"};
  if (!(*connection)->offers(zwlr_screencopy_manager_v1_interface, screencopy_version)) {
    return {false, "wlr-screencopy", "the compositor does not offer wlr-screencopy version 3",
            "use a wlroots compositor such as Sway 1.7 or newer"};
  }
  return {true, "wlr-screencopy", "offered by the compositor", ""};
}

Result<std::unique_ptr<Capturer>> make_wlr_capturer(const std::string& name) {
  auto connection = WaylandConnection::open();
  if (!connection) return std::unexpected(connection.error());
  if (!(*connection)->offers(zwlr_screencopy_manager_v1_interface, screencopy_version)) {
    return fail(ErrorCode::unsupported, "the compositor does not offer wlr-screencopy version 3");
  }
  Manager manager(
      (*connection)->bind<zwlr_screencopy_manager_v1>(zwlr_screencopy_manager_v1_interface, screencopy_version));
  Shm shm((*connection)->bind<wl_shm>(wl_shm_interface, 1));
  auto* const output = (*connection)->find_output(name, output_limit);
  if (output == nullptr) return fail(ErrorCode::closed, "the compositor has no output named " + name);
  FileDescriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return std::make_unique<WlrCapturer>(std::move(*connection), output, std::move(manager), std::move(shm),
                                       std::move(wake));
}

}  // namespace pf::host
