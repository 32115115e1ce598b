// What a build without the Avahi client library says.
#include "control/discovery/browser.h"
#include "control/discovery/publisher.h"

namespace pf::control {
namespace {

class NoPublisher final : public Publisher {
 public:
  explicit NoPublisher(const ServiceRecord& service) : name_(service_name(service.name)) {}
  [[nodiscard]] DiscoveryState state() const override { return probe_discovery(); }
  [[nodiscard]] std::string name() const override { return name_; }

 private:
  std::string name_;
};

class NoBrowser final : public Browser {
 public:
  [[nodiscard]] DiscoveryState state() const override { return probe_discovery(); }
  [[nodiscard]] std::vector<FoundHost> hosts() const override { return {}; }
};

}  // namespace

DiscoveryState probe_discovery() {
  return {false, "this punktfunk was built without Avahi", "build it with libavahi-client-dev installed"};
}

std::unique_ptr<Publisher> Publisher::start(ServiceRecord service) {
  return std::make_unique<NoPublisher>(service);
}

std::unique_ptr<Browser> Browser::start(std::function<void()>) {
  return std::make_unique<NoBrowser>();
}

}  // namespace pf::control
