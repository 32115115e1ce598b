#include "integration/audio_session.h"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace pf::test {
namespace {

constexpr const char* sinks = R"(context.objects = [
  { factory = adapter args = { factory.name = support.null-audio-sink node.name = stereo media.class = Audio/Sink
    audio.position = [ FL FR ] priority.session = 1000 object.linger = true } }
  { factory = adapter args = { factory.name = support.null-audio-sink node.name = other media.class = Audio/Sink
    audio.position = [ FL FR ] priority.session = 500 object.linger = true } }
  { factory = adapter args = { factory.name = support.null-audio-sink node.name = surround media.class = Audio/Sink
    audio.position = [ FL FR FC LFE RL RR ] priority.session = 400 object.linger = true } }
]
)";

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

void write_number(std::ostream& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.put(static_cast<char>(value >> (8 * i) & 0xff));
}

// A RIFF file of 32-bit float samples; WAVE_FORMAT_EXTENSIBLE is not needed, the channel map is given to the player.
void write_wav(const std::filesystem::path& file, const std::vector<float>& samples, int channels) {
  std::ofstream out(file, std::ios::binary);
  const auto size = static_cast<std::uint32_t>(samples.size() * sizeof(float));
  const auto frame = static_cast<std::uint32_t>(4 * channels);
  out << "RIFF";
  write_number(out, 36 + size, 4);
  out << "WAVEfmt ";
  write_number(out, 16, 4);
  write_number(out, 3, 2);  // IEEE float
  write_number(out, static_cast<std::uint32_t>(channels), 2);
  write_number(out, 48'000, 4);
  write_number(out, 48'000 * frame, 4);
  write_number(out, frame, 2);
  write_number(out, 32, 2);
  out << "data";
  write_number(out, size, 4);
  out.write(reinterpret_cast<const char*>(samples.data()), size);
}

}  // namespace

std::string AudioSession::missing() {
  for (const char* program : {"pipewire", "wireplumber", "dbus-daemon", "pw-metadata", "pw-play", "wpctl"})
    if (!program_exists(program)) return std::string(program) + " is not installed";
  return "";
}

AudioSession::AudioSession() {
  const auto& folder = folder_.path();
  const auto config = folder / "config" / "pipewire" / "pipewire.conf.d";
  std::filesystem::create_directories(config);
  std::ofstream(config / "sinks.conf") << sinks;
  const std::string bus = "unix:path=" + (folder / "bus").string();
  setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  setenv("XDG_CONFIG_HOME", (folder / "config").c_str(), 1);
  setenv("XDG_STATE_HOME", (folder / "state").c_str(), 1);
  setenv("DBUS_SESSION_BUS_ADDRESS", bus.c_str(), 1);
  bus_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{"dbus-daemon", "--session", "--nofork", "--nopidfile", "--address=" + bus},
      folder / "log");
  if (!eventually([&] { return std::filesystem::exists(folder / "bus"); }))
    throw std::runtime_error("no D-Bus: " + log());
}

AudioSession::~AudioSession() {
  stop_daemon();
}

void AudioSession::start_daemon() {
  daemon_ = std::make_unique<ChildProcess>(std::vector<std::string>{"pipewire"}, folder() / "log");
  if (!eventually([&] { return std::filesystem::exists(folder() / "pipewire-0"); }))
    throw std::runtime_error("PipeWire does not start: " + log());
  manager_ = std::make_unique<ChildProcess>(std::vector<std::string>{"wireplumber"}, folder() / "log");
  if (!eventually([&] { return ready(); })) throw std::runtime_error("PipeWire does not get ready: " + log());
}

void AudioSession::stop_daemon() {
  manager_.reset();
  daemon_.reset();
}

bool AudioSession::ready() const {
  std::filesystem::remove(folder() / "status");
  if (run({"sh", "-c", "wpctl inspect @DEFAULT_AUDIO_SINK@ > '" + (folder() / "status").string() + "'"}) != 0)
    return false;
  return text_of(folder() / "status").find("node.name = \"") != std::string::npos;
}

void AudioSession::set_default_sink(const std::string& name) {
  const int status =
      run({"pw-metadata", "0", "default.configured.audio.sink", "{ \"name\": \"" + name + "\" }", "Spa:String:JSON"});
  if (status != 0) throw std::runtime_error("pw-metadata failed: " + log());
}

ChildProcess AudioSession::play(const std::vector<float>& samples, int channels, const std::string& channel_map,
                                const std::string& sink) {
  const auto file = folder() / ("play-" + std::to_string(plays_++) + ".wav");
  write_wav(file, samples, channels);
  return {{"pw-play", "--channel-map", channel_map, "--target", sink, file.string()}, folder() / "log"};
}

std::string AudioSession::log() const {
  return text_of(folder() / "log");
}

int AudioSession::run(const std::vector<std::string>& command) const {
  return ChildProcess(command, folder() / "log").wait();
}

}  // namespace pf::test
