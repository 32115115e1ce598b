// One session of an embedded host: where the embedder's answers, units and sound meet what the stream waits for.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "abi/boundary.h"
#include "abi/host/events.h"
#include "host/seams/gamepad_hub.h"
#include "host/seams/unit_source.h"
#include "host/stream/audio_encoder.h"

namespace pf::abi {

/// Any thread. Shared by the display, the sources and the embedder's calls, whichever of them lives longest.
class Stage {
 public:
  Stage(std::uint64_t session, std::string client, std::shared_ptr<HostEvents> events)
      : session_(session), client_(std::move(client)), events_(std::move(events)) {}

  [[nodiscard]] std::uint64_t session() const { return session_; }
  [[nodiscard]] HostEvents& events() { return *events_; }

  /// Tells the embedder that something is wanted, and waits for its answer. Errors: refused, with the embedder's
  /// sentence; timeout; closed (the host is ending).
  Result<void> ask(punktfunk_host_event question);
  void tell(punktfunk_host_event event);
  /// Tells it that the session is over, unless it has never heard of it.
  void tell_end();
  /// NOT_FOUND: nobody waits for it.
  Outcome answer(Result<void> answer);
  /// Whoever waits is answered, and nobody will wait any more.
  void end();

  // The sinks are there while the stream runs; taking one away returns when it is not running.
  void set_video(host::UnitSource::Sink sink);
  void set_audio(host::PacketSource::Sink sink, std::unique_ptr<host::AudioEncoder> encoder, std::size_t channels);
  void set_feedback(host::GamepadHub::OnFeedback feedback);

  // The embedder's. Errors: CLOSED (nothing is there to take it); those of the stream.
  Outcome submit(const host::SourceUnit& unit);
  Outcome submit_opus(std::span<const std::byte> opus, TimePoint captured);
  Outcome submit_pcm(std::span<const float> samples, TimePoint captured);
  Outcome feel(const host::GamepadFeedback& feedback);

 private:
  const std::uint64_t session_;
  const std::string client_;
  const std::shared_ptr<HostEvents> events_;  // with the host

  std::mutex answer_mutex_;
  std::condition_variable answered_;
  bool asking_ = false;
  bool known_ = false;  // a question has reached the embedder
  bool ended_ = false;
  std::optional<Result<void>> answer_;

  std::mutex video_mutex_;  // held while a unit is sent: one at a time
  host::UnitSource::Sink video_;
  std::mutex audio_mutex_;
  host::PacketSource::Sink audio_;
  std::unique_ptr<host::AudioEncoder> encoder_;
  std::size_t channels_ = 0;
  std::mutex feedback_mutex_;
  host::GamepadHub::OnFeedback feedback_;
};

}  // namespace pf::abi
