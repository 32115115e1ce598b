#include "client/window/stream_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "client/media/h264_decoder.h"
#include "client/signals/interruption.h"

namespace pf::client {
namespace {

using Phase = SessionState::Phase;

constexpr int look_up_ms = 20;  // how late a signal, a time limit or the overlay may be noticed
constexpr milliseconds overlay_interval{500};
constexpr unsigned most_decoder_threads = 4;

// A line for the log, which a program may be reading.
void say(const std::string& sentence) {
  fmt::print("{}\n", sentence);
  std::fflush(stdout);
}

double to_seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace

StreamView::StreamView(const WindowOptions& options, sdl::Library& library, Screen& screen, control::LinkOptions link)
    : options_(options),
      library_(library),
      screen_(screen),
      link_(std::move(link)),
      meter_(clock_.now()),
      overlay_(options.overlay) {}

StreamView::~StreamView() {
  // The session feeds the players, whose threads ask the session for things: it stops first, and goes last.
  if (session_) session_->stop();
  sound_.reset();
  video_.reset();
}

Result<void> StreamView::run() {
  if (auto started = start(); !started) return started;
  while (!finished()) {
    SDL_Event event;
    if (SDL_WaitEventTimeout(&event, look_up_ms) != 0) {
      do {
        on_event(event);
      } while (SDL_PollEvent(&event) != 0);
    }
    refresh();
  }
  return finish();
}

Result<void> StreamView::start() {
  if (!screen_.text_trouble().empty()) say(screen_.text_trouble());
  auto decoder =
      H264Decoder::create(std::clamp(std::thread::hardware_concurrency(), 1U, most_decoder_threads), link_.start.mode);
  if (!decoder) return std::unexpected(decoder.error());
  if (link_.start.audio_wanted) {
    auto audio = AudioPlayer::create(link_.start.audio);
    if (!audio) return std::unexpected(audio.error());
    audio_ = std::move(*audio);
    if (auto sound = SoundDevice::open(*audio_)) {
      sound_ = std::move(*sound);
    } else {
      say(sound.error().message + "; streaming without sound");
      link_.start.audio_wanted = false;
      audio_.reset();
    }
  }
  video_ = std::make_unique<VideoPlayer>(std::move(*decoder), video_callbacks());
  session_ = std::make_unique<StreamSession>(link_, session_events(), clock_);
  input_ = std::make_unique<InputRouter>(*session_, screen_, [this](Action action) { on_action(action); });
  screen_.show({static_cast<int>(link_.start.mode.width), static_cast<int>(link_.start.mode.height)});
  if (options_.grab) input_->toggle_grab();
  session_->start();
  return {};
}

bool StreamView::finished() const {
  if (quit_ || drawing_failure_ || interrupted() || session_->state().phase == Phase::ended) return true;
  if (options_.frames && shown_ >= *options_.frames) return true;
  const auto began = connection().began;
  return options_.duration && began != TimePoint{} && clock_.now() - began >= *options_.duration;
}

Result<void> StreamView::finish() {
  const auto state = session_->state();
  Result<void> result;
  if (!options_.screenshot.empty()) {
    const auto image = screen_.draw_and_read(text_);
    result = image ? write_png(*image, options_.screenshot) : std::unexpected(image.error());
  }
  session_->stop();
  say(fmt::format("{} pictures shown, {} replaced by newer ones, {} left out by the decoder", shown_,
                  video_->replaced(), video_->dropped()));
  if (drawing_failure_) return std::unexpected(*drawing_failure_);
  if (state.phase == Phase::ended) return std::unexpected(state.error);
  return result;
}

// --- what other threads tell ---

StreamSession::Events StreamView::session_events() {
  StreamSession::Events events;
  events.on_video = [this](session::ReceivedUnit unit) { video_->put(std::move(unit)); };
  if (audio_) events.on_audio = [this](session::ReceivedAudio sound) { audio_->put(std::move(sound)); };
  events.on_connecting = [this] {
    video_->restart();
    if (audio_) audio_->restart();
    meter_.restart();
  };
  events.on_started = [this](const wire::Started& started, const wire::Welcome& welcome) {
    on_started(started, welcome);
  };
  events.on_state = [this](const SessionState& state) { on_state(state); };
  events.on_reconfigured = [this](const wire::Reconfigured& answer) { on_reconfigured(answer); };
  return events;
}

VideoPlayer::Callbacks StreamView::video_callbacks() {
  return {.on_picture = [this] { library_.wake(); },
          .on_decoded = [this](session::ReceivedUnit& unit, Duration decode,
                               TimePoint decoded) { on_decoded(unit, decode, decoded); },
          .on_keyframe_wanted = [this] { session_->request_keyframe(); }};
}

void StreamView::on_started(const wire::Started& started, const wire::Welcome& welcome) {
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (connection_.number++ == 0) {
    connection_.began = now;
    say(fmt::format("streaming {} from {} {}, sealed by {}", started.mode.to_string(), welcome.host_name,
                    started.audio_on ? "with sound" : "without sound", to_string(welcome.cipher)));
  } else {
    say(fmt::format("connected again after {:.1f} s, {}", to_seconds(now - connection_.lost),
                    started.resumed ? "to the same display" : "to a new display"));
  }
  connection_.host = welcome.host_name;
  connection_.mode = started.mode;
  connection_.audio = started.audio_on;
}

void StreamView::on_state(const SessionState& state) {
  if (state.phase == Phase::reconnecting) {
    say(state.error.message + "; reconnecting");
    const std::lock_guard lock(mutex_);
    connection_.lost = clock_.now();
  }
  library_.wake();
}

void StreamView::on_reconfigured(const wire::Reconfigured& answer) {
  say(answer.accepted ? "now " + answer.mode.to_string() : "the host keeps its mode: " + answer.text);
  const std::lock_guard lock(mutex_);
  connection_.mode = answer.mode;
}

void StreamView::on_decoded(session::ReceivedUnit& unit, Duration decode, TimePoint decoded) {
  const auto at = captured(unit.timestamp_us, decoded);
  meter_.decoded(unit, at, decode);
  if (at) session_->with_link([&](auto& link) { link.report(decode, std::max(Duration{0}, decoded - *at)); });
}

std::optional<TimePoint> StreamView::captured(std::uint32_t timestamp_us, TimePoint near) {
  std::optional<TimePoint> at;
  session_->with_link([&](auto& link) { at = link.to_local(timestamp_us, near); });
  return at;
}

StreamView::Connection StreamView::connection() const {
  const std::lock_guard lock(mutex_);
  return connection_;
}

// --- the main thread ---

void StreamView::on_event(const SDL_Event& event) {
  if (event.type == SDL_QUIT) quit_ = true;
  if (event.type == SDL_WINDOWEVENT) {
    dirty_ = true;
    if (event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED) on_resized();
  }
  input_->on_event(event);
}

void StreamView::on_resized() {
  if (auto drawn = screen_.resized(); !drawn) fail_drawing(drawn.error());
  if (options_.follow_window) follower_.resized(screen_.size(), clock_.now());
}

void StreamView::fail_drawing(const Error& error) {
  if (!drawing_failure_) drawing_failure_ = error;
}

void StreamView::on_action(Action action) {
  switch (action) {
    case Action::fullscreen: screen_.toggle_fullscreen(); break;
    case Action::grab: input_->toggle_grab(); break;
    case Action::overlay:
      overlay_ = !overlay_;
      text_.overlay.clear();
      break;
    case Action::match_window: match_window(screen_.size()); break;
    case Action::quit: quit_ = true; break;
  }
  dirty_ = true;
}

void StreamView::refresh() {
  const auto now = clock_.now();
  const int number = connection().number;
  if (std::exchange(known_connection_, number) != number) input_->forget();
  if (const auto window = follower_.take(now)) match_window(*window);
  update_figures(now);
  update_banner();
  auto picture = video_->take();
  if (picture) {
    if (auto put = screen_.put(std::move(picture->picture)); !put) {
      fail_drawing(put.error());
      return;
    }
    has_picture_ = dirty_ = true;
    update_banner();
  }
  if (!std::exchange(dirty_, false)) return;
  screen_.draw(text_);
  if (!picture) return;
  ++shown_;
  const auto presented = clock_.now();
  meter_.shown(captured(picture->timestamp_us, presented), picture->decoded, presented);
}

void StreamView::update_figures(TimePoint now) {
  std::optional<control::LinkStats> stats;
  session_->with_link([&](auto& link) { stats = link.stats(); });
  if (!stats) return;
  auto figures = meter_.take(*stats, now, overlay_interval);
  if (!figures || !overlay_) return;
  const auto current = connection();
  figures->host = current.host;
  figures->mode = current.mode;
  if (audio_ && current.audio) {
    constexpr milliseconds packet{5};
    const auto sound = audio_->figures();
    figures->sound = StreamFigures::Sound{packet * sound.depth, packet * sound.target, sound.counters.concealed,
                                          sound.counters.underruns};
  }
  text_.overlay = overlay_lines(*figures);
  dirty_ = true;
}

void StreamView::update_banner() {
  const auto state = session_->state();
  std::vector<std::string> banner;
  switch (state.phase) {
    case Phase::connecting: banner = {"Connecting…"}; break;
    case Phase::streaming:
      if (!has_picture_) banner = {"Waiting for the first picture…"};
      break;
    case Phase::reconnecting: banner = {"Reconnecting…", state.error.message}; break;
    case Phase::ended: banner = {state.error.message}; break;
  }
  if (banner == text_.banner) return;
  text_.banner = std::move(banner);
  // The host draws its pointer into the picture; a second one would trail it.
  screen_.show_pointer(!text_.banner.empty());
  dirty_ = true;
}

void StreamView::match_window(Extent window) {
  const auto current = connection();
  const auto wanted = mode_for(window, current.mode.refresh_mhz);
  if (current.number == 0 || wanted == current.mode) return;
  video_->allow(wanted);
  session_->with_link([&](auto& link) {
    if (auto asked = link.reconfigure(wanted, std::nullopt); !asked) say(asked.error().message);
  });
}

}  // namespace pf::client
