#include "host/linux/display/sway_ipc.h"

#include <glob.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

#include "host/linux/display/sway_replies.h"

namespace pf::host {
namespace {

constexpr timeval patience{3, 0};

std::optional<FileDescriptor> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return std::nullopt;
  std::memcpy(address.sun_path, path.data(), path.size());
  FileDescriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return std::nullopt;
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  return fd;
}

std::vector<std::string> candidates() {
  std::vector<std::string> paths;
  // NOLINTBEGIN(concurrency-mt-unsafe): nothing here changes the environment
  if (const char* path = std::getenv("SWAYSOCK"); path != nullptr && *path != '\0') {
    paths.emplace_back(path);
    return paths;
  }
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime == nullptr) return paths;
  glob_t found{};
  const auto pattern = std::string(runtime) + "/sway-ipc.*.sock";
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  }
  globfree(&found);
  // NOLINTEND(concurrency-mt-unsafe)
  return paths;
}

std::unexpected<Error> lost(int number) {
  if (number == EAGAIN || number == EWOULDBLOCK) return fail(ErrorCode::timeout, "Sway does not answer");
  return fail(ErrorCode::closed, "Sway has ended");
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return lost(errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::string> read_exactly(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const auto n = recv(fd, bytes.data() + got, size - got, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return lost(n == 0 ? EPIPE : errno);
    got += static_cast<std::size_t>(n);
  }
  return bytes;
}

}  // namespace

Result<SwayIpc> SwayIpc::connect() {
  for (const auto& path : candidates()) {
    if (auto fd = connect_to(path)) return SwayIpc(std::move(*fd), path);
  }
  return fail(ErrorCode::not_found, "no Sway session was found");
}

Result<boost::json::value> SwayIpc::ask(Request request, const std::string& payload) {
  const auto message = sway::message(static_cast<std::uint32_t>(request), payload);
  if (auto sent = write_all(socket_.get(), message); !sent) return std::unexpected(sent.error());

  const auto header = read_exactly(socket_.get(), sway::header_size);
  if (!header) return std::unexpected(header.error());
  const auto size = sway::payload_size(*header);
  if (!size) return std::unexpected(size.error());
  const auto reply = read_exactly(socket_.get(), *size);
  return reply ? sway::parse(*reply) : std::unexpected(reply.error());
}

Result<void> SwayIpc::run(const std::string& command) {
  const auto reply = ask(Request::run_command, command);
  if (!reply) return std::unexpected(reply.error());
  return sway::outcome_of(command, *reply);
}

}  // namespace pf::host
