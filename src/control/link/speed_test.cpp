#include "control/link/speed_test.h"

#include <future>
#include <utility>

#include "control/link/speed_measurement.h"

namespace pf::control {
namespace {

constexpr milliseconds spare_time{10'000};  // for connecting, pauses and a slow path

}  // namespace

Result<SpeedFigures> measure_speed(const SpeedOptions& options, const Clock& clock, const std::stop_token& stop) {
  QuicPortOptions port_options;
  port_options.bind = net::Address::any_of(options.host.family, 0);
  port_options.identity = options.identity;
  auto port = QuicPort::open(port_options);
  if (!port) return std::unexpected(port.error());
  return measure_speed_over(std::move(*port), options, clock, stop);
}

Result<SpeedFigures> measure_speed_over(std::unique_ptr<QuicPort> given, const SpeedOptions& options,
                                        const Clock& clock, const std::stop_token& stop) {
  // These before the port, for its threads use them to the end.
  std::promise<Result<SpeedFigures>> figures;
  auto result = figures.get_future();
  QuicPort* after_port = given.get();
  const auto measurement = std::make_shared<SpeedMeasurement>(
      options, clock, [&](std::function<void()> task, milliseconds delay) { after_port->post(std::move(task), delay); },
      [&](Result<SpeedFigures> measured) { figures.set_value(std::move(measured)); });
  const auto port = std::move(given);
  const auto connection = port->connect(options.host, options.pinned, measurement, stop);
  if (!connection) return std::unexpected(connection.error());
  port->set_media_handler([&](std::span<std::byte> packet, const net::Address&, TimePoint arrival) {
    measurement->receive(packet, arrival);
  });
  // Nothing of this frame: the measurement may be over, and this left, before the task has run.
  port->post([measurement, connection = *connection] { measurement->begin(connection); });
  const std::stop_callback call_off(stop, [&] { port->post([measurement] { measurement->call_off(); }); });
  const bool over = result.wait_for(options.length * 2 + spare_time) == std::future_status::ready;
  port->set_media_handler(nullptr);
  if (!over) return fail(ErrorCode::timeout, "the measurement did not come to an end in time");
  return result.get();
}

}  // namespace pf::control
