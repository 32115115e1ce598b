#include "host/gamestream/audio/sound_encoder.h"

#include <opus/opus_multistream.h>

#include <algorithm>
#include <string>
#include <utility>

#include "host/gamestream/audio/surround_layout.h"

namespace pf::host::gamestream {
namespace {

constexpr int complexity = 5;  // of 10: above it a 5 ms packet gains nothing that is heard

std::unexpected<Error> opus_error(int code, const char* what) {
  return fail(ErrorCode::internal, std::string("the Opus encoder ") + what + ": " + opus_strerror(code));
}

}  // namespace

void SoundEncoder::Close::operator()(OpusMSEncoder* encoder) const {
  opus_multistream_encoder_destroy(encoder);
}

Bitrate SoundEncoder::bitrate_for(const AudioRequest& request) {
  Bitrate wanted{};
  switch (request.format.channels) {
    case 6: wanted = request.high_quality ? 1'536_kbps : 320_kbps; break;
    case 8: wanted = request.high_quality ? 2'048_kbps : 448_kbps; break;
    default: wanted = request.high_quality ? 320_kbps : 128_kbps; break;
  }
  // A packet of 10 ms must still fit into a datagram.
  return {std::min<std::uint64_t>(wanted.bits_per_second, max_packet * 8 * 1000 / request.packet_ms)};
}

SoundEncoder::SoundEncoder(Handle encoder, const AudioRequest& request)
    : encoder_(std::move(encoder)),
      samples_(std::size_t{audio_sample_rate} / 1000 * request.packet_ms * request.format.channels),
      channels_(request.format.channels) {
  waiting_.reserve(samples_);
}

Result<std::unique_ptr<SoundEncoder>> SoundEncoder::create(const AudioRequest& request) {
  if (!request.format.valid()) return fail(ErrorCode::invalid_argument, "sound comes in 2, 6 or 8 channels");
  const auto layout = surround_layout(request.format, request.high_quality);
  int status = OPUS_OK;
  Handle encoder(opus_multistream_encoder_create(
      static_cast<opus_int32>(audio_sample_rate), static_cast<int>(layout.channels), static_cast<int>(layout.streams),
      static_cast<int>(layout.coupled), layout.mapping.data(), OPUS_APPLICATION_RESTRICTED_LOWDELAY, &status));
  if (!encoder) return opus_error(status, "could not be opened");
  const auto bitrate = static_cast<opus_int32>(bitrate_for(request).bits_per_second);
  for (const int set : {opus_multistream_encoder_ctl(encoder.get(), OPUS_SET_BITRATE(bitrate)),
                        opus_multistream_encoder_ctl(encoder.get(), OPUS_SET_VBR(0)),
                        opus_multistream_encoder_ctl(encoder.get(), OPUS_SET_COMPLEXITY(complexity))})
    if (set != OPUS_OK) return opus_error(set, "refuses its settings");
  return std::unique_ptr<SoundEncoder>(new SoundEncoder(std::move(encoder), request));
}

Result<std::span<const std::byte>> SoundEncoder::encode(std::span<const float> samples) {
  if (samples.size() != channels_ * audio_packet_samples)
    return fail(ErrorCode::invalid_argument, "5 ms of sound of the wrong length");
  waiting_.insert(waiting_.end(), samples.begin(), samples.end());
  if (waiting_.size() < samples_) return std::span<const std::byte>{};
  const int size = opus_multistream_encode_float(
      encoder_.get(), waiting_.data(), static_cast<int>(samples_ / channels_),
      reinterpret_cast<unsigned char*>(packet_.data()), static_cast<opus_int32>(packet_.size()));
  waiting_.clear();
  if (size < 0) return opus_error(size, "failed");
  return std::span<const std::byte>(packet_).first(static_cast<std::size_t>(size));
}

}  // namespace pf::host::gamestream
