#include "client/play/audio_player.h"

#include <algorithm>
#include <utility>

namespace pf::client {

using Kind = JitterBuffer::Step::Kind;

Result<std::unique_ptr<AudioPlayer>> AudioPlayer::create(const AudioFormat& format,
                                                         const JitterBuffer::Options& buffer) {
  auto decoder = OpusDecoder::create(format);
  if (!decoder) return std::unexpected(decoder.error());
  return std::unique_ptr<AudioPlayer>(new AudioPlayer(format, std::move(*decoder), buffer));
}

AudioPlayer::AudioPlayer(const AudioFormat& format, std::unique_ptr<OpusDecoder> decoder,
                         const JitterBuffer::Options& buffer)
    : format_(format),
      packet_size_(std::size_t{audio_packet_samples} * format.channels),
      decoder_(std::move(decoder)),
      buffer_(buffer) {
  ready_.reserve(packet_size_);
  second_.reserve(packet_size_);
}

void AudioPlayer::put(session::ReceivedAudio sound) {
  const std::lock_guard lock(mutex_);
  buffer_.put(sound.id, std::move(sound.opus));
}

void AudioPlayer::restart() {
  const std::lock_guard lock(mutex_);
  buffer_.restart();
}

AudioPlayer::Figures AudioPlayer::figures() const {
  const std::lock_guard lock(mutex_);
  return {buffer_.depth(), buffer_.target(), buffer_.counters()};
}

void AudioPlayer::fill(std::span<float> out) {
  while (!out.empty()) {
    if (used_ == ready_.size()) make_packet();
    const auto size = std::min(out.size(), ready_.size() - used_);
    std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(used_), size, out.begin());
    used_ += size;
    out = out.subspan(size);
  }
}

void AudioPlayer::make_packet() {
  JitterBuffer::Step step;
  {
    const std::lock_guard lock(mutex_);
    step = buffer_.next();
  }
  ready_.clear();
  used_ = 0;
  if (step.kind == Kind::silence) {
    ready_.assign(packet_size_, 0.0F);
    silent_ = true;
    return;
  }
  decode(step);
  // A sudden begin or end is heard as a click.
  if (std::exchange(silent_, false)) ramp(true);
  if (step.kind == Kind::fade_out) ramp(false);
}

void AudioPlayer::decode(const JitterBuffer::Step& step) {
  const bool plays = step.kind == Kind::play || step.kind == Kind::merge;
  append(plays ? decoder_->decode(step.packet) : decoder_->conceal());
  if (step.kind != Kind::merge) return;
  second_.swap(ready_);
  ready_.clear();
  append(decoder_->decode(step.second));
  for (std::size_t i = 0; i < packet_size_; ++i) {
    const float share = share_passed(i);
    ready_[i] = ready_[i] * share + second_[i] * (1 - share);
  }
}

void AudioPlayer::append(const Result<std::span<const float>>& samples) {
  // What is no Opus is as good as lost.
  auto usable = samples;
  if (!usable) usable = decoder_->conceal();
  if (usable) ready_.assign(usable->begin(), usable->end());
  ready_.resize(packet_size_, 0.0F);
}

float AudioPlayer::share_passed(std::size_t at) const {
  const auto sample = at / format_.channels;
  return static_cast<float>(sample) / audio_packet_samples;
}

void AudioPlayer::ramp(bool up) {
  for (std::size_t i = 0; i < packet_size_; ++i) {
    const float share = share_passed(i);
    ready_[i] *= up ? share : 1 - share;
  }
}

}  // namespace pf::client
