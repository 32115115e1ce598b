#include "control/pairing/pairing.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/crypto/hash.h"
#include "core/wire/bytes.h"

namespace pf::control {
namespace {

constexpr std::chrono::seconds first_lockout{30};
constexpr std::chrono::seconds longest_lockout{3600};
constexpr std::string_view associated_data = "punktfunk pairing 1";

bool is_pin(std::string_view pin) {
  return pin.size() >= 4 && pin.size() <= 12 && std::ranges::all_of(pin, [](char c) { return c >= '0' && c <= '9'; });
}

std::string random_pin() {
  // 2^64 is so much larger than 10^6 that the remainder's bias does not matter.
  std::array<std::byte, 8> bytes{};
  crypto::random_bytes(bytes);
  return fmt::format("{:06}", wire::Reader(bytes).read<std::uint64_t>() % 1'000'000);
}

/// The PIN's secret belongs to this pair of certificates: the salt is both fingerprints, client first.
Result<crypto::Spake2> begin(crypto::Spake2Role role, const std::string& pin, const Fingerprint& client,
                             const Fingerprint& host) {
  std::vector<std::byte> salt(client.begin(), client.end());
  salt.insert(salt.end(), host.begin(), host.end());
  const auto secret = crypto::spake2_secret_from_pin(pin, salt);
  if (!secret) return std::unexpected(secret.error());
  return crypto::Spake2::create(role, *secret);
}

wire::Refusal refusal(wire::RefusalCode code, std::string text) {
  return {code, std::move(text)};
}

}  // namespace

PairingWindow::PairingWindow(const Options& options, const Clock& clock) : options_(options), clock_(clock) {}

Result<std::string> PairingWindow::open(std::optional<std::string> pin, std::optional<std::chrono::seconds> open_for) {
  if (pin && !is_pin(*pin)) return fail(ErrorCode::invalid_argument, "a PIN has 4 to 12 digits");
  const std::lock_guard lock(mutex_);
  pin_ = pin ? *pin : random_pin();
  closes_ = clock_.now() + open_for.value_or(options_.open_for);
  attempts_left_ = options_.attempts;
  return pin_;
}

void PairingWindow::close() {
  const std::lock_guard lock(mutex_);
  pin_.clear();
}

bool PairingWindow::is_open() const {
  const std::lock_guard lock(mutex_);
  return !pin_.empty() && clock_.now() < closes_ && clock_.now() >= locked_until_;
}

std::variant<std::string, wire::Refusal> PairingWindow::begin_attempt() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.now();
  if (now < locked_until_) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(locked_until_ - now).count();
    return refusal(wire::RefusalCode::locked_out,
                   fmt::format("Too many wrong PINs: the host takes none for another {} s.", left));
  }
  if (pin_.empty() || now >= closes_) {
    pin_.clear();
    return refusal(wire::RefusalCode::pairing_closed,
                   "The host is not open for pairing: run 'punktfunk-host pair' there first.");
  }
  if (now < next_attempt_)
    return refusal(wire::RefusalCode::locked_out, "Pairing takes one attempt a second; try again.");
  next_attempt_ = now + options_.between_attempts;
  // The attempt is paid for here, before anything is known of its outcome: who breaks off pays too.
  std::string pin = pin_;
  if (--attempts_left_ == 0) {
    pin_.clear();
    const auto lockout = std::min(longest_lockout, first_lockout * (1u << std::min(lockouts_, 7u)));
    locked_until_ = now + lockout;
    ++lockouts_;
  }
  return pin;
}

void PairingWindow::succeeded() {
  const std::lock_guard lock(mutex_);
  pin_.clear();
  locked_until_ = {};
  lockouts_ = 0;
}

HostPairing::HostPairing(PairingWindow& window, const Fingerprint& host, const Fingerprint& client,
                         std::string host_name)
    : window_(window), host_(host), client_(client), host_name_(std::move(host_name)) {}

wire::ControlMessage HostPairing::on_share(const wire::PairShare& share) {
  if (used_) return refusal(wire::RefusalCode::bad_message, "A connection carries one pairing attempt.");
  used_ = true;
  auto attempt = window_.begin_attempt();
  if (auto* refused = std::get_if<wire::Refusal>(&attempt)) return *refused;
  const auto spake = begin(crypto::Spake2Role::b, std::get<std::string>(attempt), client_, host_);
  if (!spake) return refusal(wire::RefusalCode::internal, spake.error().message);
  auto keys = spake->finish(share.share, {client_, host_, wire::as_bytes(associated_data)});
  if (!keys) return refusal(wire::RefusalCode::bad_message, keys.error().message);
  keys_ = *keys;
  client_name_ = share.name;
  wire::PairShare reply;
  reply.share.assign(spake->share().begin(), spake->share().end());
  reply.confirmation.assign(keys_->own_confirmation.begin(), keys_->own_confirmation.end());
  reply.name = host_name_;
  return reply;
}

HostPairing::Outcome HostPairing::on_confirm(const wire::PairConfirm& confirm) {
  if (!keys_) return {refusal(wire::RefusalCode::bad_message, "The pairing has not begun."), false, {}};
  const auto expected = keys_->expected_confirmation;
  keys_.reset();
  if (!crypto::equal_constant_time(confirm.confirmation, expected)) {
    return {refusal(wire::RefusalCode::wrong_pin, "The PIN was wrong."), false, {}};
  }
  window_.succeeded();
  return {wire::Paired{host_name_}, true, client_name_};
}

ClientPairing::ClientPairing(crypto::Spake2 spake, const Fingerprint& host, const Fingerprint& client, std::string name)
    : spake_(std::move(spake)), host_(host), client_(client), name_(std::move(name)) {}

Result<ClientPairing> ClientPairing::create(const std::string& pin, const Fingerprint& host, const Fingerprint& client,
                                            const std::string& client_name) {
  if (!is_pin(pin)) return fail(ErrorCode::invalid_argument, "a PIN has 4 to 12 digits");
  auto spake = begin(crypto::Spake2Role::a, pin, client, host);
  if (!spake) return std::unexpected(spake.error());
  return ClientPairing(std::move(*spake), host, client, client_name);
}

wire::PairShare ClientPairing::share() const {
  return {.share = {spake_.share().begin(), spake_.share().end()}, .confirmation = {}, .name = name_};
}

Result<wire::PairConfirm> ClientPairing::on_share(const wire::PairShare& host_share) {
  const auto keys = spake_.finish(host_share.share, {client_, host_, wire::as_bytes(associated_data)});
  if (!keys) return std::unexpected(keys.error());
  if (!crypto::equal_constant_time(host_share.confirmation, keys->expected_confirmation)) {
    return fail(ErrorCode::unauthenticated, "the PIN is wrong, or this is not the host that shows it");
  }
  return wire::PairConfirm{{keys->own_confirmation.begin(), keys->own_confirmation.end()}};
}

}  // namespace pf::control
