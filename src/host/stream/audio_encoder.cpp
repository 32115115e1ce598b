#include "host/stream/audio_encoder.h"

#include <opus/opus_multistream.h>

#include <string>
#include <utility>

namespace pf::host {
namespace {

constexpr int vorbis_channel_order = 1;  // mapping family, RFC 7845, section 5.1.1.2
constexpr int complexity = 5;            // of 10: above it a 5 ms packet gains nothing that is heard

Error opus_error(int code, const char* what) {
  return {ErrorCode::internal, std::string("the Opus encoder ") + what + ": " + opus_strerror(code)};
}

}  // namespace

void AudioEncoder::Close::operator()(OpusMSEncoder* encoder) const {
  opus_multistream_encoder_destroy(encoder);
}

Bitrate AudioEncoder::bitrate_for(const AudioFormat& format) {
  switch (format.channels) {
    case 6: return 512_kbps;
    case 8: return 560_kbps;
    default: return 160_kbps;
  }
}

AudioEncoder::AudioEncoder(Handle encoder, const AudioFormat& format) : encoder_(std::move(encoder)), format_(format) {}

Result<std::unique_ptr<AudioEncoder>> AudioEncoder::create(const AudioFormat& format) {
  if (!format.valid())
    return fail(ErrorCode::invalid_argument,
                std::to_string(format.channels) + " audio channels can't be streamed; ask for 2, 6 or 8");
  int streams = 0;
  int coupled = 0;
  int status = OPUS_OK;
  std::array<unsigned char, 8> mapping{};
  Handle encoder(opus_multistream_surround_encoder_create(static_cast<opus_int32>(audio_sample_rate), format.channels,
                                                          vorbis_channel_order, &streams, &coupled, mapping.data(),
                                                          OPUS_APPLICATION_RESTRICTED_LOWDELAY, &status));
  if (!encoder) return std::unexpected(opus_error(status, "could not be opened"));
  const auto bitrate = static_cast<opus_int32>(bitrate_for(format).bits_per_second);
  for (const int set : {opus_multistream_encoder_ctl(encoder.get(), OPUS_SET_BITRATE(bitrate)),
                        opus_multistream_encoder_ctl(encoder.get(), OPUS_SET_VBR(0)),
                        opus_multistream_encoder_ctl(encoder.get(), OPUS_SET_COMPLEXITY(complexity))})
    if (set != OPUS_OK) return std::unexpected(opus_error(set, "refuses its settings"));
  return std::unique_ptr<AudioEncoder>(new AudioEncoder(std::move(encoder), format));
}

Result<std::span<const std::byte>> AudioEncoder::encode(std::span<const float> samples) {
  if (samples.size() != std::size_t{audio_packet_samples} * format_.channels)
    return fail(ErrorCode::invalid_argument, "an audio packet of the wrong length");
  const int size = opus_multistream_encode_float(encoder_.get(), samples.data(), static_cast<int>(audio_packet_samples),
                                                 reinterpret_cast<unsigned char*>(packet_.data()),
                                                 static_cast<opus_int32>(packet_.size()));
  if (size < 0) return std::unexpected(opus_error(size, "failed"));
  return std::span<const std::byte>(packet_).first(static_cast<std::size_t>(size));
}

}  // namespace pf::host
