// A TCP connection that says something, keeps silent unless it is told to say more, and stays.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <string>

namespace pf::test {

/// To the loopback interface, from this address of it, 127.0.0.x. A host that refuses it is no error. All on one
/// thread.
class TcpStranger {
 public:
  TcpStranger(std::uint16_t port, const std::string& from, const std::string& says) : socket_(io()) {
    namespace ip = boost::asio::ip;
    boost::system::error_code error;
    socket_.open(ip::tcp::v4(), error);
    socket_.bind({ip::make_address_v4(from), 0}, error);
    socket_.connect({ip::address_v4::loopback(), port}, error);
    if (!error) boost::asio::write(socket_, boost::asio::buffer(says), error);
  }
  void say(const std::string& more) {
    boost::system::error_code error;
    boost::asio::write(socket_, boost::asio::buffer(more), error);
  }

 private:
  // One for all: each would take three descriptors, and memory that is not the host's.
  static boost::asio::io_context& io() {
    static boost::asio::io_context context;
    return context;
  }
  boost::asio::ip::tcp::socket socket_;
};

}  // namespace pf::test
