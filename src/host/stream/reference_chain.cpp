#include "host/stream/reference_chain.h"

namespace pf::host {
namespace {

bool within(FrameId frame, FrameId first, FrameId last) {
  return !first.newer_than(frame) && !frame.newer_than(last);
}

}  // namespace

void ReferenceChain::add(FrameId frame, bool keyframe) {
  links_[next_unit_ % remembered] = Link{frame, next_unit_, keyframe ? std::nullopt : newest_};
  newest_ = next_unit_++;
}

const ReferenceChain::Link* ReferenceChain::link_of(std::uint64_t unit) const {
  const auto& link = links_[unit % remembered];
  return link && link->unit == unit ? &*link : nullptr;
}

std::optional<std::uint64_t> ReferenceChain::lose(FrameId first, FrameId last) {
  std::optional<std::uint64_t> oldest_lost;
  auto at = newest_;
  while (at) {
    const auto* link = link_of(*at);
    if (link == nullptr) {
      oldest_lost = 0;
      newest_.reset();
      break;
    }
    if (first.newer_than(link->frame)) break;
    if (within(link->frame, first, last)) {
      oldest_lost = link->unit;
      newest_ = link->refers;
    }
    at = link->refers;
  }
  return oldest_lost;
}

}  // namespace pf::host
