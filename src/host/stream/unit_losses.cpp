#include "host/stream/unit_losses.h"

#include <utility>

namespace pf::host {

std::optional<UnitLosses::Loss> UnitLosses::lose(FrameId first, FrameId last) {
  auto mended = mended_.value_or(chain_);
  const auto from = mended.lose(first, last);
  if (!from) return std::nullopt;
  if (count_ - *from > units_.size()) return Loss{};
  Loss loss{.known = true, .first = units_[*from % units_.size()].number};
  for (auto at = *from; at < count_ && !units_[at % units_.size()].frame.newer_than(last); ++at)
    loss.last = units_[at % units_.size()].number;
  mended_ = mended;
  return loss;
}

void UnitLosses::sent(FrameId frame, std::uint64_t number, bool keyframe, bool repaired) {
  if (mended_ && repaired) chain_ = *mended_;
  if (keyframe || repaired) mended_.reset();
  chain_.add(frame, keyframe);
  if (mended_) mended_->skip();
  units_[count_++ % units_.size()] = {frame, number};
}

}  // namespace pf::host
