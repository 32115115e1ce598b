#include "host/stream/host_core.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/crypto/hash.h"
#include "host/stream/client_connection.h"

namespace pf::host {
namespace {

// How long goodbyes may take to leave; a little more than a closing connection lingers.
constexpr milliseconds farewell{600};

}  // namespace

HostCore::HostCore(HostServerOptions options, const Services& services, Post post)
    : options_(std::move(options)),
      services_(services),
      post_(std::move(post)),
      codecs_(services.platform.codecs()),
      born_(services.clock.now()) {}

HostCore::~HostCore() = default;

std::shared_ptr<control::ConnectionHandler> HostCore::accept(control::QuicConnection& connection) {
  if (stopping_ || (!trusted(connection.peer()) && strangers() >= options_.max_strangers)) return nullptr;
  auto client = std::make_shared<ClientConnection>(*this, connection);
  post_(
      [self = weak_from_this(), id = connection.id()] {
        const auto core = self.lock();
        if (!core) return;
        if (const auto late = core->connections_.find(id); late != core->connections_.end())
          late->second->end_if_stranger();
      },
      options_.stranger_limit);
  const std::scoped_lock lock(mutex_);
  connections_[connection.id()] = client.get();
  return client;
}

std::size_t HostCore::strangers() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(connections_, [](const auto& element) { return !element.second->greeted(); }));
}

std::optional<control::TrustedPeer> HostCore::trusted(const control::Fingerprint& peer) const {
  return services_.trust.find(peer);
}

void HostCore::report(const HostEvent& event) const {
  if (options_.on_event) options_.on_event(event);
}

std::optional<std::string> HostCore::claim_path(std::uint64_t connection, Duration length) {
  const auto now = services_.clock.now();
  if (active_sessions() > 0) return "The host is streaming, and a measurement would disturb that; try again later.";
  if (measuring_ != connection && now < measuring_until_)
    return "Another client is measuring its path; try again in a moment.";
  measuring_ = connection;
  measuring_until_ = now + length + std::chrono::seconds{1};
  return std::nullopt;
}

std::function<void(const wire::ControlMessage&)> HostCore::deliver_to(std::uint64_t connection) {
  return [self = weak_from_this(), post = post_, connection](const wire::ControlMessage& message) {
    post(
        [self, connection, message] {
          const auto core = self.lock();
          if (!core) return;
          if (const auto found = core->connections_.find(connection); found != core->connections_.end())
            found->second->send(message);
        },
        milliseconds{0});
  };
}

HostCore::Entry* HostCore::entry_of(const control::Fingerprint& peer) {
  for (auto& [id, entry] : sessions_)
    if (entry.peer == peer && !entry.ending) return &entry;
  return nullptr;
}

HostCore::Entry* HostCore::entry_by_connection(std::uint64_t connection) {
  for (auto& [id, entry] : sessions_)
    if (entry.connection == connection) return &entry;
  return nullptr;
}

StreamSession* HostCore::session_of(std::uint64_t connection) const {
  for (const auto& [id, entry] : sessions_)
    if (entry.connection == connection) return entry.session.get();
  return nullptr;
}

std::size_t HostCore::active_sessions() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(sessions_, [](const auto& element) { return !element.second.ending; }));
}

void HostCore::end(Entry& entry, const std::string& why) {
  entry.ending = true;
  entry.connection = 0;
  entry.session->end(why);
}

// The same client is here on another connection: the old one is told so and dropped.
void HostCore::take_over(Entry& entry, const ClientConnection& by) {
  const auto old = std::exchange(entry.connection, 0);
  if (old == by.id()) return;
  if (const auto found = connections_.find(old); found != connections_.end())
    found->second->goodbye(wire::GoodbyeReason::replaced, "The same device has started a session elsewhere.");
}

void HostCore::start(ClientConnection& client, const wire::Start& start) {
  auto link = client.media_link();
  if (!link)
    return client.refuse({wire::RefusalCode::internal, "The stream has no keys: " + link.error().message + "."});
  Attachment attachment{std::move(*link), start};
  if (auto* earlier = entry_of(client.peer())) {
    // Without the token it may be a second program on the same device, unless nobody holds the session: then it is the
    // one that dropped out, come back without its memory.
    const bool resumes = earlier->connection == 0 ||
                         (start.resume && crypto::equal_constant_time(*start.resume, earlier->session->owner().token));
    take_over(*earlier, client);
    if (resumes && earlier->session->attach(attachment)) {
      earlier->connection = client.id();
      return;
    }
    end(*earlier, "the same device has started another one");
  }
  create_session(client, std::move(attachment));
}

void HostCore::create_session(ClientConnection& client, Attachment attachment) {
  // Sessions that are ending count as well: a client in a hurry must not pile up displays that wait to be removed.
  if (sessions_.size() >= 2 * std::size_t{options_.max_clients})
    return client.refuse({wire::RefusalCode::too_many_clients,
                          "The host is still removing the displays of earlier sessions; try again in a moment."});
  if (active_sessions() >= options_.max_clients)
    return client.refuse(
        {wire::RefusalCode::too_many_clients,
         fmt::format("The host streams to {} clients already, and no more are allowed.", options_.max_clients)});
  const auto id = next_session_++;
  SessionOwner owner{
      .session = id, .client = client.name(), .fingerprint = control::to_hex(client.peer()), .token = {}};
  crypto::random_bytes(owner.token);
  auto session = std::make_shared<StreamSession>(std::move(owner), options_.session, services_.platform,
                                                 services_.clock, events_of(id));
  session->attach(std::move(attachment));
  const std::scoped_lock lock(mutex_);
  sessions_[id] = {std::move(session), client.peer(), client.id(), false};
}

SessionEvents HostCore::events_of(std::uint64_t session) {
  const auto self = weak_from_this();
  const auto on_core = [self, post = post_](std::function<void(HostCore&)> task) {
    post(
        [self, task = std::move(task)] {
          if (const auto core = self.lock()) task(*core);
        },
        {});
  };
  return {.deliver =
              [on_core, session](std::uint64_t connection, const wire::ControlMessage& message) {
                on_core([=](HostCore& core) { core.deliver(session, connection, message); });
              },
          .report =
              [to = options_.on_event](const HostEvent& event) {
                if (to) to(event);
              },
          .gone =
              [on_core, session](const std::optional<Attachment>& unserved) {
                on_core([=](HostCore& core) { core.gone(session, unserved); });
              }};
}

void HostCore::deliver(std::uint64_t session, std::uint64_t connection, const wire::ControlMessage& message) {
  const bool last = std::holds_alternative<wire::Refusal>(message) || std::holds_alternative<wire::Goodbye>(message);
  if (const auto entry = sessions_.find(session); entry != sessions_.end() && last) {
    entry->second.ending = true;
    if (entry->second.connection == connection) entry->second.connection = 0;
  }
  const auto client = connections_.find(connection);
  if (client == connections_.end()) return;
  if (const auto* goodbye = std::get_if<wire::Goodbye>(&message))
    client->second->goodbye(goodbye->reason, goodbye->text);
  else
    client->second->send(message);
}

void HostCore::gone(std::uint64_t session, const std::optional<Attachment>& unserved) {
  std::shared_ptr<StreamSession> ended;  // waits for its thread, which has said its last word
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = sessions_.find(session); found != sessions_.end()) {
      ended = std::move(found->second.session);
      sessions_.erase(found);
    }
    changed_.notify_all();
  }
  ended.reset();
  if (!unserved || stopping_) return;
  const auto client = connections_.find(unserved->link.connection);
  // It may have said goodbye, or its pairing may be gone, since it asked.
  if (client != connections_.end() && !client->second->leaving() && trusted(client->second->peer()))
    start(*client->second, unserved->start);
}

void HostCore::leave(std::uint64_t connection, const std::string& why) {
  if (auto* entry = entry_by_connection(connection)) end(*entry, why);
}

void HostCore::closed(std::uint64_t connection) {
  if (measuring_ == connection) measuring_until_ = {};
  if (auto* entry = entry_by_connection(connection)) {
    entry->connection = 0;
    entry->session->detach();
  }
  const std::scoped_lock lock(mutex_);
  connections_.erase(connection);
  changed_.notify_all();
}

void HostCore::remove_client(const control::Fingerprint& peer) {
  post_(
      [self = weak_from_this(), peer] {
        const auto core = self.lock();
        // Paired again in the meantime: then this is about a pairing that is no more.
        if (!core || core->trusted(peer)) return;
        if (auto* entry = core->entry_of(peer)) core->end(*entry, "the client's pairing was removed");
        for (const auto& [id, client] : core->connections_)
          if (client->peer() == peer)
            client->goodbye(wire::GoodbyeReason::removed, "This device is no longer paired with the host.");
      },
      {});
}

HostStatus HostCore::status(const net::Address& listen) const {
  HostStatus status{.name = options_.name,
                    .listen = listen.to_string(),
                    .uptime = std::chrono::duration_cast<std::chrono::seconds>(services_.clock.now() - born_),
                    .max_clients = options_.max_clients,
                    .connections = 0,
                    .paired_clients = services_.trust.peers().size(),
                    .pairing_open = services_.pairing.is_open(),
                    .codecs = codecs_,
                    .sessions = {}};
  std::vector<std::shared_ptr<StreamSession>> sessions;
  {
    const std::scoped_lock lock(mutex_);
    status.connections = connections_.size();
    for (const auto& [id, entry] : sessions_) sessions.push_back(entry.session);
  }
  for (const auto& session : sessions) status.sessions.push_back(session->status());
  return status;
}

void HostCore::stop(const std::string& text) {
  post_(
      [self = weak_from_this(), text] {
        const auto core = self.lock();
        if (!core) return;
        {
          const std::scoped_lock lock(core->mutex_);
          core->stopping_ = true;
        }
        for (auto& [id, entry] : core->sessions_) core->end(entry, "the host is stopping");
        for (const auto& [id, client] : core->connections_) client->goodbye(wire::GoodbyeReason::shutdown, text);
        core->changed_.notify_all();
      },
      {});
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ && sessions_.empty(); });
  changed_.wait_for(lock, farewell, [this] { return connections_.empty(); });
}

}  // namespace pf::host
