#include "host/gamestream/enet/enet_peer.h"

#include <algorithm>
#include <utility>

#include "host/gamestream/wire/byte_order.h"

namespace pf::host::gamestream {
namespace {

constexpr std::uint32_t smallest_mtu = 576;
constexpr std::uint32_t largest_mtu = 1400;
constexpr std::uint32_t smallest_window = 4096;
constexpr std::uint32_t largest_window = 65536;
constexpr std::int16_t window = 0x1000 * 7;  // of sequences ahead that a sender may use
constexpr std::size_t datagram_room = 1200;
constexpr std::size_t most_messages = 1024;
constexpr milliseconds silence_limit{10'000};  // the client's own
constexpr milliseconds ping_interval{500};
constexpr milliseconds closing_limit{2000};
constexpr milliseconds longest_wait{2000};
constexpr milliseconds shortest_wait{50};

std::uint16_t ms_of(TimePoint t) {
  return static_cast<std::uint16_t>(std::chrono::duration_cast<milliseconds>(t.time_since_epoch()).count());
}

std::int16_t ahead(std::uint16_t sequence, std::uint16_t of) {
  return static_cast<std::int16_t>(sequence - of);
}

// Differs from the number of the connection before, so that its late datagrams are nobody's.
std::uint8_t next_session(std::uint8_t theirs, std::uint8_t generation) {
  return static_cast<std::uint8_t>(((theirs == 0xFF ? generation : theirs) + 1) & 3);
}

}  // namespace

EnetPeer::EnetPeer(const net::Address& address, std::uint16_t number, std::uint8_t generation,
                   const EnetConnect& connect, TimePoint now)
    : address_(address),
      their_number_(connect.peer),
      connect_id_(connect.connect_id),
      connect_data_(connect.data),
      incoming_session_(next_session(connect.outgoing_session, generation)),
      outgoing_session_(next_session(connect.incoming_session, generation)),
      channels_(std::clamp<std::size_t>(connect.channels, 1, max_channels)),
      last_received_(now),
      next_ping_(now + ping_interval),
      closing_until_(TimePoint::max()) {
  EnetConnect verified = connect;
  verified.peer = number;
  verified.incoming_session = outgoing_session_;
  verified.outgoing_session = incoming_session_;
  verified.mtu = std::clamp(connect.mtu, smallest_mtu, largest_mtu);
  verified.window = std::clamp(connect.window, smallest_window, largest_window);
  verified.channels = static_cast<std::uint32_t>(channels_.size());
  ++control_sent_;
  queue(enet_control_channel, control_sent_, enet_verify_connect(control_sent_, verified), now);
}

Duration EnetPeer::patience() const {
  return std::clamp<Duration>(round_trip_ + 4 * variance_, shortest_wait, longest_wait);
}

void EnetPeer::queue(std::uint8_t channel, std::uint16_t sequence, std::vector<std::byte> command, TimePoint now) {
  unacknowledged_.push_back(
      {.channel = channel, .sequence = sequence, .command = std::move(command), .due = now, .wait = patience()});
  tick(now);
}

void EnetPeer::receive(const EnetHeader& header, const EnetCommand& command, TimePoint now) {
  if (state_ == State::closed) return;
  last_received_ = now;
  bool taken = true;
  switch (command.kind) {
    case EnetKind::acknowledge:
      acknowledged(command.channel, load_be<std::uint16_t>(command.fields),
                   load_be<std::uint16_t>(command.fields.subspan(2)), now);
      return;
    case EnetKind::disconnect:
      // The client has forgotten all that it sent before, and reads no further in a datagram that acknowledges any of
      // it.
      state_ = State::closed;
      acknowledgements_.clear();
      due_commands_.clear();
      break;
    case EnetKind::reliable: taken = state_ == State::open && accept_reliable(command); break;
    case EnetKind::unreliable:
    case EnetKind::unsequenced:
      if (state_ == State::open) accept_unreliable(command);
      return;
    case EnetKind::fragment:
    case EnetKind::unreliable_fragment: disconnect(now); return;
    // A repeated CONNECT is answered by the repeats of the answer to the first.
    case EnetKind::connect:
    case EnetKind::verify_connect: return;
    case EnetKind::ping:
    case EnetKind::bandwidth_limit:
    case EnetKind::throttle_configure: break;
  }
  if (!taken || !command.wants_acknowledgement || !header.sent_time || acknowledgements_.size() >= datagram_room)
    return;
  const auto answer = enet_acknowledge(command.channel, command.sequence, *header.sent_time);
  acknowledgements_.insert(acknowledgements_.end(), answer.begin(), answer.end());
}

void EnetPeer::acknowledged(std::uint8_t channel, std::uint16_t sequence, std::uint16_t sent_time, TimePoint now) {
  const auto found = std::ranges::find_if(
      unacknowledged_, [&](const auto& sent) { return sent.channel == channel && sent.sequence == sequence; });
  if (found == unacknowledged_.end()) return;
  unacknowledged_.erase(found);
  const Duration sample = milliseconds{std::max<std::uint16_t>(static_cast<std::uint16_t>(ms_of(now) - sent_time), 1)};
  if (sample < silence_limit) {
    const Duration off = sample > round_trip_ ? sample - round_trip_ : round_trip_ - sample;
    variance_ = measured_ ? variance_ + (off - variance_) / 4 : sample / 2;
    round_trip_ = measured_ ? round_trip_ + (sample - round_trip_) / 8 : sample;
    measured_ = true;
  }
  if (channel != enet_control_channel) return;
  if (state_ == State::opening) state_ = State::open;
  if (state_ == State::closing && sequence == control_sent_) state_ = State::closed;
}

// False: not to be acknowledged, so that it comes again.
bool EnetPeer::accept_reliable(const EnetCommand& command) {
  if (command.channel >= channels_.size()) return false;
  auto& channel = channels_[command.channel];
  const auto distance = ahead(command.sequence, channel.received);
  if (distance <= 0) return true;  // again
  if (distance >= window) return false;
  if (distance > 1) {
    if (channel.early.size() >= max_reordered) return false;
    channel.early.try_emplace(command.sequence, command.data.begin(), command.data.end());
    return true;
  }
  if (messages_.size() >= most_messages) return false;
  channel.received = command.sequence;
  pass_on(command.channel, command.data);
  for (auto next = channel.early.find(static_cast<std::uint16_t>(channel.received + 1)); next != channel.early.end();
       next = channel.early.find(static_cast<std::uint16_t>(channel.received + 1))) {
    channel.received = next->first;
    pass_on(command.channel, next->second);
    channel.early.erase(next);
  }
  channel.received_unreliable = 0;
  return true;
}

// One that was sent behind a reliable message which is not here yet is lost: its time has passed when that comes.
void EnetPeer::accept_unreliable(const EnetCommand& command) {
  if (command.channel >= channels_.size() || messages_.size() >= most_messages) return;
  auto& channel = channels_[command.channel];
  if (command.kind == EnetKind::unreliable) {
    const auto number = load_be<std::uint16_t>(command.fields);
    if (command.sequence != channel.received || ahead(number, channel.received_unreliable) <= 0) return;
    channel.received_unreliable = number;
  }
  pass_on(command.channel, command.data);
}

void EnetPeer::pass_on(std::uint8_t channel, std::span<const std::byte> data) {
  messages_.push_back({.channel = channel, .data = {data.begin(), data.end()}});
}

bool EnetPeer::send(std::uint8_t channel, std::span<const std::byte> data, TimePoint now) {
  if (state_ != State::open || unacknowledged_.size() >= max_unacknowledged || data.size() + 8 > smallest_mtu)
    return false;
  const auto to = channel < channels_.size() ? channel : std::uint8_t{0};
  const auto sequence = ++channels_[to].sent;
  queue(to, sequence, enet_reliable(to, sequence, data), now);
  return true;
}

void EnetPeer::disconnect(TimePoint now) {
  if (state_ == State::closing || state_ == State::closed) return;
  state_ = State::closing;
  closing_until_ = now + closing_limit;
  ++control_sent_;
  queue(enet_control_channel, control_sent_, enet_disconnect(control_sent_), now);
}

void EnetPeer::tick(TimePoint now) {
  if (state_ == State::closed) return;
  if (now - last_received_ >= silence_limit || now >= closing_until_) {
    state_ = State::closed;
    due_commands_.clear();
    return;
  }
  if (state_ == State::open && now >= next_ping_) {
    next_ping_ = now + ping_interval;
    // What already waits for its acknowledgement is as good as a ping; and a client that acknowledges nothing must not
    // make more and more wait.
    if (unacknowledged_.empty()) {
      ++control_sent_;
      queue(enet_control_channel, control_sent_, enet_ping(control_sent_), now);
      return;
    }
  }
  for (auto& waiting : unacknowledged_) {
    if (waiting.due > now || due_commands_.size() + waiting.command.size() > datagram_room) continue;
    due_commands_.insert(due_commands_.end(), waiting.command.begin(), waiting.command.end());
    waiting.due = now + waiting.wait;
    waiting.wait = std::min<Duration>(waiting.wait * 2, longest_wait);
  }
}

TimePoint EnetPeer::deadline() const {
  auto next = std::min(last_received_ + silence_limit, closing_until_);
  if (state_ == State::open) next = std::min(next, next_ping_);
  for (const auto& waiting : unacknowledged_) next = std::min(next, waiting.due);
  return next;
}

std::optional<EnetMessage> EnetPeer::take_message() {
  if (messages_.empty()) return std::nullopt;
  auto message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

std::optional<std::vector<std::byte>> EnetPeer::take_datagram(TimePoint now) {
  if (quiet()) return std::nullopt;
  EnetHeader header{.peer = their_number_, .session = outgoing_session_, .sent_time = std::nullopt};
  // Acknowledgements and commands each fill a datagram at most.
  auto& part = acknowledgements_.empty() ? due_commands_ : acknowledgements_;
  if (acknowledgements_.empty()) header.sent_time = ms_of(now);
  return enet_datagram(header, std::exchange(part, {}));
}

}  // namespace pf::host::gamestream
