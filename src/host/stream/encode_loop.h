// The encode thread: takes the newest picture, encodes it, cuts it into packets and sends them.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "core/base/worker_thread.h"
#include "core/session/packet_sink.h"
#include "core/session/stage_stats.h"
#include "core/session/unit_sender.h"
#include "host/seams/encoder.h"
#include "host/stream/encode_schedule.h"
#include "host/stream/frame_slot.h"
#include "host/stream/loss_recovery.h"
#include "host/stream/session_counters.h"

namespace pf::host {

/// Opens an encoder, on whatever thread needs one.
using OpenEncoder = std::function<Result<std::unique_ptr<Encoder>>(const EncoderConfig&)>;

/// Its thread starts with it; the destructor returns when the thread has ended. Every call is short and from any
/// thread. At most two frames of the capturer are held: the one encoded last and the one that waits.
class EncodeLoop {
 public:
  struct Parts {
    std::unique_ptr<Encoder> encoder;  // opened with `config`
    EncoderConfig config;
    OpenEncoder open_encoder;  // for pictures of another size
    std::unique_ptr<session::UnitSender> sender;
    std::shared_ptr<session::PacketSink> sink;
  };
  /// On the encode thread, which then ends.
  using OnFailed = std::function<void(const Error&)>;
  EncodeLoop(Parts parts, SessionCounters& counters, session::StageStats& stages, const Clock& clock,
             OnFailed on_failed);
  ~EncodeLoop();
  EncodeLoop(const EncodeLoop&) = delete;
  EncodeLoop& operator=(const EncodeLoop&) = delete;

  void put(CapturedFrame frame);
  void request_keyframe();
  /// The client has lost these frames: the next one does without them.
  void invalidate(FrameId first, FrameId last);
  void set_bitrate(Bitrate bitrate);
  void set_loss(const session::LossModel& loss);
  /// Holds an encoder ready for pictures of its mode's size. One of the size in use waits for switch_over().
  void prepare(std::unique_ptr<Encoder> encoder, const EncoderConfig& config);
  /// The display has the prepared mode now.
  void switch_over(const Mode& mode);
  void discard_prepared();

 private:
  struct Prepared {
    std::unique_ptr<Encoder> encoder;
    EncoderConfig config;
  };
  static constexpr std::size_t most_losses = 16;  // told between two frames
  struct Lost {                                   // frames, by the client's word
    FrameId first;
    FrameId last;
  };
  struct Orders {  // what others have asked for since the thread last looked
    std::optional<Bitrate> bitrate;
    std::optional<session::LossModel> loss;
    std::optional<Mode> mode;
    std::array<Lost, most_losses> lost;
    std::size_t losses = 0;
  };
  struct Sending {
    bool fresh = false;  // a picture that has not been sent before
    TimePoint begun;
  };
  struct Work {
    EncodeSchedule::Step step;
    Orders orders;
  };

  void run(const std::stop_token& stop);
  std::optional<Work> next_work(const std::stop_token& stop);
  Result<void> perform(const Work& work);
  Result<bool> fit_encoder(const std::optional<Mode>& mode);
  void follow(const Orders& orders);
  void send(const EncodedUnit& unit, const Sending& how);
  void settle_for_less();
  std::optional<Prepared> take_prepared();

  // The encode thread's own.
  std::unique_ptr<Encoder> encoder_;
  EncoderConfig config_;
  const OpenEncoder open_encoder_;
  const std::unique_ptr<session::UnitSender> sender_;
  const std::shared_ptr<session::PacketSink> sink_;
  LossRecovery recovery_;       // of encoder_'s units
  CapturedFrame picture_;       // encoded last; kept to be encoded again
  std::uint64_t pictures_ = 0;  // given to encoders

  SessionCounters& counters_;
  session::StageStats& stages_;
  const Clock& clock_;
  const OnFailed on_failed_;

  std::mutex mutex_;
  std::condition_variable changed_;  // notified without the lock
  bool news_ = false;
  FrameSlot slot_;
  EncodeSchedule schedule_;
  Orders orders_;
  std::optional<Prepared> prepared_;

  WorkerThread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host
