// An input device as a game opens it: by evdev.
#pragma once

#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/linux/wayland/file_descriptor.h"
#include "support/child_process.h"

namespace pf::test {

class InputNode {
 public:
  explicit InputNode(const std::string& path) : file_(open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)) {}

  /// Of the devices with this name, in the order in which they were plugged in.
  static std::vector<std::string> paths(const std::string& name) {
    std::vector<std::pair<int, std::string>> found;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/input")) {
      const auto file = entry.path().filename().string();
      if (file.starts_with("event") && InputNode(entry.path()).name() == name)
        found.emplace_back(std::stoi(file.substr(5)), entry.path());
    }
    std::ranges::sort(found);
    std::vector<std::string> paths;
    for (auto& [number, path] : found) paths.push_back(std::move(path));
    return paths;
  }
  /// The one device with this name.
  static std::optional<InputNode> only(const std::string& name) {
    auto all = paths(name);
    if (all.size() != 1) return std::nullopt;
    return InputNode(all.front());
  }

  [[nodiscard]] std::string name() const {
    std::array<char, 256> text{};
    return ioctl(fd(), EVIOCGNAME(text.size() - 1), text.data()) < 0 ? "" : text.data();
  }
  [[nodiscard]] input_id id() const {
    input_id id{};
    (void)ioctl(fd(), EVIOCGID, &id);
    return id;
  }
  [[nodiscard]] input_absinfo axis(int code) const {
    input_absinfo info{};
    (void)ioctl(fd(), EVIOCGABS(static_cast<unsigned>(code)), &info);
    return info;
  }
  [[nodiscard]] bool has_property(unsigned property) const {
    std::array<std::uint8_t, INPUT_PROP_CNT / 8> bits{};
    (void)ioctl(fd(), EVIOCGPROP(bits.size()), bits.data());
    return (bits.at(property / 8) >> (property % 8) & 1) != 0;
  }

  /// The next event that is no SYN_REPORT; none within a second, or the device is gone.
  std::optional<input_event> next() {
    for (;;) {
      pollfd waiting{.fd = fd(), .events = POLLIN, .revents = 0};
      if (poll(&waiting, 1, 1000) <= 0) return std::nullopt;
      input_event event{};
      if (read(fd(), &event, sizeof event) != static_cast<ssize_t>(sizeof event)) return std::nullopt;
      if (event.type != EV_SYN) return event;
    }
  }
  [[nodiscard]] bool gone() const {
    input_event event{};
    return read(fd(), &event, sizeof event) < 0 && errno == ENODEV;
  }

  /// The effect's number, or -1.
  [[nodiscard]] int upload(ff_effect effect) const {
    effect.id = -1;
    return ioctl(fd(), EVIOCSFF, &effect) < 0 ? -1 : effect.id;
  }
  [[nodiscard]] bool erase(int effect) const { return ioctl(fd(), EVIOCRMFF, effect) == 0; }
  /// An effect's play, or FF_GAIN.
  void force(int code, int value) const {
    input_event event{};
    event.type = EV_FF;
    event.code = static_cast<std::uint16_t>(code);
    event.value = value;
    (void)!write(fd(), &event, sizeof event);
  }
  [[nodiscard]] int fd() const { return file_.get(); }

 private:
  host::FileDescriptor file_;
};

}  // namespace pf::test
