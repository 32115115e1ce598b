#include "host/linux/capture/shm_pool.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "host/linux/wayland/file_descriptor.h"

namespace pf::host {
namespace {

std::string reason() {
  return std::system_category().message(errno);
}

}  // namespace

Result<std::shared_ptr<SharedMemory>> SharedMemory::map(int fd, std::size_t size) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) return fail(ErrorCode::io, "cannot map a picture's memory: " + reason());
  return std::shared_ptr<SharedMemory>(new SharedMemory(static_cast<std::byte*>(memory), size));
}

SharedMemory::~SharedMemory() {
  munmap(data_, size_);
}

Result<ShmBuffer*> ShmPool::take(const ShmLayout& layout) {
  if (layout != layout_) {
    // Frames that are still read keep their memory; the compositor's side of it goes.
    buffers_.clear();
    layout_ = layout;
  }
  for (const auto& buffer : buffers_) {
    if (!buffer->memory->busy.exchange(true)) return buffer.get();
  }
  if (buffers_.size() == most_buffers) return nullptr;
  auto made = make();
  if (!made) return std::unexpected(made.error());
  made->memory->busy = true;
  buffers_.push_back(std::make_unique<ShmBuffer>(std::move(*made)));
  return buffers_.back().get();
}

Result<ShmBuffer> ShmPool::make() const {
  const auto size = static_cast<std::size_t>(layout_.stride) * layout_.height;
  const FileDescriptor fd(memfd_create("punktfunk-capture", MFD_CLOEXEC));
  if (!fd || ftruncate(fd.get(), static_cast<off_t>(size)) != 0)
    return fail(ErrorCode::io, "cannot make a picture's memory: " + reason());
  auto memory = SharedMemory::map(fd.get(), size);
  if (!memory) return std::unexpected(memory.error());
  wl_shm_pool* pool = wl_shm_create_pool(shm_, fd.get(), static_cast<std::int32_t>(size));
  wl_buffer* handle = wl_shm_pool_create_buffer(pool, 0, static_cast<std::int32_t>(layout_.width),
                                                static_cast<std::int32_t>(layout_.height),
                                                static_cast<std::int32_t>(layout_.stride), layout_.format);
  wl_shm_pool_destroy(pool);
  return ShmBuffer{std::unique_ptr<wl_buffer, DestroyBuffer>(handle), std::move(*memory)};
}

}  // namespace pf::host
