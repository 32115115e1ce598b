#include "client/media/opus_decoder.h"

#include <opus/opus_multistream.h>

#include <string>
#include <utility>
#include <vector>

#include "client/media/opus_layout.h"

namespace pf::client {
namespace {

struct Destroy {
  void operator()(OpusMSDecoder* decoder) const { opus_multistream_decoder_destroy(decoder); }
};

constexpr std::size_t largest_packet = 65'536;  // far more than eight channels of 5 ms ever take

}  // namespace

struct OpusDecoder::State {
  std::unique_ptr<OpusMSDecoder, Destroy> decoder;
  std::vector<float> samples;
};

Result<std::unique_ptr<OpusDecoder>> OpusDecoder::create(const AudioFormat& format) {
  const auto layout = opus_layout(format);
  if (!layout)
    return fail(ErrorCode::invalid_argument,
                std::to_string(format.channels) + " audio channels; 2, 6 and 8 can be played");
  int code = OPUS_OK;
  auto state = std::make_unique<State>();
  state->decoder.reset(opus_multistream_decoder_create(audio_sample_rate, layout->channels, layout->streams,
                                                       layout->coupled, layout->mapping.data(), &code));
  if (!state->decoder)
    return fail(ErrorCode::internal, std::string("the Opus decoder does not start: ") + opus_strerror(code));
  state->samples.resize(std::size_t{audio_packet_samples} * layout->channels);
  return std::unique_ptr<OpusDecoder>(new OpusDecoder(std::move(state)));
}

OpusDecoder::OpusDecoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
OpusDecoder::~OpusDecoder() = default;

Result<std::span<const float>> OpusDecoder::decode(std::span<const std::byte> packet) {
  if (packet.empty() || packet.size() > largest_packet) return fail(ErrorCode::malformed, "not an Opus packet");
  return run(reinterpret_cast<const unsigned char*>(packet.data()), static_cast<int>(packet.size()));
}

Result<std::span<const float>> OpusDecoder::conceal() {
  return run(nullptr, 0);
}

Result<std::span<const float>> OpusDecoder::run(const unsigned char* data, int size) {
  const int samples =
      opus_multistream_decode_float(state_->decoder.get(), data, size, state_->samples.data(), audio_packet_samples, 0);
  if (samples < 0) return fail(ErrorCode::malformed, std::string("not an Opus packet: ") + opus_strerror(samples));
  if (samples != static_cast<int>(audio_packet_samples))
    return fail(ErrorCode::malformed, "an Opus packet of " + std::to_string(samples) + " samples instead of " +
                                          std::to_string(audio_packet_samples));
  return state_->samples;
}

}  // namespace pf::client
