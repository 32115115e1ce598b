#include "host/gamestream/stream/session_board.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/crypto/hash.h"
#include "core/wire/bytes.h"

namespace pf::host::gamestream {
namespace {

SessionTokens fresh_tokens() {
  std::array<std::byte, ping_token_size / 2 + sizeof(std::uint32_t)> random{};
  crypto::random_bytes(random);
  const std::span<const std::byte> all(random);
  wire::Reader reader(all.last(sizeof(std::uint32_t)));
  // 0 is what clients send that were given none.
  return {.ping = crypto::to_hex(all.first(ping_token_size / 2)),
          .connect_data = std::max(reader.read<std::uint32_t>(), 1U)};
}

StreamOffer offer_of(Platform& platform) {
  const auto input = platform.input_abilities();
  return {.codecs = platform.codecs(), .touch_and_pen = input.touch_and_pen, .controller_extras = input.gamepads};
}

}  // namespace

Result<SessionUrl> SessionBoard::offer(const Launch& launch) {
  if (!launch.mode.valid())
    return fail(ErrorCode::invalid_argument,
                launch.mode.to_string() + " is outside 320x200 to 7680x4320 at 1 to 500 Hz");
  if (!AudioFormat{launch.channels}.valid())
    return fail(ErrorCode::invalid_argument, "sound comes in 2, 6 or 8 channels");
  auto can = offer_of(platform_);
  const std::scoped_lock lock(mutex_);
  auto known = entries_.find(launch.client);
  if (known == entries_.end() && !entries_.empty()) {
    if (options_.others == OtherClients::refuse)
      return fail(ErrorCode::busy, "another client has a session, and this host is set to have one at a time");
    if (options_.others == OtherClients::replace)
      while (!entries_.empty()) finish(entries_.begin(), Termination::graceful);
    known = entries_.end();
  }
  if (known == entries_.end() && entries_.size() >= options_.max_sessions)
    return fail(ErrorCode::exhausted, "as many clients stream as this host allows");
  auto numbered = launch;
  numbered.session = known == entries_.end() ? next_session_++ : known->second.attachment->launch.session;
  auto& entry = known == entries_.end() ? entries_[launch.client] : known->second;
  if (entry.session) suspend(entry);
  entry.attachment =
      std::make_shared<Attachment>(std::move(numbered), std::move(can), links_.ports, fresh_tokens(), clock_.now());
  entry.attachment->video = std::make_shared<Route>(links_.video);
  entry.attachment->sound = std::make_shared<Route>(links_.sound);
  return SessionUrl{.scheme = launch.encrypted_rtsp ? "rtspenc" : "rtsp", .port = links_.rtsp};
}

std::optional<SessionView> SessionBoard::current(const std::string& client) const {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(client);
  if (found == entries_.end()) return std::nullopt;
  return SessionView{.app = found->second.attachment->launch.app, .state = found->second.state};
}

void SessionBoard::end(const std::string& client, EndReason /*why*/) {
  const std::scoped_lock lock(mutex_);
  // No reason is an error in the client's eyes: it is told the same for each.
  if (const auto found = entries_.find(client); found != entries_.end()) finish(found, Termination::graceful);
}

void SessionBoard::end_all() {
  const std::scoped_lock lock(mutex_);
  while (!entries_.empty()) finish(entries_.begin(), Termination::graceful);
}

std::vector<SessionStatus> SessionBoard::sessions() const {
  std::vector<SessionStatus> all;
  const std::scoped_lock lock(mutex_);
  for (const auto& [client, entry] : entries_) {
    SessionStatus status = entry.session ? entry.session->status() : SessionStatus{};
    const auto& launch = entry.attachment->launch;
    status.protocol = "gamestream";
    status.id = launch.session;
    status.client = launch.name;
    status.fingerprint = launch.client;
    status.app = launch.app_name;
    if (!entry.session) status.mode = launch.mode;
    switch (entry.state) {
      case SessionState::offered: status.state = host::SessionState::starting; break;
      case SessionState::streaming: break;
      case SessionState::waiting: status.state = host::SessionState::waiting; break;
    }
    all.push_back(std::move(status));
  }
  return all;
}

void SessionBoard::finish(Entries::iterator found, Termination code) {
  auto entry = std::make_shared<Entry>(std::move(found->second));
  entries_.erase(found);
  hang_up(*entry->attachment, code);
  links_.bury([entry, ended = options_.news.ended] {
    entry->session.reset();
    if (ended) ended(entry->attachment->launch);
  });
}

void SessionBoard::tell(Attachment& to, const HostMessage& message) {
  if (!to.peer || !to.control) return;
  auto sealed = to.control->seal(encode_control(message));
  if (!sealed) return;
  links_.post([peer = *to.peer, bytes = std::move(*sealed)](EnetHost& host, TimePoint now) {
    (void)host.send(peer, 0, bytes, now);
  });
}

// The client closes the connection itself when it has read why; only then, or a second later, does the host.
void SessionBoard::hang_up(Attachment& attachment, std::optional<Termination> code) {
  if (code) tell(attachment, *code);
  if (!attachment.peer) return;
  links_.post([this, peer = *attachment.peer, polite = code.has_value()](EnetHost&, TimePoint now) {
    farewells_.emplace_back(polite ? now + std::chrono::seconds{1} : now, peer);
  });
  attachment.peer.reset();
}

void SessionBoard::suspend(Entry& entry) {
  hang_up(*entry.attachment, std::nullopt);
  entry.attachment->touched = clock_.now();
  if (entry.state == SessionState::streaming) {
    entry.state = SessionState::waiting;
    if (options_.news.waiting) options_.news.waiting(entry.attachment->launch);
  }
  if (entry.session) entry.session->suspend();
}

SessionBoard::Entry* SessionBoard::entry_from(const net::Address& from) {
  Entry* newest = nullptr;
  for (auto& [client, entry] : entries_) {
    const auto& attachment = *entry.attachment;
    if (attachment.launch.encrypted_rtsp || !same_host(attachment.launch.remote, from)) continue;
    if (newest == nullptr || newest->attachment->touched < attachment.touched) newest = &entry;
  }
  return newest;
}

Result<std::optional<std::vector<std::byte>>> SessionBoard::on_rtsp(const net::Address& from,
                                                                    std::span<const std::byte> bytes) {
  if (looks_sealed(bytes)) {
    const auto envelope = parse_rtsp_envelope(bytes);
    if (!envelope) return std::unexpected(envelope.error());
    if (!*envelope) return std::nullopt;
    auto answered = answer_sealed(from, **envelope);
    if (!answered) return std::unexpected(answered.error());
    return std::optional(std::move(*answered));
  }
  const auto request = parse_rtsp_request({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!request) return std::unexpected(request.error());
  if (!*request) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  auto* entry = entry_from(from);
  if (entry == nullptr) return fail(ErrorCode::refused, "nobody has launched anything from there");
  const auto text = answer(*entry, **request);
  const auto answered = wire::as_bytes(text);
  return std::optional(std::vector(answered.begin(), answered.end()));
}

// The key that opens it says whose it is.
Result<std::vector<std::byte>> SessionBoard::answer_sealed(const net::Address& from, const RtspEnvelope& envelope) {
  const std::scoped_lock lock(mutex_);
  for (auto& [client, entry] : entries_) {
    auto& attachment = *entry.attachment;
    if (!attachment.launch.encrypted_rtsp || !same_host(attachment.launch.remote, from)) continue;
    const auto text = open_rtsp(attachment.launch.key, RtspOrigin::client, envelope);
    if (!text) continue;
    if (envelope.sequence <= attachment.rtsp_received) break;
    attachment.rtsp_received = envelope.sequence;
    const auto request = parse_rtsp_request(*text);
    if (!request) return std::unexpected(request.error());
    if (!*request) break;
    return seal_rtsp(attachment.launch.key, RtspOrigin::host, ++attachment.rtsp_sent, answer(entry, **request));
  }
  return fail(ErrorCode::unauthenticated, "a sealed RTSP message that is nobody's, or came twice");
}

std::string SessionBoard::answer(Entry& entry, const RtspRequest& request) {
  auto& attachment = *entry.attachment;
  attachment.touched = clock_.now();
  auto text = attachment.dialogue.answer(request).serialise();
  if (const auto wanted = attachment.dialogue.take_play()) play(entry, *wanted);
  if (attachment.dialogue.take_teardown()) suspend(entry);
  return text;
}

void SessionBoard::play(Entry& entry, const StreamRequest& request) {
  auto& attachment = *entry.attachment;
  attachment.request = request;
  attachment.control.emplace(attachment.launch.key, request.control_v2);
  attachment.video->mark(request.video.marked ? net::Dscp::video : net::Dscp::best_effort);
  attachment.sound->mark(request.audio.marked ? net::Dscp::audio : net::Dscp::best_effort);
  entry.state = SessionState::streaming;
  if (!entry.session) {
    const auto& client = attachment.launch.client;
    entry.session = std::make_unique<GameSession>(
        attachment.launch.name, options_.session, platform_, clock_,
        GameSession::Events{.streaming =
                                [told = options_.news.streaming](const Launch& launch, const Stage& stage, bool first) {
                                  if (told) told(launch, stage, first);
                                },
                            // Not here: the session can't be ended by its own thread.
                            .failed =
                                [this, client](const PipelineError&) {
                                  links_.post([this, client](EnetHost&, TimePoint) {
                                    const std::scoped_lock lock(mutex_);
                                    const auto found = entries_.find(client);
                                    if (found != entries_.end()) finish(found, Termination::frame_conversion);
                                  });
                                },
                            .report = options_.on_event,
                            .tell =
                                [this, client](const HostMessage& message) {
                                  links_.post([this, client, message](EnetHost&, TimePoint) {
                                    const std::scoped_lock lock(mutex_);
                                    const auto found = entries_.find(client);
                                    if (found != entries_.end()) tell(*found->second.attachment, message);
                                  });
                                }});
  }
  entry.session->play({attachment.launch, request, attachment.video, attachment.sound});
}

void SessionBoard::on_ping(Media media, const net::Address& from, const net::Address& local, const Ping& ping) {
  const std::scoped_lock lock(mutex_);
  for (auto& [client, entry] : entries_) {
    const auto& attachment = *entry.attachment;
    const auto& route = media == Media::video ? attachment.video : attachment.sound;
    // The token travels in the clear: who has read it on the way could turn the stream on somebody else. An old
    // client's ping says nothing but where it comes from, which only the first one may.
    const bool fits = ping.token.empty() ? !route->known() : ping.token == attachment.tokens.ping;
    if (!fits || !same_host(attachment.launch.remote, from)) continue;
    route->set_peer(from, local);
    if (entry.session) entry.session->reached();
    return;
  }
}

bool SessionBoard::overdue(const Entry& entry, TimePoint now) const {
  const auto& attachment = *entry.attachment;
  const auto since = now - attachment.touched;
  switch (entry.state) {
    case SessionState::offered: return since >= options_.offer_limit;
    case SessionState::streaming: return !attachment.peer && since >= options_.contact_limit;
    case SessionState::waiting: return since >= options_.linger;
  }
  return false;
}

void SessionBoard::on_tick(TimePoint now) {
  for (const auto& [when, peer] : std::exchange(farewells_, {})) {
    if (when > now)
      farewells_.emplace_back(when, peer);
    else
      links_.post([peer](EnetHost& host, TimePoint at) { host.disconnect(peer, at); });
  }
  const std::scoped_lock lock(mutex_);
  for (auto at = entries_.begin(); at != entries_.end();) {
    auto& [client, entry] = *at++;
    look_at_loss(entry, now);
    if (!overdue(entry, now)) continue;
    if (entry.state == SessionState::streaming)
      suspend(entry);
    else
      finish(entries_.find(client), Termination::graceful);
  }
}

}  // namespace pf::host::gamestream
