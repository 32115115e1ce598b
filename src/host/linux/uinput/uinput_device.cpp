#include "host/linux/uinput/uinput_device.h"

#include <fcntl.h>
#include <linux/uinput.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace pf::host {
namespace {

constexpr const char* node = "/dev/uinput";

std::string reason(int error) {
  return std::system_category().message(error);
}

Result<FileDescriptor> open_node() {
  FileDescriptor file(open(node, O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (file) return file;
  const int error = errno;
  if (error == EACCES || error == EPERM)
    return fail(ErrorCode::permission, std::string(node) + " may not be opened by this user");
  if (error == ENOENT || error == ENODEV || error == ENXIO)
    return fail(ErrorCode::unsupported, std::string("there is no ") + node);
  return fail(ErrorCode::io, std::string(node) + " can't be opened: " + reason(error));
}

/// ioctls in a row; after one that fails, none is done.
class Setup {
 public:
  explicit Setup(int fd) : fd_(fd) {}
  template <class Argument>
  void operator()(unsigned long request, Argument argument) {
    if (error_ == 0 && ioctl(fd_, request, argument) < 0) error_ = errno;
  }
  [[nodiscard]] int error() const { return error_; }

 private:
  int fd_;
  int error_ = 0;
};

void declare(Setup& setup, const DeviceProfile& profile) {
  const auto bits = [&](int type, unsigned long request, const std::vector<std::uint16_t>& codes) {
    if (codes.empty()) return;
    setup(UI_SET_EVBIT, type);
    for (const auto code : codes) setup(request, static_cast<int>(code));
  };
  bits(EV_KEY, UI_SET_KEYBIT, profile.keys);
  bits(EV_FF, UI_SET_FFBIT, profile.forces);
  if (profile.timestamps) bits(EV_MSC, UI_SET_MSCBIT, {MSC_TIMESTAMP});
  for (const auto property : profile.properties) setup(UI_SET_PROPBIT, static_cast<int>(property));
  if (!profile.axes.empty()) setup(UI_SET_EVBIT, EV_ABS);
  for (const auto& axis : profile.axes) {
    const uinput_abs_setup declared{.code = axis.code,
                                    .absinfo = {.value = axis.rest,
                                                .minimum = axis.least,
                                                .maximum = axis.most,
                                                .fuzz = 0,  // the client's own system has smoothed it
                                                .flat = axis.flat,
                                                .resolution = axis.resolution}};
    setup(UI_ABS_SETUP, &declared);
  }
}

}  // namespace

Probe probe_uinput() {
  if (const auto file = open_node(); !file) {
    const bool forbidden = file.error().code == ErrorCode::permission;
    return {false, "uinput", file.error().message,
            forbidden
                ? "as root, put packaging/udev/70-punktfunk.rules into /etc/udev/rules.d, add this user to the group "
                  "input, and run: udevadm control --reload; udevadm trigger /dev/uinput"
                : "as root: modprobe uinput"};
  }
  return {true, "uinput", std::string(node) + " can be opened", ""};
}

Result<UinputDevice> UinputDevice::create(const DeviceProfile& profile) {
  auto file = open_node();
  if (!file) return std::unexpected(file.error());
  Setup setup(file->get());
  declare(setup, profile);
  uinput_setup identity{};
  identity.id = profile.id;
  identity.ff_effects_max = profile.forces.empty() ? 0 : static_cast<std::uint32_t>(ForceFeedback::most_effects);
  std::copy_n(profile.name.data(), std::min(profile.name.size(), sizeof identity.name - 1),
              static_cast<char*>(identity.name));
  setup(UI_DEV_SETUP, &identity);
  setup(UI_DEV_CREATE, 0);
  if (setup.error() != 0)
    return fail(ErrorCode::io, "uinput does not make the device \"" + profile.name + "\": " + reason(setup.error()));
  return UinputDevice(std::move(*file));
}

Result<void> UinputDevice::write(std::span<const input_event> events) const {
  const auto bytes = events.size_bytes();
  if (bytes == 0 || ::write(file_.get(), events.data(), bytes) == static_cast<ssize_t>(bytes)) return {};
  return fail(ErrorCode::io, "uinput takes no events: " + reason(errno));
}

void UinputDevice::serve(ForceFeedback& force, TimePoint now) const {
  input_event event{};
  while (read(file_.get(), &event, sizeof event) == static_cast<ssize_t>(sizeof event)) {
    if (event.type == EV_FF && event.code == FF_GAIN) {
      force.set_gain(event.value);
    } else if (event.type == EV_FF) {
      force.play(event.code, event.value, now);
    } else if (event.type == EV_UINPUT && event.code == UI_FF_UPLOAD) {
      uinput_ff_upload request{};
      request.request_id = static_cast<std::uint32_t>(event.value);
      if (ioctl(file_.get(), UI_BEGIN_FF_UPLOAD, &request) < 0) continue;  // the game has given up waiting
      request.retval = force.upload(request.effect, now) ? 0 : -EINVAL;
      (void)ioctl(file_.get(), UI_END_FF_UPLOAD, &request);
    } else if (event.type == EV_UINPUT && event.code == UI_FF_ERASE) {
      uinput_ff_erase request{};
      request.request_id = static_cast<std::uint32_t>(event.value);
      if (ioctl(file_.get(), UI_BEGIN_FF_ERASE, &request) < 0) continue;
      force.erase(static_cast<std::int32_t>(request.effect_id));
      (void)ioctl(file_.get(), UI_END_FF_ERASE, &request);
    }
  }
}

}  // namespace pf::host
