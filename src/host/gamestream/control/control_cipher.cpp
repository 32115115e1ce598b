#include "host/gamestream/control/control_cipher.h"

#include <algorithm>
#include <array>

#include "core/wire/bytes.h"
#include "host/gamestream/crypto/aes.h"
#include "host/gamestream/wire/byte_order.h"

namespace pf::host::gamestream {
namespace {

constexpr std::uint16_t sealed_type = 0x0001;
constexpr std::size_t sequence_size = 4;
constexpr std::size_t head_size = 8;  // type, length of what follows, sequence

struct Iv {
  std::array<std::byte, 16> bytes{};
  std::size_t size = 0;
  [[nodiscard]] std::span<const std::byte> span() const { return std::span(bytes).first(size); }
};

Iv iv_of(bool v2, char sender, std::uint32_t sequence) {
  Iv iv{.bytes = {}, .size = v2 ? 12U : 16U};
  if (!v2) {
    iv.bytes[0] = static_cast<std::byte>(sequence);
    return iv;
  }
  store_le(std::span(iv.bytes), sequence);
  iv.bytes[10] = static_cast<std::byte>(sender);
  iv.bytes[11] = std::byte{'C'};
  return iv;
}

}  // namespace

Result<std::vector<std::byte>> ControlCipher::open(std::span<const std::byte> sealed) {
  wire::Reader reader(sealed);
  const auto type = reader.read<std::uint16_t>();
  const auto length = reader.read<std::uint16_t>();
  const auto sequence = reader.read<std::uint32_t>();
  const auto tag = reader.take(gcm_tag_size);
  if (!reader.ok() || type != sealed_type || length != sealed.size() - sequence_size)
    return fail(ErrorCode::malformed, "a control message without a seal");
  if (!seen_.would_accept(sequence)) return fail(ErrorCode::unauthenticated, "a control message came twice");
  std::vector<std::byte> text(reader.rest().begin(), reader.rest().end());
  if (auto ok = gcm_open(key_, iv_of(v2_, 'C', sequence).span(), text, tag.first<gcm_tag_size>()); !ok)
    return std::unexpected(ok.error());
  seen_.accept(sequence);
  return text;
}

Result<std::vector<std::byte>> ControlCipher::seal(std::span<const std::byte> message) {
  if (sent_ == UINT32_MAX) return fail(ErrorCode::exhausted, "the control stream's sequence is used up");
  const auto sequence = sent_++;
  std::vector<std::byte> out(head_size + gcm_tag_size + message.size());
  const std::span all(out);
  store_le(all, sealed_type);
  store_le(all.subspan(2), static_cast<std::uint16_t>(out.size() - sequence_size));
  store_le(all.subspan(4), sequence);
  const auto text = all.subspan(head_size + gcm_tag_size);
  std::ranges::copy(message, text.begin());
  const auto tag = all.subspan(head_size).first<gcm_tag_size>();
  if (auto ok = gcm_seal(key_, iv_of(v2_, 'H', sequence).span(), text, tag); !ok) return std::unexpected(ok.error());
  return out;
}

}  // namespace pf::host::gamestream
