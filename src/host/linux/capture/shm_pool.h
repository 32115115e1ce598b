// Buffers that the compositor writes pictures into and the pipeline reads from.
#pragma once

#include <wayland-client.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "host/linux/wayland/connection.h"

namespace pf::host {

struct ShmLayout {
  std::uint32_t format = 0;  // wl_shm's
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t stride = 0;
  bool operator==(const ShmLayout&) const = default;
};

/// Memory of one picture. It outlives the compositor's side of it while somebody still reads.
class SharedMemory {
 public:
  /// Errors: io. `fd` stays with the compositor's pool; this keeps the mapping alone.
  static Result<std::shared_ptr<SharedMemory>> map(int fd, std::size_t size);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  [[nodiscard]] std::span<std::byte> bytes() const { return {data_, size_}; }
  std::atomic<bool> busy = false;  // a frame refers to it, or the compositor is writing

 private:
  SharedMemory(std::byte* data, std::size_t size) : data_(data), size_(size) {}
  std::byte* data_;
  std::size_t size_;
};

struct DestroyBuffer {
  void operator()(wl_buffer* buffer) const { wl_buffer_destroy(buffer); }
};

struct ShmBuffer {
  std::unique_ptr<wl_buffer, DestroyBuffer> handle;
  std::shared_ptr<SharedMemory> memory;  // with the frames that were captured into it
};

/// The capturing thread's, but for SharedMemory::busy, which frames clear on any.
class ShmPool {
 public:
  explicit ShmPool(wl_shm* shm) : shm_(shm) {}
  /// A buffer of this layout that nobody uses, marked busy; nullptr when all are in use. Errors: io.
  Result<ShmBuffer*> take(const ShmLayout& layout);

 private:
  static constexpr std::size_t most_buffers = 5;  // three frames held, one being written, one to spare
  Result<ShmBuffer> make() const;

  wl_shm* shm_;
  ShmLayout layout_;
  std::vector<std::unique_ptr<ShmBuffer>> buffers_;
};

}  // namespace pf::host
