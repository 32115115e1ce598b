// A TCP connection that says something, keeps silent from then on, and stays.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <memory>
#include <string>

namespace pf::test {

/// To the loopback interface, from this address of it, 127.0.0.x. A host that refuses it is no error.
class TcpStranger {
 public:
  TcpStranger(std::uint16_t port, const std::string& from, const std::string& says)
      : io_(std::make_unique<boost::asio::io_context>()), socket_(*io_) {
    namespace ip = boost::asio::ip;
    boost::system::error_code error;
    socket_.open(ip::tcp::v4(), error);
    socket_.bind({ip::make_address_v4(from), 0}, error);
    socket_.connect({ip::address_v4::loopback(), port}, error);
    if (!error) boost::asio::write(socket_, boost::asio::buffer(says), error);
  }

 private:
  std::unique_ptr<boost::asio::io_context> io_;  // stays where it is when this moves
  boost::asio::ip::tcp::socket socket_;
};

}  // namespace pf::test
