// Cuts a byte stream into records that stand behind their length; holds at most one partial record.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/wire/bytes.h"

namespace pf::wire {

/// `Length` is the unsigned type of the length field; a record has `least` to `most` bytes behind it.
template <class Length>
class RecordFramer {
 public:
  RecordFramer(std::size_t least, std::size_t most) : least_(least), most_(most) {}

  /// Errors: malformed (a length out of bounds); the framer is then dead.
  Result<void> push(std::span<const std::byte> bytes) {
    if (dead_) return fail(ErrorCode::malformed, "the stream has failed already");
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return check_lengths();
  }

  /// The next whole record without its length; valid until the next push().
  std::optional<std::span<const std::byte>> next() {
    const auto rest = std::span<const std::byte>(buffer_).subspan(consumed_);
    if (dead_ || rest.size() < sizeof(Length)) return std::nullopt;
    const std::size_t size = Reader(rest).template read<Length>();
    if (rest.size() - sizeof(Length) < size) return std::nullopt;
    consumed_ += sizeof(Length) + size;
    return rest.subspan(sizeof(Length), size);
  }

 private:
  Result<void> check_lengths() {
    auto rest = std::span<const std::byte>(buffer_);
    while (rest.size() >= sizeof(Length)) {
      const std::size_t size = Reader(rest).template read<Length>();
      if (size < least_ || size > most_) {
        dead_ = true;
        buffer_.clear();
        return fail(ErrorCode::malformed, "a record's length is out of bounds");
      }
      if (rest.size() - sizeof(Length) < size) break;
      rest = rest.subspan(sizeof(Length) + size);
    }
    return {};
  }

  std::size_t least_;
  std::size_t most_;
  std::vector<std::byte> buffer_;
  std::size_t consumed_ = 0;
  bool dead_ = false;
};

}  // namespace pf::wire
