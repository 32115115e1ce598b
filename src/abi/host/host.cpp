// The host's entry points.
#include <algorithm>
#include <atomic>
#include <vector>

#include "abi/host/embedder_platform.h"
#include "abi/identity_store.h"
#include "control/discovery/publisher.h"
#include "core/base/version.h"
#include "core/net/address.h"
#include "host/stream/server.h"

using namespace pf;
using namespace pf::abi;

/// Its parts stand in the order in which they need each other.
struct punktfunk_host {
  punktfunk_host(IdentityStore identities, const punktfunk_host_options& options, std::vector<VideoCodec> codecs)
      : store(std::move(identities)),
        events(std::make_shared<HostEvents>(options.on_event, options.user)),
        platform(std::move(codecs), options.repairs != 0, events),
        pairing({}, clock) {}
  ~punktfunk_host() {
    publisher.reset();
    platform.end();
    if (server) server->stop("The host is stopping.");
    events->finish();  // a callback may still call in here
  }
  punktfunk_host(const punktfunk_host&) = delete;
  punktfunk_host& operator=(const punktfunk_host&) = delete;

  SteadyClock clock;
  IdentityStore store;
  std::shared_ptr<HostEvents> events;  // with the sessions' stages
  EmbedderPlatform platform;
  control::PairingWindow pairing;
  std::unique_ptr<host::HostServer> server;
  std::unique_ptr<control::Publisher> publisher;
};

namespace {

constexpr std::uint32_t most_colour = 0xFFFFFF;

Outcome check(const punktfunk_host* host) {
  return host != nullptr ? Outcome{} : bad_argument("host is NULL");
}

std::vector<VideoCodec> codecs_of(std::uint32_t bits) {
  if (bits == 0) return {VideoCodec::h264};
  std::vector<VideoCodec> codecs;
  for (const auto codec : {VideoCodec::h264, VideoCodec::hevc, VideoCodec::av1})
    if ((bits >> static_cast<unsigned>(codec) & 1u) != 0) codecs.push_back(codec);
  return codecs;
}

Expected<net::Address> listen_address(const char* text) {
  const auto given = take_text(text, "address", "");
  if (!given) return std::unexpected(given.error());
  if (given->empty()) return net::Address::v6_any(control::default_port);
  const auto found = net::resolve(*given, control::default_port);
  return found ? Expected<net::Address>(found->front()) : refuse(found.error());
}

void announce(punktfunk_host& host, const std::string& name) {
  control::Announcement said;
  said.name = name;
  said.port = host.server->local().port;
  said.version = software_version();
  said.min_protocol = said.max_protocol = wire::protocol_version;
  said.fingerprint = control::to_hex(host.store.identity.fingerprint).substr(0, control::fingerprint_digits);
  host.publisher = control::Publisher::start(control::to_record(said));
}

Outcome create(const punktfunk_host_options* given, punktfunk_host** to) {
  if (to == nullptr) return bad_argument("host is NULL");
  const auto options = take_struct(given);
  if (!options) return std::unexpected(options.error());
  const auto name = take_text(options->name, "name", "punktfunk");
  if (!name) return std::unexpected(name.error());
  const auto bind = listen_address(options->address);
  if (!bind) return std::unexpected(bind.error());
  auto codecs = codecs_of(options->codecs);
  if (codecs.empty() || options->codecs >> (PUNKTFUNK_CODEC_AV1 + 1) != 0) return bad_argument("no such codec");
  auto store = IdentityStore::open(options->state_folder, options->identity_pem, *name, "clients");
  if (!store) return std::unexpected(store.error());

  auto made = std::make_unique<punktfunk_host>(std::move(*store), *options, std::move(codecs));
  host::HostServerOptions server;
  server.bind = *bind;
  server.identity = made->store.identity;
  server.name = *name;
  if (options->max_clients != 0) server.max_clients = options->max_clients;
  if (options->max_bitrate != 0) server.session.max_bitrate = {options->max_bitrate};
  if (options->grace_ms != 0) server.session.grace = milliseconds{options->grace_ms};
  server.on_event = [events = made->events](const host::HostEvent& event) {
    auto out = host_event(PUNKTFUNK_HOST_EVENT_LOG, 0, event.client, event.text);
    out.warning = event.level == host::HostEvent::Level::warning;
    events->put(out);
  };
  auto serving =
      host::HostServer::create(std::move(server), *made->store.peers, made->pairing, made->platform, made->clock);
  if (!serving) return refuse(serving.error());
  made->server = std::move(*serving);
  if (options->announce != 0) announce(*made, *name);
  *to = made.release();
  return {};
}

Outcome open_pairing(punktfunk_host& host, const char* pin, std::uint32_t seconds, char* chosen) {
  std::optional<std::string> wanted;
  if (pin != nullptr) {
    auto text = take_text(pin, "pin");
    if (!text) return std::unexpected(text.error());
    wanted = std::move(*text);
  }
  const auto opened =
      host.pairing.open(std::move(wanted), seconds != 0 ? std::optional(std::chrono::seconds{seconds}) : std::nullopt);
  if (!opened) return refuse(opened.error());
  if (chosen != nullptr) put_text(*opened, {chosen, 16});
  return {};
}

Outcome feel(Stage& stage, const host::GamepadFeedback& feedback) {
  if (std::visit([](const auto& what) { return what.pad >= wire::max_gamepads; }, feedback))
    return bad_argument("gamepads are numbered from 0 to 15");
  return stage.feel(feedback);
}

/// Runs `call` with the session's stage.
template <class Call>
punktfunk_result with_stage(punktfunk_host* host, std::uint64_t session, Call call) {
  return guarded([&]() -> Outcome {
    if (auto there = check(host); !there) return there;
    const auto stage = host->platform.find(session);
    if (!stage) return refuse(PUNKTFUNK_ERROR_NOT_FOUND, "there is no such session");
    return call(*stage);
  });
}

// Nothing is captured later than now.
TimePoint time_of(std::uint64_t captured_at) {
  const auto now = SteadyClock().now();
  return captured_at != 0 ? from_micros(std::min(captured_at, to_micros(now))) : now;
}

Outcome submit(Stage& stage, const punktfunk_host_unit* given) {
  const auto unit = take_struct(given);
  if (!unit) return std::unexpected(unit.error());
  if (unit->data == nullptr || unit->size == 0) return bad_argument("a unit without data");
  if (unit->width == 0 || unit->height == 0 || unit->width > UINT16_MAX || unit->height > UINT16_MAX)
    return bad_argument("a unit without a size, or of a size that no display has");
  constexpr std::uint64_t minute = 60'000'000;
  return stage.submit({.data = std::as_bytes(std::span(unit->data, unit->size)),
                       .number = unit->number,
                       .keyframe = unit->keyframe != 0,
                       .repaired = unit->repaired != 0,
                       .until_shown = unit->until_shown,
                       .width = unit->width,
                       .height = unit->height,
                       .captured = time_of(unit->captured_at),
                       .encode = microseconds{static_cast<std::int64_t>(std::min(unit->encode_us, minute))}});
}

Outcome give_stats(const punktfunk_host& host, punktfunk_host_stats* to) {
  const auto status = host.server->status();
  punktfunk_host_stats stats{};
  stats.struct_size = sizeof(stats);
  stats.sessions = static_cast<std::uint32_t>(status.sessions.size());
  stats.connections = static_cast<std::uint32_t>(status.connections);
  stats.paired_clients = static_cast<std::uint32_t>(status.paired_clients);
  for (const auto& session : status.sessions) {
    stats.frames_sent += session.counters.frames_encoded;
    stats.keyframes_sent += session.counters.keyframes;
    stats.repairs_sent += session.counters.repairs;
    stats.packets_sent += session.counters.packets_sent;
    stats.bytes_sent += session.counters.bytes_sent;
    stats.send_failures += session.counters.send_failures;
    stats.audio_packets += session.counters.audio_packets;
    stats.input_events += session.counters.input_events;
  }
  return give_struct(stats, to);
}

}  // namespace

punktfunk_result punktfunk_host_create(const punktfunk_host_options* options, punktfunk_host** host,
                                       punktfunk_error* error) {
  return guarded(error, [&] { return create(options, host); });
}

void punktfunk_host_destroy(punktfunk_host* host) {
  destroy(host);
}

punktfunk_result punktfunk_host_address(const punktfunk_host* host, char* address, size_t* size) {
  return guarded(
      [&] { return after(check(host), [&] { return give_text(host->server->local().to_string(), address, size); }); });
}

punktfunk_result punktfunk_host_fingerprint(const punktfunk_host* host, char fingerprint[PUNKTFUNK_FINGERPRINT_SIZE]) {
  return guarded([&] {
    return after(check(host), [&] { return give_fingerprint(host->store.identity.fingerprint, fingerprint); });
  });
}

punktfunk_result punktfunk_host_open_pairing(punktfunk_host* host, const char* pin, uint32_t seconds, char chosen[16],
                                             punktfunk_error* error) {
  return guarded(error, [&] { return after(check(host), [&] { return open_pairing(*host, pin, seconds, chosen); }); });
}

punktfunk_result punktfunk_host_close_pairing(punktfunk_host* host) {
  return guarded([&] { return after(check(host), [&] { host->pairing.close(); }); });
}

punktfunk_result punktfunk_host_clients(const punktfunk_host* host, punktfunk_peer* clients, size_t* count) {
  return guarded([&] { return after(check(host), [&] { return give_peers(*host->store.peers, clients, count); }); });
}

punktfunk_result punktfunk_host_remove_client(punktfunk_host* host, const char* name_or_fingerprint,
                                              punktfunk_error* error) {
  return guarded(
      error, [&] { return after(check(host), [&] { return forget_peer(*host->store.peers, name_or_fingerprint); }); });
}

punktfunk_result punktfunk_host_next_event(punktfunk_host* host, uint32_t timeout_ms, punktfunk_host_event* event) {
  return guarded([&]() -> Outcome {
    if (auto there = check(host); !there) return there;
    if (auto room = check_room(event); !room) return room;
    const auto next = host->events->next(milliseconds{timeout_ms});
    return next ? give_struct(*next, event) : std::unexpected(next.error());
  });
}

punktfunk_result punktfunk_host_accept(punktfunk_host* host, uint64_t session) {
  return with_stage(host, session, [](Stage& stage) { return stage.answer({}); });
}

punktfunk_result punktfunk_host_refuse(punktfunk_host* host, uint64_t session, const char* text) {
  return with_stage(host, session, [&](Stage& stage) -> Outcome {
    const auto why = take_text(text, "text", "The host declined");
    return why ? stage.answer(fail(ErrorCode::refused, *why)) : std::unexpected(why.error());
  });
}

punktfunk_result punktfunk_host_submit_video(punktfunk_host* host, uint64_t session, const punktfunk_host_unit* unit) {
  return with_stage(host, session, [&](Stage& stage) { return submit(stage, unit); });
}

punktfunk_result punktfunk_host_submit_opus(punktfunk_host* host, uint64_t session, const uint8_t* data, size_t size,
                                            uint64_t captured_at) {
  return with_stage(host, session, [&](Stage& stage) -> Outcome {
    if (data == nullptr) return bad_argument("data is NULL");
    return stage.submit_opus(std::as_bytes(std::span(data, size)), time_of(captured_at));
  });
}

punktfunk_result punktfunk_host_submit_pcm(punktfunk_host* host, uint64_t session, const float* samples, size_t count,
                                           uint64_t captured_at) {
  return with_stage(host, session, [&](Stage& stage) -> Outcome {
    if (samples == nullptr) return bad_argument("samples is NULL");
    return stage.submit_pcm({samples, count}, time_of(captured_at));
  });
}

punktfunk_result punktfunk_host_rumble(punktfunk_host* host, uint64_t session, uint8_t pad, uint16_t low, uint16_t high,
                                       uint16_t left_trigger, uint16_t right_trigger) {
  return with_stage(host, session, [&](Stage& stage) {
    return feel(stage, wire::GamepadRumble{pad, low, high, left_trigger, right_trigger});
  });
}

punktfunk_result punktfunk_host_light(punktfunk_host* host, uint64_t session, uint8_t pad, uint32_t colour) {
  return with_stage(host, session, [&](Stage& stage) -> Outcome {
    if (colour > most_colour) return bad_argument("a colour is at most 0xFFFFFF");
    return feel(stage, wire::GamepadLight{pad, colour});
  });
}

punktfunk_result punktfunk_host_stats_get(const punktfunk_host* host, punktfunk_host_stats* stats) {
  return guarded([&] { return after(check(host), [&] { return give_stats(*host, stats); }); });
}
