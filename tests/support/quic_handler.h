// A connection handler that keeps what it hears, for tests to wait on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "control/quic/quic_port.h"

namespace pf::test {

/// Any thread may wait; the control thread fills it.
class RecordingHandler : public control::ConnectionHandler {
 public:
  void on_bytes(control::QuicConnection&, control::Channel channel, std::span<const std::byte> bytes) override {
    change([&] {
      auto& text = channel == control::Channel::control ? control_ : input_;
      text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    });
  }
  void on_datagram(control::QuicConnection&, std::span<const std::byte> bytes, TimePoint) override {
    change([&] { datagrams_.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size()); });
  }
  void on_closed(control::QuicConnection&, const control::CloseReason& reason) override {
    change([&] { closed_ = reason; });
  }

  bool wait_for_control(const std::string& text) {
    return wait([&] { return control_ == text; });
  }
  bool wait_for_input(const std::string& text) {
    return wait([&] { return input_ == text; });
  }
  bool wait_for_datagram(const std::string& text) {
    return wait([&] {
      for (const auto& datagram : datagrams_) {
        if (datagram == text) return true;
      }
      return false;
    });
  }
  std::optional<control::CloseReason> wait_for_close(std::chrono::milliseconds limit = std::chrono::seconds{10}) {
    wait([&] { return closed_.has_value(); }, limit);
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  std::size_t control_size() {
    const std::lock_guard lock(mutex_);
    return control_.size();
  }
  std::string control() {
    const std::lock_guard lock(mutex_);
    return control_;
  }
  std::string input() {
    const std::lock_guard lock(mutex_);
    return input_;
  }
  std::vector<std::string> datagrams() {
    const std::lock_guard lock(mutex_);
    return datagrams_;
  }
  std::optional<control::CloseReason> closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  void change(const std::function<void()>& how) {
    {
      const std::lock_guard lock(mutex_);
      how();
    }
    changed_.notify_all();
  }
  bool wait(const std::function<bool()>& until, std::chrono::milliseconds limit = std::chrono::seconds{10}) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, until);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string control_;
  std::string input_;
  std::vector<std::string> datagrams_;
  std::optional<control::CloseReason> closed_;
};

}  // namespace pf::test
