#include "host/manage/local_socket.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <istream>
#include <string>
#include <thread>

namespace pf::host {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using asio::local::stream_protocol;
using boost::system::error_code;

constexpr std::chrono::milliseconds after_failed_accept{
    100};  // out of descriptors, most likely: asking on costs a core

Result<json::object> parse_object(std::string_view line) {
  error_code ec;
  const json::value value = json::parse(line, ec);
  if (ec || !value.is_object()) return fail(ErrorCode::malformed, "the line is not a JSON object");
  return value.as_object();
}

/// One connection: reads a line, answers a line, until the peer closes or keeps silent for too long.
class Talk : public std::enable_shared_from_this<Talk> {
 public:
  Talk(stream_protocol::socket socket, const LocalSocket::Handler& handler, std::chrono::milliseconds patience,
       std::function<void()> done)
      : socket_(std::move(socket)), patience_(patience), handler_(handler), done_(std::move(done)) {}
  ~Talk() { done_(); }
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;

  void read() {
    // For the whole exchange, however small the pieces: who dawdles must not keep a place from others.
    limit_.expires_after(patience_);
    limit_.async_wait([talk = weak_from_this()](error_code ec) {
      const auto self = talk.lock();
      error_code ignored;
      if (!ec && self) self->socket_.close(ignored);
    });
    asio::async_read_until(socket_, input_, '\n', [self = shared_from_this()](error_code ec, std::size_t) {
      if (!ec) self->answer();
    });
  }

 private:
  void answer() {
    std::istream stream(&input_);
    std::string line;
    std::getline(stream, line);
    output_ = answer_line(line, handler_) + "\n";
    asio::async_write(socket_, asio::buffer(output_), [self = shared_from_this()](error_code ec, std::size_t) {
      if (!ec) self->read();
    });
  }

  stream_protocol::socket socket_;
  asio::steady_timer limit_{socket_.get_executor()};
  std::chrono::milliseconds patience_;
  asio::streambuf input_{max_local_request};
  std::string output_;
  const LocalSocket::Handler& handler_;
  std::function<void()> done_;
};

bool somebody_answers(const std::filesystem::path& path) {
  asio::io_context io;
  stream_protocol::socket probe(io);
  error_code ec;
  probe.connect(path.string(), ec);
  return !ec;
}

}  // namespace

struct LocalSocket::Server {
  Server(std::filesystem::path where, Handler what, std::chrono::milliseconds how_long)
      : path(std::move(where)), handler(std::move(what)), patience(how_long) {}

  void accept() {
    acceptor.async_accept([this](error_code ec, stream_protocol::socket socket) {
      if (ec == asio::error::operation_aborted) return;
      if (ec) {
        again.expires_after(after_failed_accept);
        again.async_wait([this](error_code cut_short) {
          if (!cut_short) accept();
        });
        return;
      }
      if (talks < max_local_connections) {
        ++talks;
        std::make_shared<Talk>(std::move(socket), handler, patience, [this] { --talks; })->read();
      }
      accept();
    });
  }

  std::filesystem::path path;
  Handler handler;
  std::chrono::milliseconds patience;
  std::size_t talks = 0;  // before `io`, which ends the talks that count themselves here
  asio::io_context io;
  stream_protocol::acceptor acceptor{io};
  asio::steady_timer again{io};
  std::jthread thread;
};

std::string answer_line(std::string_view line, const LocalSocket::Handler& handler) {
  const auto request = parse_object(line);
  return json::serialize(request ? handler(*request) : json::object{{"ok", false}, {"error", request.error().message}});
}

LocalSocket::LocalSocket(std::unique_ptr<Server> server) : server_(std::move(server)) {}

Result<std::unique_ptr<LocalSocket>> LocalSocket::listen(const std::filesystem::path& path, Handler handler,
                                                         std::chrono::milliseconds patience) {
  std::error_code fs;
  std::filesystem::create_directories(path.parent_path(), fs);
  if (fs)
    return fail(ErrorCode::permission, "cannot make the folder " + path.parent_path().string() + ": " + fs.message());
  std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, fs);
  if (somebody_answers(path))
    return fail(ErrorCode::busy,
                "another punktfunk-host is running for this user (it answers at " + path.string() + ")");
  std::filesystem::remove(path, fs);

  auto server = std::make_unique<Server>(path, std::move(handler), patience);
  error_code ec;
  server->acceptor.open(stream_protocol(), ec);
  if (!ec) server->acceptor.bind(path.string(), ec);
  // The folder is 0700 already; the mode of the socket itself closes the gap on systems that ignore folders.
  if (!ec)
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, fs);
  if (!ec) server->acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return fail(ErrorCode::io, "cannot listen at " + path.string() + ": " + ec.message());
  server->accept();
  server->thread = std::jthread([raw = server.get()] { raw->io.run(); });
  return std::unique_ptr<LocalSocket>(new LocalSocket(std::move(server)));
}

LocalSocket::~LocalSocket() {
  server_->io.stop();
  server_->thread.join();
  std::error_code ec;
  std::filesystem::remove(server_->path, ec);
}

Result<json::object> local_request(const std::filesystem::path& path, const json::object& request,
                                   std::chrono::milliseconds limit) {
  asio::io_context io;
  stream_protocol::socket socket(io);
  error_code ec;
  socket.connect(path.string(), ec);
  if (ec)
    return fail(ErrorCode::not_found,
                "no punktfunk-host is running for this user (nothing answers at " + path.string() + ")");

  const std::string line = json::serialize(request) + "\n";
  asio::streambuf input(max_local_request);
  error_code result = asio::error::timed_out;
  asio::async_write(socket, asio::buffer(line), [&](error_code write_ec, std::size_t) {
    if (write_ec) {
      result = write_ec;
      return;
    }
    asio::async_read_until(socket, input, '\n', [&](error_code read_ec, std::size_t) { result = read_ec; });
  });
  io.run_for(limit);
  if (result == asio::error::timed_out) return fail(ErrorCode::timeout, "the running host did not answer in time");
  if (result) return fail(ErrorCode::io, "the running host closed the connection: " + result.message());
  std::istream stream(&input);
  std::string reply;
  std::getline(stream, reply);
  return parse_object(reply);
}

}  // namespace pf::host
