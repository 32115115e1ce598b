#include "abi/host/stage.h"

#include <utility>

namespace pf::abi {
namespace {

constexpr milliseconds patience{4000};  // a client waits 5 s for the answer to its Start

Outcome as_outcome(Result<void> done) {
  return done ? Outcome{} : refuse(done.error());
}

std::unexpected<Failure> not_streaming() {
  return refuse(PUNKTFUNK_ERROR_CLOSED, "the session does not stream");
}

}  // namespace

void Stage::tell(punktfunk_host_event event) {
  event.session = session_;
  put_text(client_, event.client);
  events_->put(event);
}

void Stage::tell_end() {
  {
    const std::scoped_lock lock(answer_mutex_);
    if (!known_) return;
  }
  tell(host_event(PUNKTFUNK_HOST_EVENT_SESSION_ENDED, session_));
}

Result<void> Stage::ask(punktfunk_host_event question) {
  std::unique_lock lock(answer_mutex_);
  if (ended_) return fail(ErrorCode::closed, "the host is ending");
  asking_ = true;
  answer_.reset();
  tell(question);
  answered_.wait_for(lock, patience, [this] { return ended_ || answer_; });
  asking_ = false;
  const bool unseen = !answer_ && events_->withdraw(session_, question.kind);
  known_ = known_ || !unseen;
  if (answer_) return *std::exchange(answer_, std::nullopt);
  if (ended_) return fail(ErrorCode::closed, "the host is ending");
  return fail(ErrorCode::timeout, "the host's program did not answer");
}

Outcome Stage::answer(Result<void> answer) {
  {
    const std::scoped_lock lock(answer_mutex_);
    if (!asking_ || answer_) return refuse(PUNKTFUNK_ERROR_NOT_FOUND, "nobody waits for an answer");
    answer_ = std::move(answer);
  }
  answered_.notify_all();
  return {};
}

void Stage::end() {
  {
    const std::scoped_lock lock(answer_mutex_);
    ended_ = true;
  }
  answered_.notify_all();
}

void Stage::set_video(host::UnitSource::Sink sink) {
  const std::scoped_lock lock(video_mutex_);
  video_ = std::move(sink);
}

void Stage::set_audio(host::PacketSource::Sink sink, std::unique_ptr<host::AudioEncoder> encoder,
                      std::size_t channels) {
  const std::scoped_lock lock(audio_mutex_);
  audio_ = std::move(sink);
  encoder_ = std::move(encoder);
  channels_ = channels;
}

void Stage::set_feedback(host::GamepadHub::OnFeedback feedback) {
  const std::scoped_lock lock(feedback_mutex_);
  feedback_ = std::move(feedback);
}

Outcome Stage::submit(const host::SourceUnit& unit) {
  const std::scoped_lock lock(video_mutex_);
  return video_ ? as_outcome(video_(unit)) : not_streaming();
}

Outcome Stage::submit_opus(std::span<const std::byte> opus, TimePoint captured) {
  const std::scoped_lock lock(audio_mutex_);
  return audio_ ? as_outcome(audio_(opus, captured)) : not_streaming();
}

Outcome Stage::submit_pcm(std::span<const float> samples, TimePoint captured) {
  const std::scoped_lock lock(audio_mutex_);
  if (!audio_) return not_streaming();
  if (samples.size() != channels_ * audio_packet_samples)
    return bad_argument("5 ms of sound are 240 samples for each of the session's channels");
  const auto packet = encoder_->encode(samples);
  return packet ? as_outcome(audio_(*packet, captured)) : refuse(packet.error());
}

Outcome Stage::feel(const host::GamepadFeedback& feedback) {
  const std::scoped_lock lock(feedback_mutex_);
  if (!feedback_) return refuse(PUNKTFUNK_ERROR_CLOSED, "the session's client has no gamepad");
  feedback_(feedback);
  return {};
}

}  // namespace pf::abi
