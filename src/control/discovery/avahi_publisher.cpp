#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-common/strlst.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "control/discovery/avahi_session.h"
#include "control/discovery/publisher.h"

namespace pf::control {
namespace {

struct FreeList {
  void operator()(AvahiStringList* list) const { avahi_string_list_free(list); }
};
using StringList = std::unique_ptr<AvahiStringList, FreeList>;

class AvahiPublisher final : public Publisher {
 public:
  explicit AvahiPublisher(ServiceRecord service)
      : service_(std::move(service)),
        name_(service_name(service_.name)),
        session_({[this](AvahiClient* client) { publish(client); }, [this] { withdraw(); }, [] {}}) {
    session_.start();
  }
  AvahiPublisher(const AvahiPublisher&) = delete;
  AvahiPublisher& operator=(const AvahiPublisher&) = delete;
  ~AvahiPublisher() override { session_.stop(); }

  [[nodiscard]] DiscoveryState state() const override { return session_.state(); }
  [[nodiscard]] std::string name() const override {
    const std::lock_guard lock(mutex_);
    return name_;
  }

 private:
  // All below runs on Avahi's thread.

  void publish(AvahiClient* client) {
    if (group_ != nullptr) return;  // "running" after a collision of the daemon's own name
    group_ = avahi_entry_group_new(
        client,
        [](AvahiEntryGroup* group, AvahiEntryGroupState state, void* self) {
          static_cast<AvahiPublisher*>(self)->on_group(group, state);
        },
        this);
    if (group_ == nullptr) return failed(avahi_client_errno(client));
    add_service();
  }

  void add_service() {
    StringList txt;
    for (const std::string& string : service_.txt) txt.reset(avahi_string_list_add(txt.release(), string.c_str()));
    int code = AVAHI_ERR_COLLISION;
    while ((code = avahi_entry_group_add_service_strlst(
                group_, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, AvahiPublishFlags{}, name().c_str(), service_.type.c_str(),
                nullptr, nullptr, service_.port, txt.get())) == AVAHI_ERR_COLLISION)
      rename();
    if (code >= 0) code = avahi_entry_group_commit(group_);
    if (code < 0) failed(code);
  }

  // `group_` may not be set yet: Avahi calls back from within its constructor.
  void on_group(AvahiEntryGroup* group, AvahiEntryGroupState state) {
    if (state == AVAHI_ENTRY_GROUP_ESTABLISHED) {
      session_.set_state({true, "announced as \"" + name() + "\"", ""});
    } else if (state == AVAHI_ENTRY_GROUP_COLLISION) {
      avahi_entry_group_reset(group);
      rename();
      add_service();
    } else if (state == AVAHI_ENTRY_GROUP_FAILURE) {
      failed(avahi_client_errno(avahi_entry_group_get_client(group)));
    }
  }

  void rename() {
    const std::lock_guard lock(mutex_);
    char* other = avahi_alternative_service_name(name_.c_str());
    name_ = other;
    avahi_free(other);
  }

  void withdraw() {
    if (group_ != nullptr) avahi_entry_group_free(group_);
    group_ = nullptr;
  }

  void failed(int code) {
    session_.set_state({false, std::string("Avahi does not announce the host: ") + avahi_strerror(code),
                        "systemctl restart avahi-daemon"});
  }

  const ServiceRecord service_;
  mutable std::mutex mutex_;
  std::string name_;
  AvahiEntryGroup* group_ = nullptr;  // the client's
  avahi::Session session_;
};

}  // namespace

std::unique_ptr<Publisher> Publisher::start(ServiceRecord service) {
  return std::make_unique<AvahiPublisher>(std::move(service));
}

}  // namespace pf::control
