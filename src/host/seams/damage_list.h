// What changed between two pictures: rectangles, none of them allocated.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace pf::host {

struct Rect {
  std::uint32_t x = 0, y = 0, width = 0, height = 0;
  bool operator==(const Rect&) const = default;
};

/// Up to `capacity` rectangles. One more, and the list is the one box around them all.
class DamageList {
 public:
  static constexpr std::size_t capacity = 64;  // above this a list costs more to walk than the pixels that it saves

  DamageList() = default;
  DamageList(std::initializer_list<Rect> rects) {
    for (const auto& rect : rects) push_back(rect);
  }
  void push_back(const Rect& rect) {
    if (size_ == capacity) {
      for (std::size_t i = 1; i < size_; ++i) rects_[0] = around(rects_[0], rects_[i]);
      rects_[0] = around(rects_[0], rect);
      size_ = 1;
    } else {
      rects_[size_++] = rect;
    }
  }
  void clear() { size_ = 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const Rect* begin() const { return rects_.data(); }
  [[nodiscard]] const Rect* end() const { return rects_.data() + size_; }
  friend bool operator==(const DamageList& a, const DamageList& b) { return std::ranges::equal(a, b); }

 private:
  static Rect around(const Rect& a, const Rect& b) {
    const auto left = std::min(a.x, b.x);
    const auto top = std::min(a.y, b.y);
    return {left, top, std::max(a.x + a.width, b.x + b.width) - left, std::max(a.y + a.height, b.y + b.height) - top};
  }

  std::array<Rect, capacity> rects_{};
  std::size_t size_ = 0;
};

}  // namespace pf::host
