#include "client/play/stream_session.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/thread.h"

namespace pf::client {
namespace {

using Phase = SessionState::Phase;

// Of an attempt to come back. A path that is still cut swallows the first packet, and QUIC waits longer and longer
// before it says it again: a fresh attempt finds out sooner.
constexpr milliseconds retry_handshake{1000};
// Hosts that say nothing of a grace period.
constexpr milliseconds least_patience{1000};

bool may_succeed_later(ErrorCode code) {
  switch (code) {
    case ErrorCode::timeout:
    case ErrorCode::closed:
    case ErrorCode::io:
    case ErrorCode::busy: return true;
    default: return false;
  }
}

}  // namespace

StreamSession::StreamSession(control::LinkOptions options, Events events, const Clock& clock)
    : options_(std::move(options)), events_(std::move(events)), clock_(clock) {}

StreamSession::~StreamSession() {
  stop();
}

void StreamSession::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void StreamSession::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

SessionState StreamSession::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void StreamSession::run(const std::stop_token& stop) {
  begin_thread("pf-session");
  if (!try_once()) {
    enter(Phase::ended, failure_);
    return;
  }
  for (;;) {
    const auto ended = wait_for_end(stop);
    if (stop.stop_requested()) return;
    if (!ended.retry) {
      enter(Phase::ended, {ErrorCode::closed, ended.text});
      return;
    }
    policy_.lost(clock_.now(), std::max(grace_, least_patience));
    enter(Phase::reconnecting, {ErrorCode::timeout, ended.text});
    do {
      const auto at = policy_.next_attempt(clock_.now());
      if (!at) {
        enter(Phase::ended, {ErrorCode::timeout, ended.text + ", and no new connection could be made in the time for "
                                                              "which it keeps a display"});
        return;
      }
      if (!wait_until(*at, stop)) return;
    } while (!try_once() && may_succeed_later(failure_.code));
    if (state().phase != Phase::streaming) {
      enter(Phase::ended, failure_);
      return;
    }
  }
}

bool StreamSession::try_once() {
  events_.on_connecting();
  {
    const std::lock_guard lock(mutex_);
    ended_.reset();
    wants_keyframe_ = false;
    if (mode_) options_.start.mode = *mode_;
  }
  auto link = control::ClientLink::connect(options_, link_events(), clock_);
  if (!link) {
    failure_ = link.error();
    policy_.failed(clock_.now());
    return false;
  }
  const auto started = (*link)->started();
  const auto welcome = (*link)->welcome();
  options_.start.resume = started.token;
  options_.timeouts.handshake = retry_handshake;
  grace_ = milliseconds{started.grace_ms};
  {
    const std::lock_guard lock(mutex_);
    link_ = std::move(*link);
    if (std::exchange(wants_keyframe_, false)) link_->request_keyframe();
  }
  events_.on_started(started, welcome);
  enter(Phase::streaming);
  return true;
}

void StreamSession::request_keyframe() {
  const std::lock_guard lock(mutex_);
  if (link_)
    link_->request_keyframe();
  else
    wants_keyframe_ = true;
}

StreamSession::Ended StreamSession::wait_for_end(const std::stop_token& stop) {
  std::unique_ptr<control::ClientLink> link;  // ends after the lock: it waits for threads that may want it
  Ended ended;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return ended_.has_value(); });
    if (ended_) ended = *ended_;
    link = std::move(link_);
  }
  return ended;
}

bool StreamSession::wait_until(TimePoint at, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, stop, at, [] { return false; });
  return !stop.stop_requested();
}

control::LinkEvents StreamSession::link_events() {
  control::LinkEvents events;
  events.on_video = events_.on_video;
  events.on_audio = events_.on_audio;
  events.on_reconfigured = [this](const wire::Reconfigured& answer) { on_reconfigured(answer); };
  events.on_ended = [this](const std::string& text, bool retry) {
    {
      const std::lock_guard lock(mutex_);
      ended_ = Ended{text, retry};
    }
    changed_.notify_all();
  };
  return events;
}

void StreamSession::on_reconfigured(const wire::Reconfigured& answer) {
  if (answer.accepted) {
    const std::lock_guard lock(mutex_);
    mode_ = answer.mode;
  }
  events_.on_reconfigured(answer);
}

void StreamSession::enter(Phase phase, Error error) {
  SessionState state{phase, std::move(error)};
  {
    const std::lock_guard lock(mutex_);
    state_ = state;
  }
  events_.on_state(state);
}

}  // namespace pf::client
