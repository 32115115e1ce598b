#include "host/linux/uinput/contact_injector.h"

#include <optional>
#include <utility>

#include "host/linux/uinput/pen_tablet.h"
#include "host/linux/uinput/source.h"
#include "host/linux/uinput/touch_screen.h"

namespace pf::host {
namespace {

/// A kind of device with the one of it that is plugged in, from when it is first asked for. What failed once is not
/// tried again: it would hold up the pointer and the keys each time.
template <class Kind>
class Plugged {
 public:
  explicit Plugged(std::string name) : kind_(std::move(name)) {}

  template <class... Event>
  Result<void> report(DeviceMapping& mapping, const Event&... event) {
    if (!source_) source_ = plug(mapping);
    if (!*source_) return std::unexpected(source_->error());
    kind_.report(event..., (*source_)->frame);
    return (*source_)->send();
  }

 private:
  Result<Source> plug(DeviceMapping& mapping) {
    if (auto announced = mapping.announce(kind_.profile()); !announced) return std::unexpected(announced.error());
    auto source = Source::create(kind_.profile());
    if (!source) return source;
    if (auto taken = mapping.await(kind_.profile()); !taken) return std::unexpected(taken.error());
    return source;
  }

  Kind kind_;
  std::optional<Result<Source>> source_;
};

class ContactInjector final : public InputInjector {
 public:
  ContactInjector(std::unique_ptr<InputInjector> rest, std::unique_ptr<DeviceMapping> mapping, const std::string& label)
      : rest_(std::move(rest)),
        mapping_(std::move(mapping)),
        screen_("punktfunk touch " + label),
        tablet_("punktfunk pen " + label) {}

  Result<void> move(double dx, double dy) override { return rest_->move(dx, dy); }
  Result<void> place(double x, double y) override { return rest_->place(x, y); }
  Result<void> button(std::uint16_t evdev_code, bool pressed) override { return rest_->button(evdev_code, pressed); }
  Result<void> wheel(std::int32_t vertical, std::int32_t horizontal) override {
    return rest_->wheel(vertical, horizontal);
  }
  Result<void> key(std::uint16_t evdev_code, bool pressed) override { return rest_->key(evdev_code, pressed); }
  Result<void> text(const std::string& utf8) override { return rest_->text(utf8); }
  Result<void> touch(wire::TouchPhase phase, const wire::TouchContact& contact) override {
    auto done = screen_.report(*mapping_, phase, contact);
    if (!done) return std::unexpected(done.error().within("touch does nothing"));
    return done;
  }
  Result<void> pen(const wire::PenState& pen) override {
    auto done = tablet_.report(*mapping_, pen);
    if (!done) return std::unexpected(done.error().within("the pen does nothing"));
    return done;
  }
  void release_all() override { rest_->release_all(); }

 private:
  const std::unique_ptr<InputInjector> rest_;
  const std::unique_ptr<DeviceMapping> mapping_;
  Plugged<TouchScreen> screen_;
  Plugged<PenTablet> tablet_;
};

}  // namespace

std::unique_ptr<InputInjector> with_contacts(std::unique_ptr<InputInjector> rest,
                                             std::unique_ptr<DeviceMapping> mapping, const std::string& label) {
  return std::make_unique<ContactInjector>(std::move(rest), std::move(mapping), label);
}

}  // namespace pf::host
