#include "host/gamestream/pairing/pairing_desk.h"

#include <algorithm>
#include <utility>

#include "core/crypto/hash.h"

namespace pf::host::gamestream {
namespace {

constexpr std::size_t pin_digits = 4;
constexpr std::size_t max_secret = pin_block + 1'024;  // a signature of RSA with 8,192 bits

std::vector<std::byte> signature_of(const control::Identity& host) {
  const auto certificate = Certificate::from_pem(host.certificate_pem);
  if (!certificate) return {};
  return {certificate->signature().begin(), certificate->signature().end()};
}

std::string hex_of_text(std::string_view text) {
  return crypto::to_hex(std::as_bytes(std::span(text)));
}

/// Exactly one block of hexadecimal digits.
std::optional<PinBlock> block_of(std::string_view hex) {
  if (hex.size() != 2 * pin_block) return std::nullopt;
  const auto bytes = crypto::from_hex(hex);
  if (!bytes) return std::nullopt;
  PinBlock block;
  std::copy(bytes->begin(), bytes->end(), block.begin());
  return block;
}

crypto::Digest digest_of(std::span<const std::byte> a, std::span<const std::byte> b, std::span<const std::byte> c) {
  std::vector<std::byte> text;
  text.reserve(a.size() + b.size() + c.size());
  for (const auto part : {a, b, c}) text.insert(text.end(), part.begin(), part.end());
  return crypto::sha256(text);
}

}  // namespace

PairingDesk::PairingDesk(control::Identity host, control::TrustStore& trust, const Clock& clock, const Limits& limits,
                         std::function<std::int64_t()> unix_time, Random random)
    : host_(std::move(host)),
      host_signature_(signature_of(host_)),
      trust_(trust),
      clock_(clock),
      limits_(limits),
      unix_time_(std::move(unix_time)),
      random_(std::move(random)) {}

PairingDesk::~PairingDesk() {
  close();
}

void PairingDesk::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  for (const auto& answer : remove([](const Attempt&) { return true; })) answer(PairReply::no("the host is stopping"));
}

std::vector<PairingDesk::Answer> PairingDesk::remove(const std::function<bool(const Attempt&)>& which) {
  std::vector<Answer> unanswered;
  const std::lock_guard lock(mutex_);
  std::erase_if(attempts_, [&](Attempt& attempt) {
    if (!which(attempt)) return false;
    if (attempt.answer) unanswered.push_back(std::exchange(attempt.answer, nullptr));
    return true;
  });
  return unanswered;
}

void PairingDesk::get_certificate(const Visitor& visitor, std::string_view salt, std::string_view certificate,
                                  Answer answer) {
  // A client that asks anew has forgotten its earlier attempt.
  for (const auto& earlier : remove([&](const Attempt& a) { return a.visitor == visitor; }))
    earlier(PairReply::no("the client has begun anew"));

  const auto block = block_of(salt);
  if (!block) return answer(PairReply::no("the salt is not 16 bytes"));
  if (certificate.size() > 2 * max_certificate_pem) return answer(PairReply::no("the certificate is too long"));
  const auto pem = crypto::from_hex(certificate);
  if (!pem) return answer(PairReply::no("the certificate is not hexadecimal"));
  auto parsed = Certificate::from_pem(std::string_view(reinterpret_cast<const char*>(pem->data()), pem->size()));
  if (!parsed) return answer(PairReply::no(parsed.error().message));

  {
    const std::lock_guard lock(mutex_);
    const auto of_address =
        std::ranges::count(attempts_, visitor.address, [](const Attempt& a) { return a.visitor.address; });
    if (!closed_ && attempts_.size() < limits_.attempts && std::cmp_less(of_address, limits_.attempts_per_address)) {
      attempts_.push_back({.visitor = visitor,
                           .certificate = std::move(*parsed),
                           .salt = *block,
                           .ends = clock_.now() + limits_.pin_wait,
                           .answer = std::move(answer),
                           .name = {},
                           .cipher = {},
                           .client_proof = {}});
      return;
    }
  }
  answer(PairReply::no("too many clients wait for a PIN"));
}

std::vector<std::string> PairingDesk::waiting() const {
  std::vector<std::string> addresses;
  const std::lock_guard lock(mutex_);
  for (const auto& attempt : attempts_) {
    if (attempt.answer) addresses.push_back(attempt.visitor.address);
  }
  return addresses;
}

Result<std::string> PairingDesk::enter_pin(std::string_view pin, const std::string& name, const std::string& address) {
  if (pin.size() != pin_digits || !std::ranges::all_of(pin, [](char c) { return c >= '0' && c <= '9'; }))
    return fail(ErrorCode::invalid_argument, "the PIN that Moonlight shows has 4 digits");
  Answer answer;
  std::string from;
  {
    const std::lock_guard lock(mutex_);
    std::vector<Attempt*> asked;
    std::string list;
    for (auto& attempt : attempts_) {
      if (!attempt.answer || (!address.empty() && attempt.visitor.address != address)) continue;
      asked.push_back(&attempt);
      list += (list.empty() ? "" : ", ") + attempt.visitor.address;
    }
    if (asked.empty())
      return fail(ErrorCode::not_found, "no Moonlight client waits for its PIN; start pairing there first");
    if (asked.size() > 1) return fail(ErrorCode::busy, "several clients wait for a PIN: " + list + "; say which");
    Attempt& attempt = *asked.front();
    attempt.cipher.emplace(attempt.salt, pin);
    attempt.name = name.empty() ? "Moonlight at " + attempt.visitor.address : name;
    attempt.done = 1;
    attempt.ends = clock_.now() + limits_.step_wait;
    answer = std::exchange(attempt.answer, nullptr);
    from = attempt.visitor.address;
  }
  answer(PairReply::yes("plaincert", hex_of_text(host_.certificate_pem)));
  return from;
}

PairingDesk::Attempt* PairingDesk::in_turn(const Visitor& visitor, int step) {
  const auto attempt = std::ranges::find(attempts_, visitor, &Attempt::visitor);
  if (attempt == attempts_.end() || attempt->done != step - 1 || clock_.now() >= attempt->ends) return nullptr;
  attempt->done = step;
  attempt->ends = clock_.now() + limits_.step_wait;
  return &*attempt;
}

/// With the lock held. An attempt that still waits for its PIN is nobody's guess yet, and stays.
PairReply PairingDesk::refuse(const Visitor& visitor, std::string why) {
  std::erase_if(attempts_, [&](const Attempt& a) { return a.visitor == visitor && !a.answer; });
  return PairReply::no(std::move(why));
}

PairReply PairingDesk::client_challenge(const Visitor& visitor, std::string_view challenge) {
  const std::lock_guard lock(mutex_);
  Attempt* const attempt = in_turn(visitor, 2);
  if (attempt == nullptr) return refuse(visitor, "a challenge out of turn");
  const auto sealed = block_of(challenge);
  if (!sealed) return refuse(visitor, "a challenge that is not 16 bytes");
  const auto plain = attempt->cipher->decrypt(*sealed);
  if (!plain) return refuse(visitor, plain.error().message);
  random_(attempt->secret);
  random_(attempt->challenge);
  const auto proof = digest_of(*plain, host_signature_, attempt->secret);
  std::vector<std::byte> answer(proof.begin(), proof.end());
  answer.insert(answer.end(), attempt->challenge.begin(), attempt->challenge.end());
  const auto sealed_answer = attempt->cipher->encrypt(answer);
  if (!sealed_answer) return refuse(visitor, sealed_answer.error().message);
  return PairReply::yes("challengeresponse", crypto::to_hex(*sealed_answer));
}

PairReply PairingDesk::challenge_response(const Visitor& visitor, std::string_view response) {
  const std::lock_guard lock(mutex_);
  Attempt* const attempt = in_turn(visitor, 3);
  if (attempt == nullptr) return refuse(visitor, "a response out of turn");
  const auto sealed = response.size() == 2 * sizeof(crypto::Digest)
                          ? crypto::from_hex(response)
                          : fail(ErrorCode::malformed, "a response that is not 32 bytes");
  if (!sealed) return refuse(visitor, sealed.error().message);
  auto proof = attempt->cipher->decrypt(*sealed);
  if (!proof) return refuse(visitor, proof.error().message);
  attempt->client_proof = std::move(*proof);
  const auto signature = sign(host_, attempt->secret);
  if (!signature) return refuse(visitor, signature.error().message);
  std::vector<std::byte> value(attempt->secret.begin(), attempt->secret.end());
  value.insert(value.end(), signature->begin(), signature->end());
  return PairReply::yes("pairingsecret", crypto::to_hex(value));
}

PairReply PairingDesk::client_secret(const Visitor& visitor, std::string_view secret) {
  const std::lock_guard lock(mutex_);
  const Attempt* const attempt = in_turn(visitor, 4);
  if (attempt == nullptr) return refuse(visitor, "a secret out of turn");
  const auto bytes = secret.size() <= 2 * max_secret ? crypto::from_hex(secret)
                                                     : fail(ErrorCode::malformed, "a secret that is too long");
  if (!bytes || bytes->size() <= pin_block) return refuse(visitor, "a secret without a signature");
  const auto text = std::span(*bytes).first(pin_block);
  const auto& certificate = attempt->certificate;
  const auto proof = digest_of(attempt->challenge, certificate.signature(), text);
  // Some clients do not look at the host's proof: with a wrong PIN they come as far as this.
  if (!crypto::equal_constant_time(proof, attempt->client_proof))
    return refuse(visitor, "the PIN was wrong; start pairing again on the client");
  if (!certificate.has_signed(text, std::span(*bytes).subspan(pin_block)))
    return refuse(visitor, "the client does not hold the key of its certificate");
  const auto added = trust_.add(
      {.fingerprint = certificate.fingerprint(), .name = attempt->name, .paired_at = unix_time_(), .address = {}});
  if (!added) return refuse(visitor, added.error().message);
  std::erase_if(attempts_, [&](const Attempt& a) { return a.visitor == visitor; });
  return PairReply::yes();
}

void PairingDesk::give_up(const Visitor& visitor) {
  for (const auto& answer : remove([&](const Attempt& a) { return a.visitor == visitor; }))
    answer(PairReply::no("the client has given up"));
}

void PairingDesk::expire() {
  const auto now = clock_.now();
  for (const auto& answer : remove([&](const Attempt& a) { return now >= a.ends; }))
    answer(PairReply::no("no PIN was typed in on the host in time"));
}

}  // namespace pf::host::gamestream
