#include "host/gamestream/stream/server.h"

#include <utility>

#include "host/gamestream/stream/control_port.h"
#include "host/gamestream/stream/ping_port.h"
#include "host/gamestream/stream/rtsp_port.h"
#include "host/gamestream/stream/task_thread.h"

namespace pf::host::gamestream {
namespace {

net::Address at(net::Address bind, std::uint16_t port) {
  bind.port = port;
  return bind;
}

BoardOptions board_options(const ServerOptions& options) {
  BoardOptions board;
  board.session = options.session;
  board.max_sessions = options.max_sessions;
  board.others = options.others;
  board.linger = options.linger;
  board.news = options.news;
  board.on_event = options.on_event;
  return board;
}

}  // namespace

struct GameStreamServer::Parts {
  Parts(const ServerOptions& options, Platform& platform, const Clock& clock)
      : board(board_options(options), platform, clock) {}

  SessionBoard board;
  TaskThread burials{"pf-gs-ends"};
  std::unique_ptr<PingPort> video;
  std::unique_ptr<PingPort> sound;
  std::unique_ptr<ControlPort> control;
  std::unique_ptr<RtspPort> rtsp;  // ends first: nobody new comes in
};

Result<std::unique_ptr<GameStreamServer>> GameStreamServer::create(const ServerOptions& options, Platform& platform,
                                                                   const Clock& clock) {
  auto parts = std::make_unique<Parts>(options, platform, clock);
  auto* board = &parts->board;
  const auto pings = [&](std::uint16_t port, SessionBoard::Media media) {
    return PingPort::open(at(options.bind, port),
                          [board, media](const net::Address& from, const net::Address& local, const Ping& ping) {
                            board->on_ping(media, from, local, ping);
                          });
  };
  auto video = pings(options.ports.video, SessionBoard::Media::video);
  if (!video) return std::unexpected(video.error());
  parts->video = std::move(*video);
  auto sound = pings(options.ports.sound, SessionBoard::Media::sound);
  if (!sound) return std::unexpected(sound.error());
  parts->sound = std::move(*sound);
  auto control = ControlPort::open(
      at(options.bind, options.ports.control), options.max_sessions * 2, clock,
      {.admits = [board](const net::Address& from, std::uint32_t data) { return board->admits(from, data); },
       .on_event = [board](const EnetEvent& event, TimePoint now) { board->on_control(event, now); },
       .on_tick = [board](TimePoint now) { board->on_tick(now); }});
  if (!control) return std::unexpected(control.error());
  parts->control = std::move(*control);
  auto rtsp = RtspPort::open(
      at(options.bind, options.ports.rtsp),
      [board](const net::Address& from, std::span<const std::byte> bytes) { return board->on_rtsp(from, bytes); });
  if (!rtsp) return std::unexpected(rtsp.error());
  parts->rtsp = std::move(*rtsp);
  board->connect({.video = parts->video->socket(),
                  .sound = parts->sound->socket(),
                  .ports = {.video = parts->video->socket()->local().port,
                            .control = parts->control->local().port,
                            .audio = parts->sound->socket()->local().port},
                  .rtsp = parts->rtsp->port(),
                  .post = [port = parts->control.get()](auto task) { port->post(std::move(task)); },
                  .bury = [burials = &parts->burials](auto task) { burials->post(std::move(task)); }});
  return std::unique_ptr<GameStreamServer>(new GameStreamServer(std::move(parts)));
}

GameStreamServer::GameStreamServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

GameStreamServer::~GameStreamServer() {
  parts_->rtsp.reset();
  parts_->board.end_all();
  parts_->burials.finish();
}

LaunchBoard& GameStreamServer::board() {
  return parts_->board;
}

std::vector<SessionStatus> GameStreamServer::sessions() const {
  return parts_->board.sessions();
}

}  // namespace pf::host::gamestream
