// Measuring what the path from a host carries, on a thread of the test's own.
#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "abi/cancel.h"
#include "abi/client/client.h"
#include "abi/client/host_choice.h"
#include "control/link/speed_test.h"

using namespace pf;
using namespace pf::abi;

namespace {

constexpr std::uint32_t shortest_ms = 2'000;
constexpr std::uint32_t longest_ms = 30'000;
constexpr Bitrate lowest_ceiling = 1_mbps;

std::uint64_t micros(const std::optional<microseconds>& time) {
  return static_cast<std::uint64_t>(std::max(time.value_or(microseconds{0}), microseconds{0}).count());
}

punktfunk_speed_result to_c(const control::SpeedFigures& figures) {
  punktfunk_speed_result out{};
  out.capacity = figures.path.capacity.bits_per_second;
  out.suggested_bitrate = figures.path.suggested.bits_per_second;
  out.queue_us = micros(std::chrono::duration_cast<microseconds>(figures.path.queued));
  out.round_trip_us = micros(figures.round_trip);
  out.loaded_round_trip_us = micros(figures.loaded_round_trip);
  out.loss_ppm = static_cast<std::uint32_t>(std::lround(figures.path.loss * 1e6));
  out.trains = figures.trains;
  out.capacity_reached = figures.path.reached;
  return out;
}

/// What a test needs besides the caller's structs.
struct Task {
  control::SpeedOptions options;  // all but where the host is
  HostChoice choice;
  std::shared_ptr<control::TrustStore> peers;  // with the client
  punktfunk_speed_callback callback = nullptr;
  void* user = nullptr;
};

Outcome measure(Task& task, const std::stop_token& stop, punktfunk_speed_result& out) {
  const auto host = task.choice.find(*task.peers);
  if (!host) return std::unexpected(host.error());
  task.options.host = host->address;
  task.options.pinned = host->fingerprint;
  const auto figures = control::measure_speed(task.options, SteadyClock(), stop);
  if (!figures) return std::unexpected(failure_of(figures.error(), stop));
  out = to_c(*figures);
  return {};
}

}  // namespace

/// Any thread.
struct punktfunk_speed_test {
 public:
  explicit punktfunk_speed_test(Task task)
      : thread_([this, task = std::move(task)](const std::stop_token& stop) mutable { run(task, stop); }) {}

  Outcome wait(milliseconds limit, punktfunk_speed_result* to) {
    if (auto room = check_room(to); !room) return room;
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, limit, [this] { return result_.has_value(); }))
      return refuse(PUNKTFUNK_ERROR_TIMEOUT, "the measurement goes on");
    return give_struct(*result_, to);
  }

 private:
  void run(Task& task, const std::stop_token& stop) {
    punktfunk_speed_result result{};
    punktfunk_error error{};
    error.struct_size = sizeof(error);
    const auto outcome = guarded(&error, [&] { return measure(task, stop, result); });
    result.struct_size = sizeof(result);
    result.result = outcome;
    put_text(error.text, result.text);
    {
      const std::scoped_lock lock(mutex_);
      result_ = result;
    }
    changed_.notify_all();
    if (task.callback != nullptr && !stop.stop_requested()) task.callback(task.user, &result);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<punktfunk_speed_result> result_;
  std::jthread thread_;  // last, so that it sees everything else whole
};

namespace {

Outcome start(const punktfunk_client* client, const punktfunk_speed_options* given, punktfunk_speed_test** test) {
  if (client == nullptr || test == nullptr) return bad_argument("client or test is NULL");
  const auto options = take_struct(given);
  if (!options) return std::unexpected(options.error());
  auto choice = HostChoice::take(options->host, options->address);
  if (!choice) return std::unexpected(choice.error());
  control::SpeedOptions speed{.identity = client->store.identity, .client_name = client->name, .host = {}};
  if (options->length_ms != 0) {
    if (options->length_ms < shortest_ms || options->length_ms > longest_ms)
      return bad_argument("a measurement takes 2,000 to 30,000 ms");
    speed.length = milliseconds{options->length_ms};
  }
  if (options->ceiling != 0) {
    speed.ceiling = {options->ceiling};
    if (speed.ceiling < lowest_ceiling) return bad_argument("ceiling is less than 1,000,000 bits per second");
  }
  *test = new punktfunk_speed_test(
      {std::move(speed), std::move(*choice), client->store.peers, options->on_result, options->user});
  return {};
}

}  // namespace

punktfunk_result punktfunk_speed_test_start(const punktfunk_client* client, const punktfunk_speed_options* options,
                                            punktfunk_speed_test** test, punktfunk_error* error) {
  return guarded(error, [&] { return start(client, options, test); });
}

punktfunk_result punktfunk_speed_test_wait(punktfunk_speed_test* test, uint32_t timeout_ms,
                                           punktfunk_speed_result* result) {
  return guarded([&] {
    return after(test != nullptr ? Outcome{} : bad_argument("test is NULL"),
                 [&] { return test->wait(milliseconds{timeout_ms}, result); });
  });
}

void punktfunk_speed_test_destroy(punktfunk_speed_test* test) {
  destroy(test);
}
