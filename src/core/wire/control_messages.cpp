#include "core/wire/control_messages.h"

#include <array>
#include <concepts>
#include <limits>
#include <type_traits>

#include "core/wire/bytes.h"
#include "core/wire/message_fields.h"
#include "core/wire/utf8.h"

namespace pf::wire {
namespace {

constexpr std::size_t max_stages = 32;
constexpr std::size_t max_stage_name = 32;  // bytes
constexpr std::size_t max_choices = 16;     // codecs or ciphers
constexpr std::size_t max_opaque = 256;     // bytes of a share or a confirmation

template <class T>
concept Scalar = std::unsigned_integral<T> && !std::same_as<T, bool>;

// --- values out ---

class ValueWriter {
 public:
  explicit ValueWriter(std::vector<std::byte>& out) : out_(out) {}

  template <Scalar T>
  void put(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      out_.push_back(static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i)));
  }
  void put(bool value) { put(static_cast<std::uint8_t>(value)); }
  template <class E>
    requires std::is_enum_v<E>
  void put(E value) {
    put(static_cast<std::underlying_type_t<E>>(value));
  }
  void put(const std::string& text) { put_bytes(as_bytes(utf8_head(text, max_text))); }
  void put(const Mode& mode) {
    put(mode.width);
    put(mode.height);
    put(mode.refresh_mhz);
  }
  void put(Bitrate bitrate) { put(bitrate.bits_per_second); }
  void put(AudioFormat format) { put(format.channels); }
  void put(FrameId frame) { put(frame.value); }
  void put(const ResumeToken& token) { put_bytes(token); }
  void put(const std::vector<std::byte>& bytes) { put_bytes(bytes); }
  template <class E>
    requires std::is_enum_v<E>
  void put(const std::vector<E>& choices) {
    static_assert(sizeof(E) == 1);
    for (std::size_t i = 0; i < choices.size() && i < max_choices; ++i) put(choices[i]);
  }
  void put(const std::vector<StageFigures>& stages) {
    for (std::size_t i = 0; i < stages.size() && i < max_stages; ++i) {
      const auto name = utf8_head(stages[i].name, max_stage_name);
      put(static_cast<std::uint8_t>(name.size()));
      put_bytes(as_bytes(name));
      put(stages[i].p50_us);
      put(stages[i].p99_us);
      put(stages[i].max_us);
      put(stages[i].count);
    }
  }

 private:
  void put_bytes(std::span<const std::byte> bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

  std::vector<std::byte>& out_;
};

class FieldWriter {
 public:
  explicit FieldWriter(std::vector<std::byte>& out) : out_(out) {}

  template <class T>
  void operator()(std::uint8_t id, const T& value) {
    out_.push_back(std::byte{id});
    const auto size_at = out_.size();
    out_.resize(size_at + 2);
    ValueWriter(out_).put(value);
    Writer(std::span(out_).subspan(size_at, 2)).write(static_cast<std::uint16_t>(out_.size() - size_at - 2));
  }
  template <class T>
  void operator()(std::uint8_t id, const std::optional<T>& value) {
    if (value) (*this)(id, *value);
  }

 private:
  std::vector<std::byte>& out_;
};

// --- values in: each says whether the bytes are exactly one such value ---

template <Scalar T>
bool get(std::span<const std::byte> bytes, T& out) {
  if (bytes.size() != sizeof(T)) return false;
  out = Reader(bytes).read<T>();
  return true;
}

bool get(std::span<const std::byte> bytes, bool& out) {
  std::uint8_t value = 0;
  if (!get(bytes, value) || value > 1) return false;
  out = value == 1;
  return true;
}

// An enumerator that this version does not know is kept as the number that it is: who reads it decides.
template <class E>
  requires std::is_enum_v<E>
bool get(std::span<const std::byte> bytes, E& out) {
  std::underlying_type_t<E> value{};
  if (!get(bytes, value)) return false;
  out = static_cast<E>(value);
  return true;
}

bool get(std::span<const std::byte> bytes, std::string& out) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.size() > max_text || !valid_utf8(text)) return false;
  out = text;
  return true;
}

bool get(std::span<const std::byte> bytes, Mode& out) {
  Reader in(bytes);
  out.width = in.read<std::uint32_t>();
  out.height = in.read<std::uint32_t>();
  out.refresh_mhz = in.read<std::uint32_t>();
  return in.ok() && in.remaining() == 0;
}

bool get(std::span<const std::byte> bytes, Bitrate& out) {
  return get(bytes, out.bits_per_second);
}
bool get(std::span<const std::byte> bytes, AudioFormat& out) {
  return get(bytes, out.channels);
}
bool get(std::span<const std::byte> bytes, FrameId& out) {
  return get(bytes, out.value);
}

bool get(std::span<const std::byte> bytes, ResumeToken& out) {
  if (bytes.size() != out.size()) return false;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return true;
}

bool get(std::span<const std::byte> bytes, std::vector<std::byte>& out) {
  if (bytes.size() > max_opaque) return false;
  out.assign(bytes.begin(), bytes.end());
  return true;
}

template <class E>
  requires std::is_enum_v<E>
bool get(std::span<const std::byte> bytes, std::vector<E>& out) {
  static_assert(sizeof(E) == 1);
  if (bytes.size() > max_choices) return false;
  out.clear();
  for (const auto choice : bytes) out.push_back(static_cast<E>(choice));
  return true;
}

bool get(std::span<const std::byte> bytes, std::vector<StageFigures>& out) {
  Reader in(bytes);
  out.clear();
  while (in.remaining() > 0) {
    if (out.size() == max_stages) return false;
    StageFigures figures;
    const auto name = in.take_text(in.read<std::uint8_t>());
    figures.p50_us = in.read<std::uint32_t>();
    figures.p99_us = in.read<std::uint32_t>();
    figures.max_us = in.read<std::uint32_t>();
    figures.count = in.read<std::uint64_t>();
    if (!in.ok() || name.size() > max_stage_name || !valid_utf8(name)) return false;
    figures.name = name;
    out.push_back(std::move(figures));
  }
  return true;
}

template <class T>
bool get(std::span<const std::byte> bytes, std::optional<T>& out) {
  return get(bytes, out.emplace());
}

/// The raw value of each field that a message holds, by id.
class FieldTable {
 public:
  static Result<FieldTable> read(std::span<const std::byte> body) {
    FieldTable table;
    Reader in(body);
    while (in.remaining() > 0) {
      const auto id = in.read<std::uint8_t>();
      const auto value = in.take(in.read<std::uint16_t>());
      if (!in.ok()) return fail(ErrorCode::truncated, "a control message ends inside a field");
      if (table.present_[id]) return fail(ErrorCode::malformed, "a control message holds a field twice");
      table.present_[id] = true;
      table.values_[id] = value;
    }
    return table;
  }

  template <class T>
  void operator()(std::uint8_t id, T& member) {
    if (present_[id] && !get(values_[id], member)) wrong_ = true;
  }
  [[nodiscard]] bool wrong() const { return wrong_; }

 private:
  std::array<std::span<const std::byte>, 256> values_{};
  std::array<bool, 256> present_{};
  bool wrong_ = false;
};

template <class M>
Result<std::optional<ControlMessage>> decode_as(FieldTable& table) {
  M message;
  fields(table, message, static_cast<const M*>(nullptr));
  if (table.wrong()) return fail(ErrorCode::malformed, "a control message has a field of the wrong form");
  return std::optional<ControlMessage>(std::move(message));
}

template <class... M>
Result<std::optional<ControlMessage>> decode_any(std::uint16_t type, FieldTable& table, const std::variant<M...>*) {
  Result<std::optional<ControlMessage>> decoded = std::optional<ControlMessage>();
  // One comparison a type, stopping at the first that fits.
  (void)((type == type_of<M> && (decoded = decode_as<M>(table), true)) || ...);
  return decoded;
}

}  // namespace

std::vector<std::byte> encode_control(const ControlMessage& message) {
  std::vector<std::byte> out(6);
  const auto type = std::visit(
      [&](const auto& m) {
        using M = std::remove_cvref_t<decltype(m)>;
        static_assert(type_of<M> != 0, "every message needs a type number");
        FieldWriter writer(out);
        fields(writer, m, static_cast<const M*>(nullptr));
        return type_of<M>;
      },
      message);
  Writer front(out);
  front.write(static_cast<std::uint32_t>(out.size() - 4));
  front.write(type);
  return out;
}

Result<std::optional<ControlMessage>> decode_control(std::span<const std::byte> message) {
  Reader in(message);
  const auto type = in.read<std::uint16_t>();
  if (!in.ok()) return fail(ErrorCode::truncated, "a control message without a type");
  auto table = FieldTable::read(in.rest());
  if (!table) return std::unexpected(table.error());
  return decode_any(type, *table, static_cast<const ControlMessage*>(nullptr));
}

}  // namespace pf::wire
