// The test vectors of docs/protocol.md, as that page has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace pf::test {

/// A named row of bytes, and what they say.
class PageVector {
 public:
  std::vector<std::byte> bytes;

  void set(const std::string& key, const std::string& value) { values_[key] = value; }
  /// Each fails the test when the page has no such value, and marks it as looked at.
  [[nodiscard]] const std::string& text(const std::string& key) const;
  [[nodiscard]] std::int64_t number(const std::string& key) const;
  [[nodiscard]] std::vector<std::int64_t> numbers(const std::string& key) const;
  [[nodiscard]] std::vector<std::byte> hex(const std::string& key) const;
  [[nodiscard]] std::vector<std::string> words(const std::string& key) const;
  /// What the page says and nobody has asked for.
  [[nodiscard]] std::vector<std::string> unread() const;

 private:
  std::map<std::string, std::string> values_;
  mutable std::set<std::string> read_;
};

struct ProtocolPage {
  std::map<std::string, PageVector> vectors;
  std::map<std::string, std::vector<std::byte>> invalid;
};

/// Throws std::runtime_error with the line's number when the page is not there or not of this form.
ProtocolPage read_protocol_page(const std::string& file);

}  // namespace pf::test
