// All GameStream sessions of a host: who has one, which packets are whose, and what a client's messages lead to. Knows
// no socket; stream/server.h gives it some.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/gamestream/control/control_messages.h"
#include "host/gamestream/rtsp/rtsp_envelope.h"
#include "host/gamestream/stream/attachment.h"
#include "host/gamestream/stream/game_session.h"
#include "host/gamestream/stream/ping.h"

namespace pf::host::gamestream {

/// What becomes of a client that launches while another one has a session.
enum class OtherClients : std::uint8_t {
  beside,   // both have one, each its own display
  refuse,   // the second is told that the host is busy
  replace,  // the first one's ends
};

struct BoardOptions {
  SessionSettings session;
  std::size_t max_sessions = 8;
  OtherClients others = OtherClients::beside;
  milliseconds offer_limit{30'000};    // from /launch to PLAY
  milliseconds contact_limit{10'000};  // from PLAY to the control stream
  std::chrono::minutes linger{10};     // how long display and app wait for a client that left without quitting
  SessionNews news;                    // each may be empty
  OnHostEvent on_event;                // may be empty
};

/// Any thread, but where said otherwise. Sessions end on a thread of `bury`'s, for their displays take time to remove.
class SessionBoard final : public LaunchBoard {
 public:
  struct Links {
    std::shared_ptr<net::UdpSocket> video;
    std::shared_ptr<net::UdpSocket> sound;
    StreamPorts ports;
    std::uint16_t rtsp = 0;
    /// Runs on the control thread, soon.
    std::function<void(std::function<void(EnetHost&, TimePoint)>)> post;
    /// Runs elsewhere, some time; may wait.
    std::function<void(std::function<void()>)> bury;
  };
  SessionBoard(BoardOptions options, Platform& platform, const Clock& clock)
      : options_(std::move(options)), platform_(platform), clock_(clock) {}

  /// Once, before any other call.
  void connect(Links links) { links_ = std::move(links); }

  Result<SessionUrl> offer(const Launch& launch) override;
  [[nodiscard]] std::optional<SessionView> current(const std::string& client) const override;
  void end(const std::string& client, EndReason why) override;
  void end_all();
  [[nodiscard]] std::vector<SessionStatus> sessions() const;

  /// The answer to what has come of an RTSP request so far; nullopt: more has to come. Errors close the connection.
  Result<std::optional<std::vector<std::byte>>> on_rtsp(const net::Address& from, std::span<const std::byte> bytes);
  enum class Media : std::uint8_t { video, sound };
  void on_ping(Media media, const net::Address& from, const net::Address& local, const Ping& ping);

  // On the control thread.
  [[nodiscard]] bool admits(const net::Address& from, std::uint32_t connect_data) const;
  void on_control(const EnetEvent& event, TimePoint now);
  void on_tick(TimePoint now);

 private:
  struct Entry {
    std::shared_ptr<Attachment> attachment;
    std::unique_ptr<GameSession> session;  // from the first PLAY on
    SessionState state = SessionState::offered;
    std::uint64_t lost = 0;  // packets, since the last look
    std::uint64_t sent = 0;  // packets, at the last look
    TimePoint next_look;
  };
  using Entries = std::map<std::string, Entry>;

  Result<std::vector<std::byte>> answer_sealed(const net::Address& from, const RtspEnvelope& envelope);
  std::string answer(Entry& entry, const RtspRequest& request);
  void play(Entry& entry, const StreamRequest& request);
  void suspend(Entry& entry);
  void finish(Entries::iterator entry, Termination code);
  void on_message(Entry& entry, std::span<const std::byte> sealed, TimePoint now);
  void look_at_loss(Entry& entry, TimePoint now);
  void tell(Attachment& to, const HostMessage& message);
  void hang_up(Attachment& attachment, std::optional<Termination> code);
  [[nodiscard]] bool overdue(const Entry& entry, TimePoint now) const;
  Entry* entry_from(const net::Address& from);
  Entry* entry_of(EnetPeerId peer);

  const BoardOptions options_;
  Platform& platform_;
  const Clock& clock_;
  Links links_;
  mutable std::mutex mutex_;
  Entries entries_;  // by client
  std::uint64_t next_session_ = 1;
  std::vector<std::pair<TimePoint, EnetPeerId>> farewells_;  // the control thread's own
};

}  // namespace pf::host::gamestream
