// What a session's own thread does: the order of things in its life.
#include "host/stream/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/thread.h"
#include "host/stream/session_figures.h"

namespace pf::host {
namespace {

constexpr std::chrono::seconds stats_every{1};
constexpr std::size_t smallest_datagram = 600;

wire::Refusal refusal(wire::RefusalCode code, std::string text) {
  return {code, std::move(text)};
}

wire::Refusal refusal_for(const PipelineError& failure) {
  switch (failure.stage) {
    case PipelineError::Stage::capture:
      return refusal(wire::RefusalCode::no_capture, "The display can't be captured: " + failure.error.message + ".");
    case PipelineError::Stage::encode:
      return refusal(wire::RefusalCode::no_encoder, "The picture can't be encoded: " + failure.error.message + ".");
    case PipelineError::Stage::source: return refusal(wire::RefusalCode::no_display, failure.error.message + ".");
    case PipelineError::Stage::transport: break;
  }
  return refusal(wire::RefusalCode::internal, "The stream can't be set up: " + failure.error.message + ".");
}

wire::Goodbye goodbye_for(const PipelineError& failure) {
  const auto& error = failure.error;
  if (failure.stage == PipelineError::Stage::encode)
    return {wire::GoodbyeReason::encode_failed, "The host's encoder failed: " + error.message + "."};
  if (error.code == ErrorCode::closed)
    return {wire::GoodbyeReason::display_lost, "The host's display is gone: " + error.message + "."};
  return {wire::GoodbyeReason::capture_failed, "The host's display can no longer be captured: " + error.message + "."};
}

std::size_t datagram_size(const wire::Start& start, std::size_t most) {
  const std::size_t wanted = start.max_datagram == 0 ? most : start.max_datagram;
  return std::clamp(wanted, std::min(smallest_datagram, most), most);
}

}  // namespace

void StreamSession::run(const std::stop_token& stop) {
  begin_thread("pf-session");
  while (!stop.stop_requested() && carry_out(wait_for_orders(stop), stop)) {
  }
  wind_up();
}

void StreamSession::wind_up() {
  {
    const std::scoped_lock lock(status_mutex_);
    status_.state = SessionState::ending;
  }
  drop_live();
  display_.reset();
  std::string why;
  std::optional<Attachment> unserved;
  {
    const std::scoped_lock lock(orders_mutex_);
    over_ = true;
    why = end_reason_.empty() ? "the host let go of it" : end_reason_;
    unserved = std::move(orders_.attach);
  }
  if (displays_made_ > 0)
    report(HostEvent::Kind::session_ended, HostEvent::Level::info,
           fmt::format("{}'s session is over and its display removed: {}", owner_.client, why));
  events_.gone(std::move(unserved));
}

StreamSession::Orders StreamSession::wait_for_orders(const std::stop_token& stop) {
  std::unique_lock lock(orders_mutex_);
  const auto ordered = [this] { return !orders_.empty(); };
  const auto until = connection_ != 0 ? std::optional(next_stats_) : display_until_;
  if (until)
    ordered_.wait_for(lock, stop, std::max(*until - clock_.now(), Duration{0}), ordered);
  else
    ordered_.wait(lock, stop, ordered);
  return std::exchange(orders_, {});
}

// False when the session is over.
bool StreamSession::carry_out(Orders orders, const std::stop_token& stop) {
  if (stop.stop_requested()) return false;
  if (orders.attach || orders.detach) {
    suspend();
    if (orders.attach && !begin(*orders.attach)) return false;
  } else if (orders.failure) {
    leave(*orders.failure);
    return false;
  }
  if (orders.reconfigure && connection_ != 0) change_mode(*orders.reconfigure, stop);
  const auto now = clock_.now();
  if (connection_ != 0 && now >= next_stats_) send_stats();
  if (display_until_ && now >= *display_until_) {
    end("the client did not come back in time");
    return false;
  }
  return true;
}

bool StreamSession::begin(const Attachment& attachment) {
  const bool had_display = display_ != nullptr;
  connection_ = attachment.link.connection;
  display_until_.reset();
  const auto made_before = displays_made_;
  if (auto no = open_live(attachment)) {
    refuse(std::move(*no));
    return false;
  }
  const bool resumed = had_display && displays_made_ == made_before;

  wire::Started started{.mode = display_->mode(),
                        .codec = attachment.start.codec,
                        .bitrate = allowed(attachment.start.bitrate),
                        .audio = attachment.start.audio,
                        .audio_on = false,
                        .resumed = resumed,
                        .token = owner_.token,
                        .grace_ms = static_cast<std::uint32_t>(settings_.grace.count()),
                        .display = display_->name()};
  std::string encoder;
  {
    const std::scoped_lock lock(live_mutex_);
    started.audio_on = live_->audio_on();
    encoder = live_->video().encoder_name();
    const std::scoped_lock status_lock(status_mutex_);
    status_.state = SessionState::streaming;
    status_.display = started.display;
    status_.encoder = encoder;
    status_.cipher = attachment.link.cipher;
    status_.mode = started.mode;
    status_.codec = started.codec;
    status_.bitrate = started.bitrate;
    status_.min_bitrate = allowed(attachment.start.min_bitrate);
    status_.audio = started.audio;
    status_.audio_on = started.audio_on;
    status_.input_on = live_->input_on();
  }
  events_.deliver(attachment.link.connection, started);
  report(resumed ? HostEvent::Kind::session_resumed : HostEvent::Kind::session_started, HostEvent::Level::info,
         fmt::format("{} {} on display {}: {}, {} at {:.1f} Mbit/s, {}", owner_.client, resumed ? "is back" : "streams",
                     started.display, started.mode.to_string(), encoder,
                     static_cast<double>(started.bitrate.bits_per_second) / 1e6,
                     started.audio_on ? "with sound" : "without sound"));
  next_stats_ = clock_.now() + stats_every;
  live_->start([this](const PipelineError& failure) {
    const std::scoped_lock lock(orders_mutex_);
    if (!orders_.failure) orders_.failure = failure;
    ordered_.notify_one();
  });
  return true;
}

// The display of the earlier attachment in the mode asked for, or a new one.
std::optional<wire::Refusal> StreamSession::fit_display(const Mode& mode) {
  if (display_ && display_->mode() != mode) {
    const auto changed = display_->set_mode(mode);
    // A display that can't take the mode stays as it is, and Started says so; one that is gone is replaced.
    if (!changed && changed.error().code == ErrorCode::closed) display_.reset();
  }
  if (display_) return std::nullopt;
  auto made = platform_.create_display(mode, owner_.client);
  if (!made) {
    const auto code =
        made.error().code == ErrorCode::invalid_argument ? wire::RefusalCode::bad_mode : wire::RefusalCode::no_display;
    return refusal(code, "The host can't make a display: " + made.error().message + ".");
  }
  display_ = std::move(*made);
  ++displays_made_;
  return std::nullopt;
}

std::optional<wire::Refusal> StreamSession::open_live(const Attachment& attachment) {
  const auto& start = attachment.start;
  const bool had_display = display_ != nullptr;
  if (auto no = fit_display(start.mode)) return no;
  const VideoStream::Shared shared{platform_, counters_, stages_, clock_};
  const LiveStream::Request request{.codec = start.codec,
                                    .bitrate = allowed(start.bitrate),
                                    .min_bitrate = allowed(start.min_bitrate),
                                    .audio = start.audio,
                                    .audio_wanted = start.audio_wanted,
                                    .max_datagram = datagram_size(start, settings_.max_datagram),
                                    .hides = start.hides};
  const auto open = [&] {
    return LiveStream::open(
        shared, *display_, request, attachment.link, settings_,
        [this](const std::string& text) {
          report(HostEvent::Kind::degraded, HostEvent::Level::warning,
                 fmt::format("For {}'s session {}", owner_.client, text));
        },
        [this, connection = attachment.link.connection](const GamepadFeedback& feedback) {
          std::visit([&](const auto& message) { events_.deliver(connection, message); }, feedback);
        });
  };
  auto live = open();
  if (!live && had_display && live.error().stage == PipelineError::Stage::capture) {
    // The compositor went away while nobody was looking; a new one may be there.
    display_.reset();
    if (auto no = fit_display(start.mode)) return no;
    live = open();
  }
  if (!live) return refusal_for(live.error());
  const std::scoped_lock lock(live_mutex_);
  live_ = std::move(*live);
  return std::nullopt;
}

void StreamSession::suspend() {
  if (connection_ == 0) return;
  drop_live();
  connection_ = 0;
  display_until_ = clock_.now() + settings_.grace;
  {
    const std::scoped_lock lock(status_mutex_);
    status_.state = SessionState::waiting;
    status_.audio_on = false;
    status_.input_on = false;
  }
  report(HostEvent::Kind::waiting, HostEvent::Level::info,
         fmt::format("{} is out of reach; its display waits {} ms for it", owner_.client, settings_.grace.count()));
}

// Stops every thread of the stream. What they had to complain about dies with them.
void StreamSession::drop_live() {
  std::unique_ptr<LiveStream> old;
  {
    const std::scoped_lock lock(live_mutex_);
    old = std::move(live_);
  }
  old.reset();
  const std::scoped_lock lock(orders_mutex_);
  orders_.failure.reset();
}

void StreamSession::leave(const PipelineError& failure) {
  const auto goodbye = goodbye_for(failure);
  if (connection_ != 0) events_.deliver(connection_, goodbye);
  end(goodbye.text);
}

void StreamSession::refuse(wire::Refusal refusal) {
  report(HostEvent::Kind::refused, HostEvent::Level::warning,
         fmt::format("{} can't stream. {}", owner_.client, refusal.text));
  end(refusal.text);
  events_.deliver(connection_, std::move(refusal));
}

void StreamSession::change_mode(const wire::Reconfigure& request, const std::stop_token& stop) {
  const auto before = display_->mode();
  Bitrate bitrate;
  {
    const std::scoped_lock lock(status_mutex_);
    bitrate = request.bitrate ? allowed(*request.bitrate) : status_.bitrate;
  }
  const auto done = request.mode == before ? Result<void>{} : try_mode(request.mode, bitrate, stop);
  if (stop.stop_requested()) return;
  wire::Reconfigured answer{
      .request = request.request, .accepted = done.has_value(), .mode = display_->mode(), .text = {}};
  if (done) {
    set_bitrate(bitrate);
    const std::scoped_lock lock(status_mutex_);
    status_.mode = answer.mode;
    status_.encoder = live_->video().encoder_name();
  } else {
    answer.text = "The mode stays at " + answer.mode.to_string() + ": " + done.error().message + ".";
  }
  events_.deliver(connection_, answer);
  report(
      HostEvent::Kind::reconfigured, done ? HostEvent::Level::info : HostEvent::Level::warning,
      done ? fmt::format("{}'s display changed from {} to {}", owner_.client, before.to_string(),
                         answer.mode.to_string())
           : fmt::format("{}'s display can't change to {}. {}", owner_.client, request.mode.to_string(), answer.text));
}

Result<void> StreamSession::try_mode(const Mode& mode, Bitrate bitrate, const std::stop_token& stop) {
  if (!mode.valid())
    return fail(ErrorCode::invalid_argument, mode.to_string() + " is outside 320x200 to 7680x4320 at 1 to 500 Hz");
  const auto before = display_->mode();
  auto& video = live_->video();
  if (auto ready = video.prepare(mode, std::min(bitrate, live_->plan().encoder)); !ready) return ready;
  const auto seen = video.pictures_seen();
  if (auto changed = display_->set_mode(mode); !changed) {
    video.discard_prepared();
    return changed;
  }
  live_->switch_over(display_->mode());
  if (video.wait_for_picture(display_->mode(), seen, settings_.mode_change_limit, stop) || stop.stop_requested())
    return {};
  video.discard_prepared();
  if (auto back = display_->set_mode(before); back) live_->switch_over(before);
  return fail(ErrorCode::timeout, "the compositor showed no picture in the new mode");
}

void StreamSession::send_stats() {
  next_stats_ = clock_.now() + stats_every;
  const auto usage = usage_.look(clock_.now());
  auto stats = host_stats(counters_, stages_, live_->plan());
  stats.cpu_permille = usage.cpu_permille;
  stats.rss_kib = usage.rss_kib;
  events_.deliver(connection_, std::move(stats));
}

}  // namespace pf::host
