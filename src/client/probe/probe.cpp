#include "client/probe/probe.h"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <cmath>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <utility>

#include "client/input/keys.h"
#include "client/media/image.h"
#include "client/probe/events.h"
#include "client/probe/line_source.h"
#include "client/probe/measurements.h"
#include "client/probe/media_sink.h"
#include "client/probe/script.h"
#include "client/signals/interruption.h"

namespace pf::client {
namespace {

namespace json = boost::json;
using std::chrono::duration_cast;

constexpr std::chrono::milliseconds snapshot_limit{5000};
constexpr std::uint16_t left_shift = 42;  // KEY_LEFTSHIFT

double to_ms(Duration d) {
  return std::round(std::chrono::duration<double, std::milli>(d).count() * 10) / 10;
}

class Probe {
 public:
  explicit Probe(const ProbeOptions& options)
      : options_(options), events_(options.json), began_(clock_.now()), measurements_(began_) {}

  Result<void> run();

 private:
  Result<void> start();
  Result<void> play_script();
  Result<void> finish();
  bool wait(std::chrono::milliseconds span);

  void on_decoded(session::ReceivedUnit& unit, Duration decode, TimePoint decoded);
  void on_reconfigured(const wire::Reconfigured& answer);
  void on_ended(const std::string& text);
  void say_reconfigured(const wire::Reconfigured& answer, TimePoint now);

  // One for each command of the script. False ends the run.
  Result<bool> play(const script::Wait& c) { return wait(c.span); }
  Result<bool> play(const script::Reconfigure& c);
  Result<bool> play(const script::SetBitrate& c) { return link_->set_bitrate(c.bitrate), true; }
  Result<bool> play(const script::Key& c) { return press(c.code, c.press, c.release), true; }
  Result<bool> play(const script::Button& c);
  Result<bool> play(const script::Type& c);
  Result<bool> play(const script::Text& c) { return link_->send(wire::TextEvent{c.utf8}), true; }
  Result<bool> play(const script::Move& c);
  Result<bool> play(const script::Place& c);
  Result<bool> play(const script::Wheel& c);
  Result<bool> play(const script::Keyframe&) { return link_->request_keyframe(), true; }
  Result<bool> play(const script::Snapshot& c);
  Result<bool> play(const script::Measure& c);
  Result<bool> play(const script::Mark& c) { return events_.say("mark", {{"label", c.label}}, c.label), true; }
  Result<bool> play(const script::Goodbye&) { return false; }
  void press(std::uint16_t code, bool down, bool up);

  const ProbeOptions& options_;
  SteadyClock clock_;
  Events events_;
  const TimePoint began_;
  Measurements measurements_;
  std::unique_ptr<MediaSink> sink_;
  std::unique_ptr<control::ClientLink> link_;

  struct Change {
    std::uint32_t request = 0;
    Mode mode;
    TimePoint asked;
    std::optional<wire::Reconfigured> answer;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Change> change_;
  std::optional<std::string> ended_;
};

Result<void> Probe::run() {
  if (auto started = start(); !started) return started;
  Result<void> played;
  if (options_.script.empty()) {
    wait(options_.duration);
  } else {
    played = play_script();
  }
  auto finished = finish();
  return played ? finished : played;
}

Result<void> Probe::start() {
  auto decoder = H264Decoder::create(2, options_.link.start.mode);
  if (!decoder) return std::unexpected(decoder.error());
  std::unique_ptr<MkvWriter> recorder;
  if (!options_.out.empty()) {
    std::error_code ec;
    std::filesystem::create_directories(options_.out, ec);
    const auto& start = options_.link.start;
    auto made =
        MkvWriter::create(options_.out / "session.mkv", start.audio_wanted ? std::optional(start.audio) : std::nullopt);
    if (!made) return std::unexpected(made.error());
    recorder = std::move(*made);
  }
  sink_ =
      std::make_unique<MediaSink>(std::move(*decoder), std::move(recorder),
                                  MediaSink::Callbacks{[this](session::ReceivedUnit& unit, Duration decode,
                                                              TimePoint decoded) { on_decoded(unit, decode, decoded); },
                                                       [this] {
                                                         if (link_) link_->request_keyframe();
                                                       }});
  control::LinkEvents events;
  events.on_video = [this](session::ReceivedUnit unit) { sink_->put(std::move(unit)); };
  events.on_audio = [this](session::ReceivedAudio sound) { sink_->put(std::move(sound)); };
  events.on_host_stats = [this](const wire::HostStats& stats) { measurements_.add(stats); };
  events.on_reconfigured = [this](const wire::Reconfigured& answer) { on_reconfigured(answer); };
  events.on_ended = [this](const std::string& text, bool) { on_ended(text); };
  auto link = control::ClientLink::connect(options_.link, std::move(events), clock_);
  if (!link) return std::unexpected(link.error());
  {
    const std::lock_guard lock(mutex_);
    link_ = std::move(*link);
  }
  const auto& started = link_->started();
  const auto& welcome = link_->welcome();
  events_.say("started",
              {{"display", started.display},
               {"mode", started.mode.to_string()},
               {"resumed", started.resumed},
               {"audio", started.audio_on},
               {"cipher", to_string(welcome.cipher)}},
              fmt::format("streaming {} from {}{}, sealed by {}", started.mode.to_string(), welcome.host_name,
                          started.audio_on ? " with sound" : "", to_string(welcome.cipher)));
  return {};
}

/// False when the session is over or a signal came.
bool Probe::wait(std::chrono::milliseconds span) {
  const auto until = clock_.now() + span;
  std::unique_lock lock(mutex_);
  while (!ended_ && !interrupted()) {
    const auto now = clock_.now();
    if (now >= until) return true;
    // In short steps, because a signal wakes no condition variable.
    changed_.wait_for(lock, std::min<Duration>(until - now, std::chrono::milliseconds{50}));
  }
  return false;
}

Result<void> Probe::play_script() {
  auto lines = LineSource::open(options_.script);
  if (!lines) return std::unexpected(lines.error());
  const auto ended = [this] {
    const std::lock_guard lock(mutex_);
    return ended_.has_value();
  };
  while (const auto line = (*lines)->next(ended)) {
    const auto command = script::parse_line(*line);
    if (!command) return fail(command.error().code, fmt::format("{}: {}", (*lines)->where(), command.error().message));
    if (!*command) continue;
    const auto go_on = std::visit([this](const auto& c) { return play(c); }, **command);
    if (!go_on) return std::unexpected(go_on.error());
    if (!*go_on) break;
  }
  return {};
}

Result<void> Probe::finish() {
  std::optional<std::string> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = ended_;
  }
  const auto stats = link_->stats();
  std::unique_ptr<control::ClientLink> link;
  {
    const std::lock_guard lock(mutex_);
    link = std::move(link_);
  }
  link.reset();  // says goodbye
  const auto recorded = sink_->stop();
  const auto report = measurements_.report(options_.link.start.mode, stats, sink_->overflows());
  if (!options_.out.empty()) {
    std::ofstream out(options_.out / "probe.json", std::ios::trunc);
    out << json::serialize(report) << '\n';
    if (!out.flush()) return fail(ErrorCode::io, "cannot write " + (options_.out / "probe.json").string());
  }
  events_.say("report", report, "");
  if (!options_.json) {
    const auto span = measurements_.end_span(clock_.now());
    const auto& latency = report.at("latency_ms").as_object();
    events_.say("", {},
                fmt::format("{} frames, {} lost, {} recovered; capture to decoded p50 {:.1f} ms, p99 {:.1f} ms",
                            span.frames, stats.video.frames_lost, stats.video.frames_recovered,
                            latency.at("p50").to_number<double>(), latency.at("p99").to_number<double>()));
  }
  if (ended) return fail(ErrorCode::closed, *ended);
  if (!recorded && recorded.error().code != ErrorCode::closed) return recorded;
  return {};
}

// --- what comes from the host ---

void Probe::on_decoded(session::ReceivedUnit& unit, Duration decode, TimePoint decoded) {
  const std::lock_guard lock(mutex_);
  const bool first = !measurements_.time_to_first_frame();
  const auto captured = link_ ? link_->to_local(unit.timestamp_us, decoded) : std::nullopt;
  const auto end_to_end = measurements_.add(unit, captured, decode, decoded);
  if (first) {
    const double ms = to_ms(decoded - began_);
    events_.say("first_frame", {{"ms", ms}}, fmt::format("first frame after {:.0f} ms", ms));
  }
  if (change_ && change_->answer && unit.prefix.width == change_->mode.width &&
      unit.prefix.height == change_->mode.height) {
    say_reconfigured(*change_->answer, decoded);
  }
  if (link_ && end_to_end) link_->report(decode, *end_to_end);
}

void Probe::on_reconfigured(const wire::Reconfigured& answer) {
  const std::lock_guard lock(mutex_);
  if (!change_ || change_->request != answer.request) return;
  change_->answer = answer;
  const auto picture = sink_->newest();
  const bool shown = picture && picture->width() == answer.mode.width && picture->height() == answer.mode.height;
  if (!answer.accepted || shown) say_reconfigured(answer, clock_.now());
}

void Probe::say_reconfigured(const wire::Reconfigured& answer, TimePoint now) {
  const double ms = to_ms(now - change_->asked);
  change_.reset();
  events_.say("reconfigured",
              {{"accepted", answer.accepted}, {"mode", answer.mode.to_string()}, {"ms", ms}, {"text", answer.text}},
              answer.accepted ? fmt::format("now {} after {:.0f} ms", answer.mode.to_string(), ms)
                              : "the host refused: " + answer.text);
}

void Probe::on_ended(const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = text;
  }
  changed_.notify_all();
  events_.say("ended", {{"text", text}}, text);
}

// --- the script's commands ---

Result<bool> Probe::play(const script::Reconfigure& c) {
  sink_->allow(c.mode);
  const std::lock_guard lock(mutex_);
  const auto request = link_->reconfigure(c.mode, c.bitrate);
  if (!request) return std::unexpected(request.error());
  change_ = Change{*request, c.mode, clock_.now(), std::nullopt};
  return true;
}

void Probe::press(std::uint16_t code, bool down, bool up) {
  if (down) link_->send(wire::KeyEvent{code, true});
  if (up) link_->send(wire::KeyEvent{code, false});
}

Result<bool> Probe::play(const script::Button& c) {
  if (c.press) link_->send(wire::ButtonEvent{c.code, true, link_->pointer()});
  if (c.release) link_->send(wire::ButtonEvent{c.code, false, link_->pointer()});
  return true;
}

Result<bool> Probe::play(const script::Type& c) {
  const auto strokes = strokes_for(c.text);
  if (!strokes) return std::unexpected(strokes.error());
  for (const auto& stroke : *strokes) {
    if (stroke.shift) press(left_shift, true, false);
    press(stroke.code, true, true);
    if (stroke.shift) press(left_shift, false, true);
  }
  return true;
}

Result<bool> Probe::play(const script::Move& c) {
  link_->move_pointer(static_cast<std::int32_t>(std::lround(c.dx * 16)),
                      static_cast<std::int32_t>(std::lround(c.dy * 16)));
  return true;
}

Result<bool> Probe::play(const script::Place& c) {
  link_->place_pointer(static_cast<std::uint16_t>(std::lround(c.x * 65'535)),
                       static_cast<std::uint16_t>(std::lround(c.y * 65'535)));
  return true;
}

Result<bool> Probe::play(const script::Wheel& c) {
  link_->send(wire::WheelEvent{static_cast<std::int32_t>(std::lround(c.vertical * 120)),
                               static_cast<std::int32_t>(std::lround(c.horizontal * 120)), link_->pointer()});
  return true;
}

Result<bool> Probe::play(const script::Snapshot& c) {
  const auto until = clock_.now() + snapshot_limit;
  while (!sink_->newest() && clock_.now() < until) {
    if (!wait(std::chrono::milliseconds{20})) break;
  }
  const auto picture = sink_->newest();
  if (!picture) return fail(ErrorCode::timeout, "there is no picture to take a snapshot of");
  if (auto written = write_png(to_rgb(*picture), c.file); !written) return std::unexpected(written.error());
  events_.say("snapshot", {{"file", c.file}, {"width", picture->width()}, {"height", picture->height()}},
              "wrote " + c.file);
  return true;
}

Result<bool> Probe::play(const script::Measure& c) {
  if (c.begin) {
    measurements_.begin_span(clock_.now());
    return true;
  }
  const auto span = measurements_.end_span(clock_.now());
  events_.say("measured",
              {{"fps", std::round(span.fps * 100) / 100},
               {"bitrate_mbps", std::round(span.bitrate_mbps * 100) / 100},
               {"frames", span.frames},
               {"longest_gap_ms", std::round(std::chrono::duration<double, std::milli>(span.longest_gap).count())}},
              fmt::format("{:.1f} frames per second, {:.1f} Mbit/s", span.fps, span.bitrate_mbps));
  return true;
}

}  // namespace

Result<void> run_probe(const ProbeOptions& options) {
  catch_signals();
  return Probe(options).run();
}

}  // namespace pf::client
