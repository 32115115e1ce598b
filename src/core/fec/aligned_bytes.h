// Memory that vector instructions like: it begins at a multiple of 64.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace pf::fec {

class AlignedBytes {
 public:
  /// What was in it is lost where it grows.
  void reserve(std::size_t size) {
    if (size <= size_) return;
    bytes_.reset(static_cast<std::byte*>(::operator new(size, alignment)));
    size_ = size;
  }
  [[nodiscard]] std::byte* data() const { return bytes_.get(); }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(std::byte* bytes) const { ::operator delete(bytes, alignment); }
  };
  std::unique_ptr<std::byte, Free> bytes_;
  std::size_t size_ = 0;
};

}  // namespace pf::fec
