// The session's entry points.
#include "abi/cancel.h"
#include "abi/client/client.h"
#include "abi/client/host_choice.h"
#include "abi/client/session.h"
#include "abi/input.h"

using namespace pf;
using namespace pf::abi;

namespace {

constexpr Mode default_mode{1920, 1080, 60'000};

Outcome check(const punktfunk_session* session) {
  return session != nullptr ? Outcome{} : bad_argument("session is NULL");
}

Mode mode_of(const punktfunk_mode& mode) {
  return {mode.width, mode.height, mode.refresh_millihertz};
}

Expected<wire::Start> start_of(const punktfunk_connect_options& options) {
  wire::Start start;
  start.mode = mode_of(options.mode);
  if (start.mode == Mode{}) start.mode = default_mode;
  if (!start.mode.valid())
    return bad_argument("display mode " + start.mode.to_string() + " is outside 320x200 to 7680x4320 at 1 to 500 Hz");
  if (options.codec > PUNKTFUNK_CODEC_AV1) return bad_argument("no such codec");
  if (options.codec != 0) start.codec = static_cast<VideoCodec>(options.codec);
  if (options.bitrate != 0) start.bitrate = {options.bitrate};
  start.min_bitrate =
      options.min_bitrate != 0 ? Bitrate{options.min_bitrate} : std::min(start.min_bitrate, start.bitrate);
  if (start.min_bitrate > start.bitrate) return bad_argument("min_bitrate is above bitrate");
  if (options.audio_channels > 8) return bad_argument("sound has 2, 6 or 8 channels");
  if (options.audio_channels != 0) start.audio = {static_cast<std::uint8_t>(options.audio_channels)};
  if (!start.audio.valid()) return bad_argument("sound has 2, 6 or 8 channels");
  start.audio_wanted = options.no_audio == 0;
  start.hides = options.hides != 0;
  if (options.max_datagram > UINT16_MAX) return bad_argument("max_datagram is out of bounds");
  start.max_datagram = static_cast<std::uint16_t>(options.max_datagram);
  if (options.has_resume_token != 0) {
    start.resume.emplace();
    std::ranges::copy(std::as_bytes(std::span(options.resume_token)), start.resume->begin());
  }
  return start;
}

Outcome connect(const punktfunk_client& client, const punktfunk_connect_options* given, const punktfunk_cancel* cancel,
                punktfunk_session** session) {
  if (session == nullptr) return bad_argument("session is NULL");
  const auto options = take_struct(given);
  if (!options) return std::unexpected(options.error());
  const auto start = start_of(*options);
  if (!start) return std::unexpected(start.error());
  const auto choice = HostChoice::take(options->host, options->address);
  if (!choice) return std::unexpected(choice.error());
  const auto host = choice->find(*client.store.peers);
  if (!host) return std::unexpected(host.error());

  control::LinkOptions link;
  link.identity = client.store.identity;
  link.client_name = client.name;
  link.host = host->address;
  link.pinned = host->fingerprint;
  link.start = *start;
  const auto stop = token_of(cancel);
  auto made = std::make_unique<punktfunk_session>(*options);
  if (auto connected = made->connect(link, stop); !connected)
    return stop.stop_requested() ? refuse(PUNKTFUNK_ERROR_CANCELLED, "called off") : connected;
  *session = made.release();
  return {};
}

Outcome give_info(const punktfunk_session& session, punktfunk_session_info* to) {
  const auto& started = session.link().started();
  const auto& welcome = session.link().welcome();
  punktfunk_session_info info{};
  info.struct_size = sizeof(info);
  info.codec = static_cast<std::uint32_t>(started.codec);
  info.mode = {started.mode.width, started.mode.height, started.mode.refresh_mhz};
  info.audio_channels = started.audio.channels;
  info.bitrate = started.bitrate.bits_per_second;
  info.audio_on = started.audio_on;
  info.resumed = started.resumed;
  std::ranges::copy(started.token, std::as_writable_bytes(std::span(info.resume_token)).begin());
  info.grace_ms = started.grace_ms;
  put_text(welcome.host_name, info.host_name);
  put_text(welcome.software, info.host_software);
  return give_struct(info, to);
}

Outcome give_stats(const punktfunk_session& session, punktfunk_session_stats* to) {
  const auto figures = session.link().stats();
  punktfunk_session_stats stats{};
  stats.struct_size = sizeof(stats);
  stats.clock_known = figures.clock_offset_us.has_value();
  stats.clock_offset_us = figures.clock_offset_us.value_or(0);
  stats.round_trip_us = static_cast<std::uint64_t>(figures.round_trip.value_or(microseconds{0}).count());
  stats.packets_received = figures.video.packets_received;
  stats.packets_expected = figures.video.packets_expected;
  stats.packets_rejected = figures.video.packets_rejected;
  stats.packets_late = figures.video.packets_late;
  stats.bytes_received = figures.video.bytes_received;
  stats.frames_complete = figures.video.frames_complete;
  stats.frames_recovered = figures.video.frames_recovered;
  stats.frames_lost = figures.video.frames_lost;
  stats.frames_dropped = session.frames_dropped();
  stats.audio_packets = figures.audio.packets_received;
  stats.audio_restored = figures.audio.restored_from_copies;
  return give_struct(stats, to);
}

Outcome reconfigure(punktfunk_session& session, const punktfunk_reconfigure_options* given, std::uint32_t* request) {
  const auto options = take_struct(given);
  if (!options) return std::unexpected(options.error());
  const auto bitrate = options->bitrate != 0 ? std::optional(Bitrate{options->bitrate}) : std::nullopt;
  const auto asked = session.link().reconfigure(mode_of(options->mode), bitrate);
  if (!asked) return refuse(asked.error());
  if (request != nullptr) *request = *asked;
  return {};
}

/// Runs `call` with the link.
template <class Call>
punktfunk_result with_link(punktfunk_session* session, Call call) {
  return guarded([&] { return after(check(session), [&] { call(session->link()); }); });
}

}  // namespace

punktfunk_result punktfunk_client_connect(punktfunk_client* client, const punktfunk_connect_options* options,
                                          punktfunk_cancel* cancel, punktfunk_session** session,
                                          punktfunk_error* error) {
  return guarded(error, [&]() -> Outcome {
    if (client == nullptr) return bad_argument("client is NULL");
    return connect(*client, options, cancel, session);
  });
}

void punktfunk_session_destroy(punktfunk_session* session) {
  destroy(session);
}

punktfunk_result punktfunk_session_info_get(const punktfunk_session* session, punktfunk_session_info* info) {
  return guarded([&] { return after(check(session), [&] { return give_info(*session, info); }); });
}

punktfunk_result punktfunk_session_stats_get(const punktfunk_session* session, punktfunk_session_stats* stats) {
  return guarded([&] { return after(check(session), [&] { return give_stats(*session, stats); }); });
}

punktfunk_result punktfunk_session_next_video(punktfunk_session* session, uint32_t timeout_ms,
                                              punktfunk_video_unit* unit) {
  return guarded([&] { return after(check(session), [&] { return session->next_video(timeout_ms, unit); }); });
}

void punktfunk_video_unit_release(punktfunk_video_unit* unit) {
  if (unit == nullptr) return;
  HandedOut::release(unit->owner);
  unit->owner = nullptr;
  unit->data = nullptr;
  unit->size = 0;
}

punktfunk_result punktfunk_session_next_audio(punktfunk_session* session, uint32_t timeout_ms,
                                              punktfunk_audio_packet* packet) {
  return guarded([&] { return after(check(session), [&] { return session->next_audio(timeout_ms, packet); }); });
}

void punktfunk_audio_packet_release(punktfunk_audio_packet* packet) {
  if (packet == nullptr) return;
  HandedOut::release(packet->owner);
  packet->owner = nullptr;
  packet->data = nullptr;
  packet->size = 0;
}

punktfunk_result punktfunk_session_next_event(punktfunk_session* session, uint32_t timeout_ms,
                                              punktfunk_session_event* event) {
  return guarded([&] { return after(check(session), [&] { return session->next_event(timeout_ms, event); }); });
}

punktfunk_result punktfunk_session_reconfigure(punktfunk_session* session, const punktfunk_reconfigure_options* options,
                                               uint32_t* request) {
  return guarded([&] { return after(check(session), [&] { return reconfigure(*session, options, request); }); });
}

punktfunk_result punktfunk_session_set_bitrate(punktfunk_session* session, uint64_t bitrate) {
  return with_link(session, [&](control::ClientLink& link) { link.set_bitrate({bitrate}); });
}

punktfunk_result punktfunk_session_request_keyframe(punktfunk_session* session) {
  return with_link(session, [](control::ClientLink& link) { link.request_keyframe(); });
}

punktfunk_result punktfunk_session_report(punktfunk_session* session, uint64_t decode_us, uint64_t latency_us) {
  static constexpr std::uint64_t hour = 3'600'000'000;  // nothing takes longer, and it fits a Duration
  const auto time = [](std::uint64_t us) { return microseconds{static_cast<std::int64_t>(std::min(us, hour))}; };
  return with_link(session, [&](control::ClientLink& link) { link.report(time(decode_us), time(latency_us)); });
}

punktfunk_result punktfunk_session_input(punktfunk_session* session, const punktfunk_input* input) {
  return guarded([&]() -> Outcome {
    if (auto there = check(session); !there) return there;
    const auto given = take_struct(input);
    return given ? send_input(session->link(), *given) : std::unexpected(given.error());
  });
}
