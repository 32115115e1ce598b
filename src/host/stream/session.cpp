#include "host/stream/session.h"

#include <algorithm>
#include <utility>

#include "host/stream/session_figures.h"

namespace pf::host {
namespace {

constexpr Bitrate lowest_bitrate = 300_kbps;  // below it no mode is watchable

}  // namespace

StreamSession::StreamSession(SessionOwner owner, const SessionSettings& settings, Platform& platform,
                             const Clock& clock, SessionEvents events)
    : owner_(std::move(owner)),
      settings_(settings),
      platform_(platform),
      clock_(clock),
      events_(std::move(events)),
      born_(clock.now()),
      usage_(settings.usage) {
  status_.id = owner_.session;
  status_.client = owner_.client;
  status_.fingerprint = owner_.fingerprint;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

StreamSession::~StreamSession() {
  thread_.request_stop();
  thread_.join();
}

bool StreamSession::attach(Attachment attachment) {
  const std::scoped_lock lock(orders_mutex_);
  if (over_) return false;
  orders_.attach = std::move(attachment);
  orders_.reconfigure.reset();
  ordered_.notify_one();
  return true;
}

void StreamSession::detach() {
  const std::scoped_lock lock(orders_mutex_);
  orders_.detach = true;
  orders_.attach.reset();
  orders_.reconfigure.reset();
  ordered_.notify_one();
}

void StreamSession::end(const std::string& why) {
  {
    const std::scoped_lock lock(orders_mutex_);
    if (end_reason_.empty()) end_reason_ = why;
  }
  thread_.request_stop();
}

std::optional<wire::Reconfigured> StreamSession::reconfigure(const wire::Reconfigure& request) {
  std::optional<wire::Reconfigure> overtaken;
  {
    const std::scoped_lock lock(orders_mutex_);
    overtaken = std::exchange(orders_.reconfigure, request);
    ordered_.notify_one();
  }
  if (!overtaken) return std::nullopt;
  return wire::Reconfigured{.request = overtaken->request,
                            .accepted = false,
                            .mode = status().mode,
                            .text = "A newer mode change took its place."};
}

void StreamSession::request_keyframe() {
  const std::scoped_lock lock(live_mutex_);
  if (live_) live_->request_keyframe();
}

void StreamSession::invalidate(const wire::InvalidateFrames& lost) {
  const std::scoped_lock lock(live_mutex_);
  if (live_) live_->invalidate(lost.first, lost.last);
}

void StreamSession::set_bitrate(Bitrate bitrate) {
  const auto rate = allowed(bitrate);
  const std::scoped_lock lock(live_mutex_);
  if (!live_) return;
  const std::scoped_lock status_lock(status_mutex_);
  status_.bitrate = rate;
  live_->set_range({.floor = std::min(status_.min_bitrate, rate), .ceiling = rate});
}

void StreamSession::on_client_stats(const wire::ClientStats& stats) {
  {
    const std::scoped_lock lock(live_mutex_);
    if (live_) live_->on_client_stats(stats);
  }
  const std::scoped_lock lock(status_mutex_);
  status_.client_stats = stats;
}

void StreamSession::on_feedback(const wire::Feedback& feedback) {
  const std::scoped_lock lock(live_mutex_);
  if (live_) live_->on_feedback(clock_.now(), feedback);
}

void StreamSession::input(const wire::ReliableInput& event) {
  const std::scoped_lock lock(live_mutex_);
  if (live_) live_->input(event);
}

void StreamSession::input(const wire::UnreliableInput& motion) {
  const std::scoped_lock lock(live_mutex_);
  if (live_) live_->input(motion);
}

SessionStatus StreamSession::status() const {
  SessionStatus status;
  {
    const std::scoped_lock lock(status_mutex_);
    status = status_;
  }
  {
    const std::scoped_lock lock(live_mutex_);
    if (live_) status.link = link_figures(live_->plan());
  }
  status.uptime = std::chrono::duration_cast<std::chrono::seconds>(clock_.now() - born_);
  status.counters = figures_of(counters_);
  status.stages = host_stages(stages_);
  return status;
}

void StreamSession::report(HostEvent::Kind kind, HostEvent::Level level, const std::string& text) const {
  events_.report({kind, level, owner_.client, text});
}

Bitrate StreamSession::allowed(Bitrate wanted) const {
  return std::clamp(wanted, std::min(lowest_bitrate, settings_.max_bitrate), settings_.max_bitrate);
}

}  // namespace pf::host
