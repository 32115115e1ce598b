// A client's session: what comes from the link, on its way to a caller who fetches it or is called.
#pragma once

#include <punktfunk/punktfunk.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "abi/client/handed_out.h"
#include "abi/inbox.h"
#include "control/link/client_link.h"

/// The link's threads put in, the caller's take out; callbacks run on threads of their own, so that they may call into
/// the session.
struct punktfunk_session {
 public:
  explicit punktfunk_session(const punktfunk_connect_options& options);
  ~punktfunk_session();
  punktfunk_session(const punktfunk_session&) = delete;
  punktfunk_session& operator=(const punktfunk_session&) = delete;

  pf::abi::Outcome connect(const pf::control::LinkOptions& options, const std::stop_token& stop);

  [[nodiscard]] pf::control::ClientLink& link() { return *link_; }
  [[nodiscard]] const pf::control::ClientLink& link() const { return *link_; }
  [[nodiscard]] std::uint64_t frames_dropped() const { return frames_dropped_; }

  pf::abi::Outcome next_video(std::uint32_t timeout_ms, punktfunk_video_unit* to);
  pf::abi::Outcome next_audio(std::uint32_t timeout_ms, punktfunk_audio_packet* to);
  pf::abi::Outcome next_event(std::uint32_t timeout_ms, punktfunk_session_event* to);

 private:
  void on_video(pf::session::ReceivedUnit unit);
  [[nodiscard]] std::uint64_t local_time(std::uint32_t host_timestamp_us, pf::TimePoint near) const;
  [[nodiscard]] punktfunk_video_unit to_c(const pf::session::ReceivedUnit& unit) const;
  [[nodiscard]] punktfunk_audio_packet to_c(const pf::session::ReceivedAudio& packet) const;
  pf::control::LinkEvents link_events();
  void start_callbacks();
  void ask_for_keyframe();

  void* const user_;
  const punktfunk_video_callback video_callback_;
  const punktfunk_audio_callback audio_callback_;
  const punktfunk_session_callback event_callback_;
  const pf::SteadyClock clock_;

  pf::abi::Inbox<pf::session::ReceivedUnit> video_;
  pf::abi::Inbox<pf::session::ReceivedAudio> audio_;
  pf::abi::Inbox<punktfunk_session_event> events_;
  const std::shared_ptr<pf::abi::HandedOut> handed_out_ = pf::abi::HandedOut::create();
  std::atomic<std::uint64_t> frames_dropped_ = 0;
  std::atomic<bool> wants_keyframe_ = false;            // and has not asked for it
  bool waits_for_keyframe_ = false;                     // on_video()'s
  std::atomic<pf::control::ClientLink*> up_ = nullptr;  // link_, once it is there
  std::unique_ptr<pf::control::ClientLink> link_;       // ends before what its threads use
  std::vector<std::jthread> callers_;
};
