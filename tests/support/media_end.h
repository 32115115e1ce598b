// A client's end of a media path over the loopback interface, without a QUIC connection: port and inbox.
#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <utility>

#include "control/link/media_inbox.h"
#include "control/quic/media_path.h"
#include "control/quic/quic_port.h"

namespace pf::test {

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

class MediaEnd {
 public:
  /// The callbacks run on the port's receive thread; the keys are those of an empty secret.
  MediaEnd(std::size_t max_unit, const Clock& clock, control::MediaInbox::OnVideo on_video,
           control::MediaInbox::OnAudio on_audio)
      : inbox_(value_of(control::MediaInbox::create({}, MediaCipher::aes_128_gcm, {.max_unit = max_unit}, clock,
                                                    std::move(on_video), std::move(on_audio)))),
        port_(value_of(control::QuicPort::open({.bind = net::Address::v4_loopback(0),
                                                .identity = value_of(control::Identity::generate("client")),
                                                .timeouts = {},
                                                .udp = {}}))) {
    port_->set_media_handler([this](std::span<std::byte> packet, const net::Address&, TimePoint arrival) {
      inbox_->receive(packet, arrival);
    });
  }

  /// A way here, from a socket of its own.
  [[nodiscard]] std::shared_ptr<control::MediaPath> way() const {
    auto path = std::make_shared<control::MediaPath>(value_of(net::UdpSocket::bind(net::Address::v4_loopback(0))));
    path->move(port_->local(), std::nullopt);
    return path;
  }
  [[nodiscard]] const control::MediaInbox& inbox() const { return *inbox_; }

 private:
  std::unique_ptr<control::MediaInbox> inbox_;
  std::unique_ptr<control::QuicPort> port_;  // ends first
};

}  // namespace pf::test
