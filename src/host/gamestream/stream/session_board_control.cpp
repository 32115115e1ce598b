// What comes in on the control stream, and what it leads to.
#include "host/gamestream/stream/session_board.h"

#include <algorithm>

namespace pf::host::gamestream {
namespace {

constexpr std::chrono::seconds loss_interval{1};

}  // namespace

bool SessionBoard::admits(const net::Address& from, std::uint32_t connect_data) const {
  const std::scoped_lock lock(mutex_);
  return std::ranges::any_of(entries_, [&](const auto& item) {
    const auto& attachment = *item.second.attachment;
    if (!attachment.request || attachment.peer) return false;
    if (connect_data == 0) return !attachment.request->session_ids && same_host(attachment.launch.remote, from);
    return attachment.tokens.connect_data == connect_data;
  });
}

SessionBoard::Entry* SessionBoard::entry_of(EnetPeerId peer) {
  const auto found =
      std::ranges::find_if(entries_, [&](const auto& item) { return item.second.attachment->peer == peer; });
  return found == entries_.end() ? nullptr : &found->second;
}

void SessionBoard::on_control(const EnetEvent& event, TimePoint now) {
  const std::scoped_lock lock(mutex_);
  if (event.kind == EnetEvent::Kind::connected) {
    for (auto& [client, entry] : entries_) {
      auto& attachment = *entry.attachment;
      const bool fits = event.connect_data == 0 ? same_host(attachment.launch.remote, event.address)
                                                : attachment.tokens.connect_data == event.connect_data;
      if (!fits || attachment.peer) continue;
      attachment.peer = event.peer;
      return;
    }
    farewells_.emplace_back(now, event.peer);
    return;
  }
  std::erase_if(farewells_, [&](const auto& farewell) {
    return event.kind == EnetEvent::Kind::disconnected && farewell.second == event.peer;
  });
  auto* entry = entry_of(event.peer);
  if (entry == nullptr) return;
  if (event.kind == EnetEvent::Kind::message) return on_message(*entry, event.message.data, now);
  entry->attachment->peer.reset();
  suspend(*entry);
}

void SessionBoard::on_message(Entry& entry, std::span<const std::byte> sealed, TimePoint now) {
  auto& attachment = *entry.attachment;
  if (!attachment.control || !entry.session) return;
  const auto text = attachment.control->open(sealed);
  if (!text) return;
  attachment.touched = now;
  const auto message = decode_control(*text);
  if (!message || !*message) return;
  auto& session = *entry.session;
  if (const auto* input = std::get_if<InputMessage>(&**message)) {
    const auto packet = decode_input(input->packet);
    if (packet && *packet) session.input(**packet);
  } else if (const auto* status = std::get_if<FrameFecStatus>(&**message)) {
    entry.lost += status->missing;
  } else if (const auto* lost = std::get_if<InvalidateFrames>(&**message)) {
    session.invalidate({lost->first}, {lost->last});
  } else if (std::holds_alternative<KeyframeRequest>(**message)) {
    session.request_keyframe();
  }
}

void SessionBoard::look_at_loss(Entry& entry, TimePoint now) {
  if (!entry.session || now < entry.next_look) return;
  entry.next_look = now + loss_interval;
  const auto sent = entry.session->packets_sent();
  const auto lately = sent - entry.sent;
  entry.sent = sent;
  const auto lost = std::exchange(entry.lost, 0);
  if (lately != 0) entry.session->set_loss(std::min(1.0, static_cast<double>(lost) / static_cast<double>(lately)));
}

}  // namespace pf::host::gamestream
