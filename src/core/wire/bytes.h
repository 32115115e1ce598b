// The one bounded reader and the one writer that every layout on the wire goes through. Little-endian throughout.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pf::wire {

/// Reads forward over bytes from outside. The first read past the end makes it fail for good: later reads give zero,
/// so a parser may read a whole layout and ask ok() once.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <std::unsigned_integral T>
  T read() {
    std::byte raw[sizeof(T)]{};
    const auto from = take(sizeof(T));
    if (!from.empty()) std::memcpy(raw, from.data(), sizeof(T));
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;)
      value = static_cast<T>((static_cast<std::uint64_t>(value) << 8) | std::to_integer<std::uint64_t>(raw[i]));
    return value;
  }
  template <std::signed_integral T>
  T read() {
    return static_cast<T>(read<std::make_unsigned_t<T>>());
  }

  /// The next `size` bytes, or nothing (and failure) when fewer are left.
  std::span<const std::byte> take(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto head = rest_.first(size);
    rest_ = rest_.subspan(size);
    return head;
  }

  std::string_view take_text(std::size_t size) {
    const auto bytes = take(size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  [[nodiscard]] std::span<const std::byte> rest() const { return rest_; }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::span<const std::byte> rest_;
  bool ok_ = true;
};

/// Writes forward into a caller's buffer and never past its end: a write that does not fit makes it fail for good.
class Writer {
 public:
  explicit Writer(std::span<std::byte> out) : out_(out) {}

  template <std::unsigned_integral T>
  void write(T value) {
    std::byte raw[sizeof(T)];
    for (std::size_t i = 0; i < sizeof(T); ++i)
      raw[i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i));
    put(raw);
  }
  template <std::signed_integral T>
  void write(T value) {
    write(static_cast<std::make_unsigned_t<T>>(value));
  }

  void put(std::span<const std::byte> bytes) {
    if (!ok_ || bytes.size() > out_.size() - used_) {
      ok_ = false;
      return;
    }
    if (!bytes.empty()) std::memcpy(out_.data() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }

  [[nodiscard]] std::span<std::byte> written() const { return out_.first(used_); }
  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::span<std::byte> out_;
  std::size_t used_ = 0;
  bool ok_ = true;
};

[[nodiscard]] inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace pf::wire
