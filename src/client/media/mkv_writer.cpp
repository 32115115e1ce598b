#include "client/media/mkv_writer.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "client/media/av.h"
#include "client/media/opus_layout.h"

namespace pf::client {
namespace {

constexpr AVRational microsecond{1, 1'000'000};
// How long one stream may be silent before the other is written without it.
constexpr std::int64_t interleave_us = 1'000'000;
// Opus's decoder delay in its low-delay mode, samples (RFC 7845, "pre-skip").
constexpr std::uint16_t opus_delay = 120;

struct Close {
  void operator()(AVFormatContext* context) const {
    avio_closep(&context->pb);
    avformat_free_context(context);
  }
};
using FormatContext = std::unique_ptr<AVFormatContext, Close>;

Result<void> set_extradata(AVCodecParameters& parameters, std::span<const std::byte> data) {
  auto* copy = static_cast<std::uint8_t*>(av_mallocz(data.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (copy == nullptr) return fail(ErrorCode::exhausted, "no memory for a recording");
  std::memcpy(copy, data.data(), data.size());
  parameters.extradata = copy;
  parameters.extradata_size = static_cast<int>(data.size());
  return {};
}

// RFC 7845, section 5.1.
std::vector<std::byte> opus_head(const OpusLayout& layout) {
  std::vector<std::byte> head;
  const auto byte = [&](unsigned value) { head.push_back(static_cast<std::byte>(value)); };
  for (const char c : {'O', 'p', 'u', 's', 'H', 'e', 'a', 'd'}) byte(static_cast<unsigned char>(c));
  byte(1);
  byte(layout.channels);
  byte(opus_delay & 0xff);
  byte(opus_delay >> 8);
  for (const int shift : {0, 8, 16, 24}) byte(audio_sample_rate >> shift & 0xff);
  byte(0);  // gain
  byte(0);
  const bool family = layout.channels > 2;
  byte(family ? 1 : 0);
  if (!family) return head;
  byte(layout.streams);
  byte(layout.coupled);
  for (std::size_t i = 0; i < layout.channels; ++i) byte(layout.mapping.at(i));
  return head;
}

Result<AVStream*> add_stream(AVFormatContext& file, AVMediaType type, AVCodecID codec) {
  AVStream* stream = avformat_new_stream(&file, nullptr);
  if (stream == nullptr) return fail(ErrorCode::exhausted, "no memory for a recording");
  stream->time_base = microsecond;
  stream->codecpar->codec_type = type;
  stream->codecpar->codec_id = codec;
  return stream;
}

}  // namespace

struct MkvWriter::State {
  FormatContext file;
  std::string path;
  AVStream* video = nullptr;  // owned by `file`, as is the next
  AVStream* audio = nullptr;
  std::int64_t last_video_us = 0;
  std::int64_t last_audio_us = 0;
  bool begun = false;  // the header is written
  TimePoint began;     // the first keyframe's capture
  bool finished = false;

  Error failed(int code) const { return av::error(ErrorCode::io, "cannot write " + path, code); }
  Result<void> write_header(std::span<const std::byte> keyframe, std::uint32_t width, std::uint32_t height,
                            TimePoint captured);
  Result<void> write(AVStream& stream, std::span<const std::byte> data, int flags, std::int64_t& last_us,
                     TimePoint captured);
};

Result<std::unique_ptr<MkvWriter>> MkvWriter::create(const std::filesystem::path& file,
                                                     const std::optional<AudioFormat>& audio) {
  auto state = std::make_unique<State>();
  state->path = file.string();
  av::quieten_log();
  AVFormatContext* context = nullptr;
  if (const int code = avformat_alloc_output_context2(&context, nullptr, "matroska", nullptr); code < 0)
    return std::unexpected(state->failed(code));
  state->file.reset(context);
  context->max_interleave_delta = interleave_us;
  if (const int code = avio_open(&context->pb, state->path.c_str(), AVIO_FLAG_WRITE); code < 0)
    return std::unexpected(state->failed(code));

  auto video = add_stream(*context, AVMEDIA_TYPE_VIDEO, AV_CODEC_ID_H264);
  if (!video) return std::unexpected(video.error());
  state->video = *video;
  if (audio) {
    const auto layout = opus_layout(*audio);
    if (!layout) return fail(ErrorCode::invalid_argument, "only 2, 6 or 8 channels can be recorded");
    auto stream = add_stream(*context, AVMEDIA_TYPE_AUDIO, AV_CODEC_ID_OPUS);
    if (!stream) return std::unexpected(stream.error());
    state->audio = *stream;
    AVCodecParameters& parameters = *state->audio->codecpar;
    parameters.sample_rate = audio_sample_rate;
    parameters.initial_padding = opus_delay;
    parameters.seek_preroll = 3840;  // 80 ms, RFC 7845, section 4.6
    av_channel_layout_default(&parameters.ch_layout, layout->channels);
    if (auto set = set_extradata(parameters, opus_head(*layout)); !set) return std::unexpected(set.error());
  }
  return std::unique_ptr<MkvWriter>(new MkvWriter(std::move(state)));
}

MkvWriter::MkvWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}

MkvWriter::~MkvWriter() {
  if (state_->finished) return;
  if (const auto finished = finish(); !finished) return;  // nobody is left to tell; who wants to know calls finish()
}

Result<void> MkvWriter::write_video(std::span<const std::byte> unit, bool keyframe, std::uint32_t width,
                                    std::uint32_t height, TimePoint captured) {
  if (!state_->begun) {
    if (!keyframe) return {};
    if (auto header = state_->write_header(unit, width, height, captured); !header) return header;
  }
  return state_->write(*state_->video, unit, keyframe ? AV_PKT_FLAG_KEY : 0, state_->last_video_us, captured);
}

Result<void> MkvWriter::write_audio(std::span<const std::byte> packet, TimePoint captured) {
  if (state_->audio == nullptr) return fail(ErrorCode::invalid_argument, "the recording has no sound");
  if (!state_->begun || captured < state_->began) return {};
  return state_->write(*state_->audio, packet, AV_PKT_FLAG_KEY, state_->last_audio_us, captured);
}

// The track's description needs the parameter sets; libavformat takes them out of the keyframe.
Result<void> MkvWriter::State::write_header(std::span<const std::byte> keyframe, std::uint32_t width,
                                            std::uint32_t height, TimePoint captured) {
  video->codecpar->width = static_cast<int>(width);
  video->codecpar->height = static_cast<int>(height);
  if (auto set = set_extradata(*video->codecpar, keyframe); !set) return set;
  if (const int code = avformat_write_header(file.get(), nullptr); code < 0) return std::unexpected(failed(code));
  begun = true;
  began = captured;
  return {};
}

Result<void> MkvWriter::State::write(AVStream& stream, std::span<const std::byte> data, int flags,
                                     std::int64_t& last_us, TimePoint captured) {
  if (finished) return fail(ErrorCode::closed, path + " is already finished");
  const av::Packet packet = av::packet_of(data);
  if (!packet) return fail(ErrorCode::exhausted, "no memory for a recording");
  // A capture clock that steps back a little must not break the file.
  last_us = std::max(last_us, std::chrono::duration_cast<microseconds>(captured - began).count());
  packet->stream_index = stream.index;
  packet->flags = flags;
  packet->pts = packet->dts = av_rescale_q(last_us, microsecond, stream.time_base);
  if (const int code = av_interleaved_write_frame(file.get(), packet.get()); code < 0)
    return std::unexpected(failed(code));
  return {};
}

Result<void> MkvWriter::finish() {
  if (state_->finished) return {};
  state_->finished = true;
  if (!state_->begun) return fail(ErrorCode::closed, state_->path + " is empty: no keyframe came");
  if (const int code = av_write_trailer(state_->file.get()); code < 0) return std::unexpected(state_->failed(code));
  if (const int code = avio_closep(&state_->file->pb); code < 0) return std::unexpected(state_->failed(code));
  return {};
}

}  // namespace pf::client
