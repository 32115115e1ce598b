#include "host/stream/encode_loop.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/thread.h"
#include "core/session/unit_limit.h"

namespace pf::host {
namespace {

constexpr Bitrate least_bitrate = 500_kbps;

microseconds to_us(Duration d) {
  return std::chrono::duration_cast<microseconds>(d);
}

bool same_size(const CapturedFrame& frame, const Mode& mode) {
  return frame.width == mode.width && frame.height == mode.height;
}

}  // namespace

EncodeLoop::EncodeLoop(Parts parts, SessionCounters& counters, session::StageStats& stages, const Clock& clock,
                       OnFailed on_failed)
    : encoder_(std::move(parts.encoder)),
      config_(parts.config),
      open_encoder_(std::move(parts.open_encoder)),
      sender_(std::move(parts.sender)),
      sink_(std::move(parts.sink)),
      counters_(counters),
      stages_(stages),
      clock_(clock),
      on_failed_(std::move(on_failed)),
      schedule_(frame_interval(config_.mode), {}),
      thread_(mutex_, changed_, [this](const std::stop_token& stop) { run(stop); }) {}

EncodeLoop::~EncodeLoop() = default;

void EncodeLoop::put(CapturedFrame frame) {
  std::optional<CapturedFrame> superseded;  // its buffer goes back after the lock is released
  {
    const std::scoped_lock lock(mutex_);
    superseded = slot_.put(std::move(frame));
    schedule_.picture_waits(clock_.now());
    news_ = true;
  }
  changed_.notify_one();
  if (superseded) ++counters_.frames_dropped;
}

void EncodeLoop::request_keyframe() {
  {
    const std::scoped_lock lock(mutex_);
    schedule_.want_keyframe();
    news_ = true;
  }
  changed_.notify_one();
}

void EncodeLoop::invalidate(FrameId first, FrameId last) {
  {
    const std::scoped_lock lock(mutex_);
    // A client says each loss once; one that floods the host is answered as if everything were lost.
    if (orders_.losses == most_losses)
      schedule_.want_keyframe();
    else
      orders_.lost[orders_.losses++] = {first, last};
    schedule_.want_repair();
    news_ = true;
  }
  changed_.notify_one();
}

void EncodeLoop::set_bitrate(Bitrate bitrate) {
  const std::scoped_lock lock(mutex_);
  orders_.bitrate = bitrate;
}

void EncodeLoop::set_loss(const session::LossModel& loss) {
  const std::scoped_lock lock(mutex_);
  orders_.loss = loss;
}

void EncodeLoop::prepare(std::unique_ptr<Encoder> encoder, const EncoderConfig& config) {
  std::optional<Prepared> old;
  const std::scoped_lock lock(mutex_);
  old = std::exchange(prepared_, Prepared{std::move(encoder), config});
}

void EncodeLoop::switch_over(const Mode& mode) {
  {
    const std::scoped_lock lock(mutex_);
    orders_.mode = mode;
    schedule_.set_interval(frame_interval(mode));
    schedule_.want_keyframe();
    news_ = true;
  }
  changed_.notify_one();
}

void EncodeLoop::discard_prepared() {
  std::optional<Prepared> old;
  const std::scoped_lock lock(mutex_);
  old = std::exchange(prepared_, std::nullopt);
}

std::optional<EncodeLoop::Prepared> EncodeLoop::take_prepared() {
  const std::scoped_lock lock(mutex_);
  if (!prepared_ || !same_size(picture_, prepared_->config.mode)) return std::nullopt;
  return std::exchange(prepared_, std::nullopt);
}

void EncodeLoop::run(const std::stop_token& stop) {
  begin_thread("pf-encode", Urgency::media);
  while (auto work = next_work(stop)) {
    if (auto done = perform(*work); !done) {
      on_failed_(done.error());
      return;
    }
  }
}

std::optional<EncodeLoop::Work> EncodeLoop::next_work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    news_ = false;
    const auto now = clock_.now();
    const auto step = schedule_.next(now);
    if (step.what == EncodeSchedule::What::fresh) {
      // The old picture goes first: the capturer's pool counts on no more than three frames being out. The slot stays
      // full meanwhile, for only this thread empties it.
      lock.unlock();
      picture_ = {};
      lock.lock();
      if (auto taken = slot_.take()) picture_ = std::move(*taken);
    }
    if (step.what != EncodeSchedule::What::nothing) {
      schedule_.encoded(step, now);
      return Work{step, std::exchange(orders_, {})};
    }
    const auto any_news = [&] { return news_ || stop.stop_requested(); };
    if (step.wake)
      changed_.wait_for(lock, *step.wake - now, any_news);
    else
      changed_.wait(lock, any_news);
  }
  return std::nullopt;
}

Result<void> EncodeLoop::perform(const Work& work) {
  follow(work.orders);
  const auto begun = clock_.now();
  const auto opened = fit_encoder(work.orders.mode);
  if (!opened) return std::unexpected(opened.error());
  if (*opened) damage_all(picture_);
  picture_.sequence = ++pictures_;  // the slot has closed every gap
  if (*opened) recovery_ = {};
  for (const auto& [first, last] : std::span(work.orders.lost).first(work.orders.losses))
    recovery_.lose(first, last, *encoder_);
  const auto entry = work.step.keyframe || *opened ? Entry::keyframe : recovery_.next();
  const auto unit = encoder_->encode(picture_, entry);
  if (!unit) return std::unexpected(unit.error());
  recovery_.encoded(*unit);
  if (entry == Entry::refresh && recovery_.refreshing())
    ++counters_.refreshes;
  else if (unit->keyframe)
    ++counters_.keyframes;
  send(*unit, {.fresh = work.step.what == EncodeSchedule::What::fresh, .begun = begun});
  picture_.damage.clear();  // encoded again, it brings nothing new
  if (recovery_.refreshing()) {
    const std::scoped_lock lock(mutex_);
    schedule_.want_repair();
  }
  return {};
}

void EncodeLoop::follow(const Orders& orders) {
  if (orders.loss) sender_->set_loss(*orders.loss);
  if (orders.mode) sender_->set_max_unit(session::max_unit_for(*orders.mode));
  if (!orders.bitrate || *orders.bitrate == config_.bitrate) return;
  config_.bitrate = *orders.bitrate;
  // An encoder that can't follow keeps its rate until the next one is opened with the new.
  (void)encoder_->set_bitrate(config_.bitrate);
}

// True when the picture goes to another encoder than the one before.
Result<bool> EncodeLoop::fit_encoder(const std::optional<Mode>& mode) {
  if (mode) config_.mode.refresh_mhz = mode->refresh_mhz;
  if (same_size(picture_, config_.mode) && !mode) return false;
  if (auto prepared = take_prepared()) {
    encoder_ = std::move(prepared->encoder);
    config_ = prepared->config;
    return true;
  }
  if (same_size(picture_, config_.mode)) return false;
  config_.mode.width = picture_.width;
  config_.mode.height = picture_.height;
  auto opened = open_encoder_(config_);
  if (!opened) return std::unexpected(opened.error());
  encoder_ = std::move(*opened);
  return true;
}

// A unit that no client takes: the same picture again as a keyframe, from half the bits.
void EncodeLoop::settle_for_less() {
  config_.bitrate = std::max(Bitrate{config_.bitrate.bits_per_second / 2}, least_bitrate);
  (void)encoder_->set_bitrate(config_.bitrate);
  const std::scoped_lock lock(mutex_);
  schedule_.want_keyframe();
}

void EncodeLoop::send(const EncodedUnit& unit, const Sending& how) {
  ++counters_.frames_encoded;
  if (recovery_.repaired()) ++counters_.repairs;
  stages_.record(session::Stage::convert, unit.convert);
  stages_.record(session::Stage::encode, unit.encode);

  session::VideoUnit out{.data = unit.data,
                         .codec = config_.codec,
                         .keyframe = unit.keyframe,
                         .repaired = recovery_.repaired(),
                         .until_shown = unit.until_shown,
                         .width = picture_.width,
                         .height = picture_.height,
                         // A picture sent again is shown as it stands now.
                         .captured = how.fresh ? picture_.presented : how.begun,
                         .times = {.convert = to_us(unit.convert), .encode = to_us(unit.encode)}};
  if (how.fresh) {
    stages_.record(session::Stage::capture, picture_.ready - picture_.presented);
    stages_.record(session::Stage::queue, how.begun - picture_.ready);
    out.times.capture = to_us(picture_.ready - picture_.presented);
    out.times.queue = to_us(how.begun - picture_.ready);
  }
  const auto sent = sender_->send(out, *sink_);
  if (!sent) {
    // A full socket buffer is a loss like any other on the way: the client says what it lacks.
    ++counters_.send_failures;
    recovery_.not_sent(*encoder_);
    if (sent.error().code == ErrorCode::refused) settle_for_less();
    return;
  }
  recovery_.sent(sent->frame);
  stages_.record(session::Stage::packetise, sent->packetise);
  stages_.record(session::Stage::transmit, sent->transmit);
  counters_.packets_sent += sent->packets;
  counters_.bytes_sent += sent->bytes;
}

}  // namespace pf::host
