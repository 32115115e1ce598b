// The memory in which frames come together and units wait for their decoder: one piece, taken once for a stream.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

namespace pf::session {

/// A part of a UnitMemory, or nothing. The part is free again when this ends, on whatever thread; it may outlive the
/// UnitMemory.
class UnitBytes {
 public:
  UnitBytes() = default;
  ~UnitBytes() { release(); }
  UnitBytes(UnitBytes&& other) noexcept { swap(other); }
  UnitBytes& operator=(UnitBytes&& other) noexcept {
    UnitBytes(std::move(other)).swap(*this);
    return *this;
  }
  UnitBytes(const UnitBytes&) = delete;
  UnitBytes& operator=(const UnitBytes&) = delete;
  /// In memory of its own.
  static UnitBytes copy_of(std::span<const std::byte> bytes);

  [[nodiscard]] std::byte* data() { return bytes_.data(); }
  [[nodiscard]] const std::byte* data() const { return bytes_.data(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::byte* begin() { return bytes_.data(); }
  [[nodiscard]] std::byte* end() { return bytes_.data() + bytes_.size(); }
  [[nodiscard]] const std::byte* begin() const { return bytes_.data(); }
  [[nodiscard]] const std::byte* end() const { return bytes_.data() + bytes_.size(); }
  [[nodiscard]] bool held() const { return owner_ != nullptr; }
  /// Goes on with a part of what it was; all of it stays taken.
  void narrow(std::size_t offset, std::size_t size) { bytes_ = bytes_.subspan(offset, size); }
  friend bool operator==(const UnitBytes& a, std::span<const std::byte> b) { return std::ranges::equal(a.bytes_, b); }

 private:
  friend class UnitMemory;
  struct Owner;
  void swap(UnitBytes& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(start_, other.start_);
    std::swap(bytes_, other.bytes_);
  }
  void release() noexcept;

  std::shared_ptr<Owner> owner_;  // with the UnitMemory and all other parts that are out
  std::size_t start_ = 0;         // of the part in the whole
  std::span<std::byte> bytes_;
};

/// One thread takes. Allocates when it is made and never again; pages that no frame has ever needed cost nothing on
/// systems that give memory when it is touched, because parts are taken from the front.
class UnitMemory {
 public:
  explicit UnitMemory(std::size_t bytes);
  /// Nothing where no free piece is large enough, or 1,024 parts are out.
  [[nodiscard]] UnitBytes take(std::size_t size);

 private:
  std::shared_ptr<UnitBytes::Owner> owner_;
};

}  // namespace pf::session
