#include "core/crypto/replay_window.h"

namespace pf::crypto {

bool ReplayWindow::would_accept(std::uint64_t number) const {
  if (!any_ || number > newest_) return true;
  if (newest_ - number >= size) return false;
  return (seen_[number / 64 % seen_.size()] & (std::uint64_t{1} << (number % 64))) == 0;
}

void ReplayWindow::accept(std::uint64_t number) {
  if (!any_) {
    any_ = true;
    newest_ = number;
  } else if (number > newest_) {
    // The words between the old newest and the new one belong to numbers that nobody has seen yet.
    const std::uint64_t first = newest_ / 64 + 1;
    const std::uint64_t last = number / 64;
    if (last - newest_ / 64 >= seen_.size()) {
      seen_.fill(0);
    } else {
      for (auto word = first; word <= last; ++word) seen_[word % seen_.size()] = 0;
    }
    newest_ = number;
  }
  seen_[number / 64 % seen_.size()] |= std::uint64_t{1} << (number % 64);
}

}  // namespace pf::crypto
