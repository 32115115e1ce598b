#include "control/trust/trust_store.h"

#include <algorithm>
#include <charconv>
#include <mutex>

#include "control/trust/private_file.h"
#include "core/crypto/hash.h"
#include "core/wire/utf8.h"

namespace pf::control {
namespace {

constexpr std::size_t max_store_bytes = 1u << 20;
constexpr std::string_view heading = "punktfunk trust store 1";

// One peer a line: fingerprint, Unix seconds, address or "-", and the name to the end of the line.
std::string line_of(const TrustedPeer& peer) {
  return to_hex(peer.fingerprint) + " " + std::to_string(peer.paired_at) + " " +
         (peer.address.empty() ? "-" : peer.address) + " " + peer.name + "\n";
}

std::string_view take_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<TrustedPeer> parse_line(std::string_view line) {
  TrustedPeer peer;
  const auto fingerprint = crypto::from_hex(take_word(line));
  if (!fingerprint || fingerprint->size() != peer.fingerprint.size()) return std::nullopt;
  std::copy(fingerprint->begin(), fingerprint->end(), peer.fingerprint.begin());
  const auto seconds = take_word(line);
  const auto [end, ec] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), peer.paired_at);
  if (ec != std::errc{} || end != seconds.data() + seconds.size()) return std::nullopt;
  const auto address = take_word(line);
  if (address != "-") peer.address = address;
  if (address.empty() || !wire::valid_utf8(line)) return std::nullopt;
  peer.name = line;
  return peer;
}

Result<std::vector<TrustedPeer>> parse(std::string_view text, const std::string& origin) {
  std::vector<TrustedPeer> peers;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (number == 1 && line == heading) continue;
    auto peer = number == 1 ? std::nullopt : parse_line(line);
    if (!peer)
      return fail(ErrorCode::malformed, origin + ":" + std::to_string(number) +
                                            ": not a line of a trust store; mend it or move the file away");
    peers.push_back(std::move(*peer));
  }
  return peers;
}

/// One line of printable text, whatever the peer called itself.
std::string printable(std::string_view name) {
  std::string out;
  for (const char c : wire::valid_utf8(name) ? wire::utf8_head(name, 128) : std::string_view("unnamed")) {
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return out.find_first_not_of(' ') == std::string::npos ? "unnamed" : out;
}

}  // namespace

struct TrustStore::State {
  std::filesystem::path file;  // empty: on no disk
  mutable std::mutex mutex;
  std::vector<TrustedPeer> peers;
  std::vector<std::function<void(const TrustedPeer&)>> listeners;

  // With the lock held: what is in memory changes only once it is on disk.
  Result<void> replace(std::vector<TrustedPeer> changed) {
    if (auto written = file.empty() ? Result<void>{} : write(changed); !written) return written;
    peers = std::move(changed);
    return {};
  }

 private:
  [[nodiscard]] Result<void> write(const std::vector<TrustedPeer>& list) const {
    std::string text(heading);
    text += '\n';
    for (const auto& peer : list) text += line_of(peer);
    return write_private_file(file, text);
  }
};

TrustStore::TrustStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
TrustStore::~TrustStore() = default;

Result<std::unique_ptr<TrustStore>> TrustStore::open(const std::filesystem::path& file) {
  auto state = std::make_unique<State>();
  state->file = file;
  const auto text = read_private_file(file, max_store_bytes);
  if (text) {
    auto peers = parse(*text, file.string());
    if (!peers) return std::unexpected(peers.error());
    state->peers = std::move(*peers);
  } else if (text.error().code != ErrorCode::not_found) {
    return std::unexpected(text.error());
  }
  return std::unique_ptr<TrustStore>(new TrustStore(std::move(state)));
}

std::unique_ptr<TrustStore> TrustStore::in_memory() {
  return std::unique_ptr<TrustStore>(new TrustStore(std::make_unique<State>()));
}

std::vector<TrustedPeer> TrustStore::peers() const {
  const std::lock_guard lock(state_->mutex);
  return state_->peers;
}

std::optional<TrustedPeer> TrustStore::find(const Fingerprint& fingerprint) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = std::ranges::find(state_->peers, fingerprint, &TrustedPeer::fingerprint);
  if (found == state_->peers.end()) return std::nullopt;
  return *found;
}

Result<void> TrustStore::add(const TrustedPeer& peer) {
  const std::lock_guard lock(state_->mutex);
  auto changed = state_->peers;
  std::erase_if(changed, [&](const TrustedPeer& p) { return p.fingerprint == peer.fingerprint; });
  changed.push_back(peer);
  changed.back().name = printable(peer.name);
  return state_->replace(std::move(changed));
}

Result<TrustedPeer> TrustStore::remove(const std::string& name_or_fingerprint) {
  TrustedPeer removed;
  std::vector<std::function<void(const TrustedPeer&)>> listeners;
  {
    const std::lock_guard lock(state_->mutex);
    const bool may_be_prefix = name_or_fingerprint.size() >= 6;
    std::vector<TrustedPeer> matches;
    for (const auto& peer : state_->peers) {
      if (peer.name == name_or_fingerprint ||
          (may_be_prefix && to_hex(peer.fingerprint).starts_with(name_or_fingerprint)))
        matches.push_back(peer);
    }
    if (matches.empty()) return fail(ErrorCode::not_found, "nobody named '" + name_or_fingerprint + "' is paired");
    if (matches.size() > 1)
      return fail(ErrorCode::invalid_argument,
                  "'" + name_or_fingerprint + "' fits several; give the first digits of one's fingerprint");
    removed = matches.front();
    auto changed = state_->peers;
    std::erase(changed, removed);
    if (auto done = state_->replace(std::move(changed)); !done) return std::unexpected(done.error());
    listeners = state_->listeners;
  }
  for (const auto& listener : listeners) listener(removed);
  return removed;
}

void TrustStore::on_removed(std::function<void(const TrustedPeer&)> listener) {
  const std::lock_guard lock(state_->mutex);
  state_->listeners.push_back(std::move(listener));
}

}  // namespace pf::control
