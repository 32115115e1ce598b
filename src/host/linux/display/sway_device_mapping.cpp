#include "host/linux/display/sway_device_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/base/clock.h"
#include "host/linux/display/sway_ipc.h"
#include "host/linux/display/sway_replies.h"

namespace pf::host {
namespace {

constexpr milliseconds take_limit{2000};
constexpr milliseconds take_poll{5};

std::string identifier_of(const DeviceProfile& device) {
  return sway::input_identifier(device.id.vendor, device.id.product, device.name);
}

class SwayDeviceMapping final : public DeviceMapping {
 public:
  explicit SwayDeviceMapping(std::string output) : output_(std::move(output)) {}

  Result<void> announce(const DeviceProfile& device) override {
    auto ipc = SwayIpc::connect();
    if (!ipc) return std::unexpected(ipc.error());
    return ipc->run(fmt::format("input \"{}\" map_to_output {}", identifier_of(device), output_));
  }

  Result<void> await(const DeviceProfile& device) override {
    auto ipc = SwayIpc::connect();
    if (!ipc) return std::unexpected(ipc.error());
    const auto identifier = identifier_of(device);
    const auto deadline = std::chrono::steady_clock::now() + take_limit;
    do {
      const auto reply = ipc->ask(SwayIpc::Request::get_inputs);
      if (!reply) return std::unexpected(reply.error());
      const auto inputs = sway::inputs_of(*reply);
      if (std::ranges::find(inputs, identifier) != inputs.end()) return {};
      std::this_thread::sleep_for(take_poll);
    } while (std::chrono::steady_clock::now() < deadline);
    return fail(ErrorCode::unsupported,
                "Sway takes no input devices, as without a seat or with a WLR_BACKENDS that lacks libinput");
  }

 private:
  const std::string output_;
};

}  // namespace

std::unique_ptr<DeviceMapping> make_sway_device_mapping(std::string output) {
  return std::make_unique<SwayDeviceMapping>(std::move(output));
}

}  // namespace pf::host
