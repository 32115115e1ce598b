// What the host decides, without the network under it: who may stream, which session is whose, what outlives a
// connection.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/stream/server.h"
#include "host/stream/session.h"

namespace pf::host {

class ClientConnection;

/// On the control thread, except where said. Sessions report through `post`, which brings their news there.
class HostCore : public std::enable_shared_from_this<HostCore> {
 public:
  /// Runs a task on the control thread after a delay; drops it when there is no control thread any more.
  using Post = std::function<void(std::function<void()>, milliseconds)>;
  struct Services {
    control::TrustStore& trust;
    control::PairingWindow& pairing;
    Platform& platform;
    const Clock& clock;
  };
  HostCore(HostServerOptions options, const Services& services, Post post);
  ~HostCore();
  HostCore(const HostCore&) = delete;
  HostCore& operator=(const HostCore&) = delete;

  /// nullptr: the host is stopping, or too many strangers are here.
  std::shared_ptr<control::ConnectionHandler> accept(control::QuicConnection& connection);

  // For client connections.
  [[nodiscard]] const HostServerOptions& options() const { return options_; }
  [[nodiscard]] const Services& services() const { return services_; }
  [[nodiscard]] const std::vector<VideoCodec>& codecs() const { return codecs_; }
  [[nodiscard]] std::optional<control::TrustedPeer> trusted(const control::Fingerprint& peer) const;
  /// Gives the client a session: its earlier one when the token says so, else a new one.
  void start(ClientConnection& client, const wire::Start& start);
  /// The session that streams to this connection, if any.
  [[nodiscard]] StreamSession* session_of(std::uint64_t connection) const;
  /// The client has said that it leaves: its display goes at once.
  void leave(std::uint64_t connection, const std::string& why);
  /// The connection is gone; a session that is still its own waits for the client to come back.
  void closed(std::uint64_t connection);
  void report(const HostEvent& event) const;
  /// The path is for this connection's train alone for `length` and a second more. Else why not, for the user.
  std::optional<std::string> claim_path(std::uint64_t connection, Duration length);
  /// Says something to a client from any thread, if it is still there.
  std::function<void(const wire::ControlMessage&)> deliver_to(std::uint64_t connection);

  // From any thread.
  /// A client's pairing was taken back.
  void remove_client(const control::Fingerprint& peer);
  [[nodiscard]] HostStatus status(const net::Address& listen) const;
  void stop(const std::string& text);

 private:
  struct Entry {
    std::shared_ptr<StreamSession> session;  // shared with status(), for as long as that looks at it
    control::Fingerprint peer{};
    std::uint64_t connection = 0;  // 0: none
    bool ending = false;
  };

  Entry* entry_of(const control::Fingerprint& peer);
  Entry* entry_by_connection(std::uint64_t connection);
  void end(Entry& entry, const std::string& why);
  void take_over(Entry& entry, const ClientConnection& by);
  void create_session(ClientConnection& client, Attachment attachment);
  SessionEvents events_of(std::uint64_t session);
  void deliver(std::uint64_t session, std::uint64_t connection, const wire::ControlMessage& message);
  void gone(std::uint64_t session, const std::optional<Attachment>& unserved);
  [[nodiscard]] std::size_t active_sessions() const;
  [[nodiscard]] std::size_t strangers() const;

  const HostServerOptions options_;
  const Services services_;
  const Post post_;
  const std::vector<VideoCodec> codecs_;
  const TimePoint born_;

  /// Written on the control thread alone, which therefore reads without it.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Entry> sessions_;
  std::map<std::uint64_t, ClientConnection*> connections_;  // owned by the port until they are closed
  std::uint64_t next_session_ = 1;
  bool stopping_ = false;
  std::uint64_t measuring_ = 0;  // the connection that had the path last
  TimePoint measuring_until_;
};

}  // namespace pf::host
