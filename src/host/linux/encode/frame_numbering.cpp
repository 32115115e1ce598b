#include "host/linux/encode/frame_numbering.h"

#include <algorithm>

namespace pf::host {
namespace {

// Table 7-1.
constexpr unsigned slice = 1, idr_slice = 5, sei = 6, parameters = 7;
constexpr unsigned more_bits = 8;
constexpr std::size_t head_size = 8;  // bytes, more than what stands in front of a frame number and the number itself
constexpr unsigned high_profile = 100;

class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  unsigned bits(unsigned count) {
    unsigned value = 0;
    for (; count > 0; --count) value = value << 1 | bit();
    return value;
  }
  /// ue(v), 9.1.
  unsigned golomb() {
    unsigned zeros = 0;
    while (zeros < 31 && bit() == 0) ++zeros;
    return (1u << zeros) - 1 + bits(zeros);
  }
  /// Never behind end(), whatever was asked for.
  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] std::size_t end() const { return bytes_.size() * 8; }
  /// False once more was read than there is; the bits that are missing read as zeros.
  [[nodiscard]] bool ok() const { return !overrun_; }

 private:
  unsigned bit() {
    if (at_ >= end()) {
      overrun_ = true;
      return 0;
    }
    const auto at = at_++;
    return std::to_integer<unsigned>(bytes_[at / 8]) >> (7 - at % 8) & 1;
  }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  bool overrun_ = false;
};

class BitWriter {
 public:
  void bits(unsigned value, unsigned count) {
    while (count-- > 0) {
      if (used_ % 8 == 0) bytes_.push_back(std::byte{0});
      bytes_.back() |= static_cast<std::byte>((value >> count & 1) << (7 - used_++ % 8));
    }
  }
  void golomb(unsigned value) {
    unsigned zeros = 0;
    while ((value + 1) >> (zeros + 1) != 0) ++zeros;
    bits(0, zeros);
    bits(value + 1, zeros + 1);
  }
  void copy(std::span<const std::byte> from, std::size_t begin, std::size_t end) {
    for (auto at = begin; at < end; ++at) bits(std::to_integer<unsigned>(from[at / 8]) >> (7 - at % 8) & 1, 1);
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
  std::size_t used_ = 0;
};

/// The first `least` bytes of `payload` without emulation prevention (7.4.1), and on to the next that is not zero: what
/// follows can then stay as it is. `payload` becomes the rest.
std::vector<std::byte> take_head(std::span<const std::byte>& payload, std::size_t least) {
  std::vector<std::byte> head;
  std::size_t at = 0;
  unsigned zeros = 0;
  while (at < payload.size() && (head.size() < least || head.back() == std::byte{0})) {
    const auto byte = payload[at++];
    if (zeros == 2 && byte == std::byte{3}) {
      zeros = 0;
      continue;
    }
    zeros = byte == std::byte{0} ? zeros + 1 : 0;
    head.push_back(byte);
  }
  payload = payload.subspan(at);
  return head;
}

void append_escaped(std::span<const std::byte> bytes, std::vector<std::byte>& out) {
  unsigned zeros = 0;
  for (const auto byte : bytes) {
    if (zeros == 2 && byte <= std::byte{3}) {
      out.push_back(std::byte{3});
      zeros = 0;
    }
    zeros = byte == std::byte{0} ? zeros + 1 : 0;
    out.push_back(byte);
  }
}

std::unexpected<Error> unexpected_syntax() {
  return fail(ErrorCode::malformed, "x264 wrote a unit in a form that is not known here");
}

/// What stands behind the start code and the NAL unit's own byte, which go to `out`.
std::span<const std::byte> split(std::span<const std::byte> nal, std::vector<std::byte>& out) {
  const auto code_end = std::ranges::find(nal, std::byte{1});
  const auto header = static_cast<std::size_t>(code_end - nal.begin()) + 2;
  out.insert(out.end(), nal.begin(), nal.begin() + static_cast<std::ptrdiff_t>(header));
  return nal.subspan(header);
}

}  // namespace

void FrameNumbering::begin(bool idr, std::vector<std::byte>& out) {
  out.clear();
  number_ = idr ? 0 : next_number_;
  next_number_ = number_ + 1;
}

Result<void> FrameNumbering::add(std::span<const std::byte> nal, std::vector<std::byte>& out) {
  const auto start = std::ranges::find(nal, std::byte{1});
  if (nal.end() - start < 3) return unexpected_syntax();
  const unsigned type = std::to_integer<unsigned>(start[1]) & 0x1f;
  switch (type) {
    case slice:
    case idr_slice: return add_slice(nal, out);
    case sei: return {};
    case parameters: return add_parameters(nal, out);
    default: out.insert(out.end(), nal.begin(), nal.end()); return {};
  }
}

// 7.3.2.1.1
Result<void> FrameNumbering::add_parameters(std::span<const std::byte> nal, std::vector<std::byte>& out) {
  auto rest = split(nal, out);
  const auto head = take_head(rest, rest.size());
  BitReader in(head);
  const unsigned profile = in.bits(8);
  in.bits(16);  // constraints, level
  in.golomb();  // id
  if (profile == high_profile) {
    if (in.golomb() == 3) return unexpected_syntax();  // 4:4:4
    in.golomb();
    in.golomb();  // bit depths
    in.bits(1);
    if (in.bits(1) != 0) return unexpected_syntax();  // scaling matrices
  } else if (profile > high_profile) {
    return unexpected_syntax();
  }
  BitWriter widened;
  widened.copy(head, 0, in.position());
  const unsigned log2_minus4 = in.golomb();
  if (log2_minus4 > 4) return unexpected_syntax();
  widened.golomb(log2_minus4 + more_bits);
  const auto order = in.position();
  if (in.golomb() != 2) return unexpected_syntax();  // order of output follows from frame numbers
  in.golomb();                                       // reference frames
  widened.copy(head, order, in.position());
  in.bits(1);
  if (!in.ok()) return unexpected_syntax();
  widened.bits(1, 1);  // gaps in frame numbers
  // What follows ends with a one bit, behind which zeros only fill up the byte.
  auto end = in.end();
  while (end > in.position() && (std::to_integer<unsigned>(head[(end - 1) / 8]) >> (7 - (end - 1) % 8) & 1) == 0) --end;
  widened.copy(head, in.position(), end);
  append_escaped(widened.bytes(), out);
  coded_bits_ = log2_minus4 + 4;
  return {};
}

// 7.3.3
Result<void> FrameNumbering::add_slice(std::span<const std::byte> nal, std::vector<std::byte>& out) {
  auto rest = split(nal, out);
  const auto head = take_head(rest, head_size);
  BitReader in(head);
  in.golomb();  // first macroblock
  in.golomb();  // type
  in.golomb();  // picture parameters
  const auto number_at = in.position();
  const unsigned coded = in.bits(coded_bits_);
  if (!in.ok() || coded_bits_ == 0 || coded != (number_ & ((1u << coded_bits_) - 1))) return unexpected_syntax();
  BitWriter widened;
  widened.copy(head, 0, number_at);
  widened.bits(number_ & ((1u << (coded_bits_ + more_bits)) - 1), coded_bits_ + more_bits);
  widened.copy(head, in.position(), in.end());
  append_escaped(widened.bytes(), out);
  out.insert(out.end(), rest.begin(), rest.end());
  return {};
}

}  // namespace pf::host
