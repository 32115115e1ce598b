#include "host/gamestream/stream/game_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/thread.h"
#include "host/gamestream/video/video_packetiser.h"
#include "host/stream/frame_pacer.h"
#include "host/stream/session_figures.h"
#include "host/stream/unit_pipeline.h"
#include "host/stream/video_pipeline.h"

namespace pf::host::gamestream {
namespace {

PipelineError at(PipelineError::Stage stage, Error error) {
  return {stage, std::move(error)};
}

}  // namespace

GameSession::GameSession(std::string client, const SessionSettings& settings, Platform& platform, const Clock& clock,
                         Events events)
    : client_(std::move(client)),
      settings_(settings),
      platform_(platform),
      clock_(clock),
      events_(std::move(events)),
      born_(clock.now()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

GameSession::~GameSession() {
  thread_.request_stop();
  thread_.join();
}

void GameSession::play(PlayOrder order) {
  const std::scoped_lock lock(orders_mutex_);
  orders_ = {.play = std::move(order), .suspend = false, .failure = std::nullopt};
  ordered_.notify_one();
}

void GameSession::reached() {
  const std::scoped_lock lock(orders_mutex_);
  ordered_.notify_one();
}

void GameSession::suspend() {
  const std::scoped_lock lock(orders_mutex_);
  orders_.play.reset();
  orders_.suspend = true;
  ordered_.notify_one();
}

void GameSession::run(const std::stop_token& stop) {
  begin_thread("pf-gs-session");
  while (!stop.stop_requested()) {
    Orders orders;
    {
      std::unique_lock lock(orders_mutex_);
      ordered_.wait(lock, stop, [this] { return !orders_.empty(); });
      orders = std::exchange(orders_, {});
    }
    if (!stop.stop_requested()) carry_out(std::move(orders), stop);
  }
  drop_live();
  display_.reset();
}

void GameSession::carry_out(Orders orders, const std::stop_token& stop) {
  drop_live();
  auto failure = orders.play ? begin(*orders.play, stop) : std::move(orders.failure);
  if (!failure) return;
  report(HostEvent::Kind::session_ended, HostEvent::Level::warning,
         fmt::format("{} can't be streamed to: {}", client_, failure->error.message));
  events_.failed(*failure);
}

std::optional<PipelineError> GameSession::begin(const PlayOrder& order, const std::stop_token& stop) {
  if (auto ok = fit_display(order.request.video.mode, order.launch.name); !ok)
    return at(PipelineError::Stage::capture, std::move(ok.error()));
  auto live = open(order);
  if (!live && live.error().error.code == ErrorCode::closed && streamed_) {
    // The display went away while nobody looked at it.
    display_.reset();
    if (auto ok = fit_display(order.request.video.mode, order.launch.name); !ok)
      return at(PipelineError::Stage::capture, std::move(ok.error()));
    live = open(order);
  }
  if (!live) return std::move(live.error());
  if (!wait_for(*order.video, stop)) return std::nullopt;
  auto& video = *(*live)->video;
  report(streamed_ ? HostEvent::Kind::session_resumed : HostEvent::Kind::session_started, HostEvent::Level::info,
         fmt::format("{} {} by GameStream on display {}: {}, {} at {:.1f} Mbit/s, {}", client_,
                     streamed_ ? "is back" : "streams", display_->name(), display_->mode().to_string(),
                     video.encoder_name(), static_cast<double>(order.request.video.bitrate.bits_per_second) / 1e6,
                     (*live)->sound ? "with sound" : "without sound"));
  note(**live, order.request);
  events_.streaming(order.launch, {display_->name(), display_->environment()}, !std::exchange(streamed_, true));
  video.start([this](const PipelineError& failure) {
    const std::scoped_lock lock(orders_mutex_);
    if (!orders_.failure) orders_.failure = failure;
    ordered_.notify_one();
  });
  video.follow((*live)->rate->plan());
  const std::scoped_lock lock(live_mutex_);
  live_ = std::move(*live);
  return std::nullopt;
}

void GameSession::note(const Live& live, const StreamRequest& request) {
  const std::scoped_lock lock(status_mutex_);
  status_.state = host::SessionState::streaming;
  status_.display = display_->name();
  status_.encoder = live.video->encoder_name();
  status_.cipher = request.video.encrypted ? std::optional(MediaCipher::aes_128_gcm) : std::nullopt;
  status_.mode = display_->mode();
  status_.codec = request.video.codec;
  status_.bitrate = status_.min_bitrate = std::min(request.video.bitrate, settings_.max_bitrate);
  status_.audio = request.audio.format;
  status_.audio_on = live.sound != nullptr;
  status_.input_on = live.input != nullptr;
}

SessionStatus GameSession::status() const {
  SessionStatus status;
  {
    const std::scoped_lock lock(status_mutex_);
    status = status_;
  }
  status.uptime = std::chrono::duration_cast<std::chrono::seconds>(clock_.now() - born_);
  status.counters = figures_of(counters_);
  status.stages = host_stages(stages_);
  const std::scoped_lock lock(live_mutex_);
  if (live_) status.link = link_figures(live_->rate->plan());
  return status;
}

/// False if another order came first.
bool GameSession::wait_for(const Route& video, const std::stop_token& stop) {
  std::unique_lock lock(orders_mutex_);
  ordered_.wait(lock, stop, [&] { return video.known() || !orders_.empty(); });
  return orders_.empty() && !stop.stop_requested();
}

Result<void> GameSession::fit_display(const Mode& mode, const std::string& name) {
  if (display_ && display_->mode() != mode && !display_->set_mode(mode)) display_.reset();
  if (display_) return {};
  auto made = platform_.create_display(mode, name);
  if (!made) return std::unexpected(made.error().within("the host can't make a display"));
  display_ = std::move(*made);
  return {};
}

std::expected<std::unique_ptr<GameSession::Live>, PipelineError> GameSession::open(const PlayOrder& order) {
  const auto& video = order.request.video;
  auto packetiser = VideoPacketiser::create(video, order.launch.key, clock_);
  if (!packetiser) return std::unexpected(at(PipelineError::Stage::transport, std::move(packetiser.error())));
  const EncoderConfig config{.codec = video.codec,
                             .mode = display_->mode(),
                             .bitrate = std::min(video.bitrate, settings_.max_bitrate),
                             .threads = video.slices > 1 ? video.slices : settings_.encoder_threads,
                             .colour = video.colour,
                             .max_references = video.max_references};
  auto live = std::make_unique<Live>();
  const auto open_video = platform_.brings_units() ? UnitPipeline::open : VideoPipeline::open;
  auto opened =
      open_video({platform_, counters_, stages_, clock_}, *display_, config, std::move(*packetiser), order.video);
  if (!opened) return std::unexpected(std::move(opened.error()));
  live->video = std::move(*opened);
  live->rate = std::make_unique<StreamRate>(session::StreamAdaptation::Options{
      .range = {.floor = config.bitrate, .ceiling = config.bitrate}, .interval = frame_interval(config.mode)});

  const auto degraded = [this](const std::string& text) {
    report(HostEvent::Kind::degraded, HostEvent::Level::warning, fmt::format("{}: {}", client_, text));
  };
  if (settings_.audio) {
    auto sound =
        SoundTrack::open(platform_, order.request.audio,
                         {.key = order.launch.key, .key_id = order.launch.key_id, .on = order.request.audio.encrypted},
                         order.sound, counters_);
    if (sound)
      live->sound = std::move(*sound);
    else
      degraded("there is no sound: " + sound.error().message);
  }
  if (auto injector = platform_.open_injector(*display_))
    live->input = std::make_unique<InputLoop>(
        std::move(*injector),
        [this] {
          return platform_.open_gamepads(*display_, [this](const GamepadFeedback& feedback) { pass_on(feedback); });
        },
        counters_, [degraded](const Error& error) { degraded("some input could not be passed on: " + error.message); });
  else
    degraded("keyboard and mouse do nothing: " + injector.error().message);
  return live;
}

void GameSession::drop_live() {
  std::unique_ptr<Live> old;
  const std::scoped_lock lock(live_mutex_);
  old = std::move(live_);
}

void GameSession::input(const InputPacket& packet) {
  const std::scoped_lock lock(live_mutex_);
  if (!live_ || !live_->input) return;
  const auto translated = live_->translator.translate(packet);
  for (const auto& event : translated.events) live_->input->push(event);
  for (const auto& motion : translated.motion) live_->input->push(motion);
  if (const auto* arrival = std::get_if<GamepadArrivalPacket>(&packet)) ask_for_motion(*arrival);
}

// Clients keep a gamepad's sensors off until they are asked.
void GameSession::ask_for_motion(const GamepadArrivalPacket& pad) const {
  constexpr std::uint16_t hertz = 100;
  const auto ask = [&](std::uint16_t capability, MotionSensor sensor) {
    if ((pad.capabilities & capability) != 0)
      events_.tell(MotionReports{.gamepad = pad.pad, .hertz = hertz, .sensor = sensor});
  };
  ask(wire::gamepad_has::acceleration, MotionSensor::accelerometer);
  ask(wire::gamepad_has::gyroscope, MotionSensor::gyroscope);
}

void GameSession::pass_on(const GamepadFeedback& feedback) const {
  if (const auto* rumble = std::get_if<wire::GamepadRumble>(&feedback)) {
    events_.tell(GamepadRumble{.gamepad = rumble->pad, .low = rumble->low, .high = rumble->high});
    events_.tell(TriggerRumble{.gamepad = rumble->pad, .left = rumble->left_trigger, .right = rumble->right_trigger});
  } else if (const auto* light = std::get_if<wire::GamepadLight>(&feedback)) {
    events_.tell(GamepadLed{.gamepad = light->pad,
                            .red = static_cast<std::uint8_t>(light->colour >> 16),
                            .green = static_cast<std::uint8_t>(light->colour >> 8),
                            .blue = static_cast<std::uint8_t>(light->colour)});
  }
}

void GameSession::request_keyframe() {
  const std::scoped_lock lock(live_mutex_);
  if (live_) live_->video->request_keyframe();
}

void GameSession::invalidate(FrameId first, FrameId last) {
  const std::scoped_lock lock(live_mutex_);
  if (live_) live_->video->invalidate(first, last);
}

void GameSession::set_loss(double share) {
  constexpr double packets = 1000;  // that a report is taken to be about
  const std::scoped_lock lock(live_mutex_);
  if (live_)
    live_->video->follow(live_->rate->on_loss(packets * (1 - share), packets * share, std::chrono::seconds{1}));
}

void GameSession::report(HostEvent::Kind kind, HostEvent::Level level, const std::string& text) const {
  if (events_.report) events_.report({.kind = kind, .level = level, .client = client_, .text = text});
}

}  // namespace pf::host::gamestream
