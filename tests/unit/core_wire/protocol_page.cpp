#include "unit/core_wire/protocol_page.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace pf::test {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \r") - first + 1);
}

bool is_hex_row(const std::string& line) {
  return line.find_first_not_of("0123456789abcdef ") == std::string::npos;
}

std::vector<std::byte> bytes_of(std::string row) {
  std::erase(row, ' ');
  std::vector<std::byte> bytes;
  if (row.size() % 2 != 0) throw std::runtime_error("half a byte in '" + row + "'");
  for (std::size_t i = 0; i < row.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(row.substr(i, 2), nullptr, 16)));
  return bytes;
}

}  // namespace

const std::string& PageVector::text(const std::string& key) const {
  static const std::string none;
  const auto found = values_.find(key);
  if (found == values_.end()) {
    ADD_FAILURE() << "the page does not say what " << key << " is";
    return none;
  }
  read_.insert(key);
  return found->second;
}

std::int64_t PageVector::number(const std::string& key) const {
  const auto& value = text(key);
  return value.empty() ? 0 : std::stoll(value);
}

std::vector<std::string> PageVector::words(const std::string& key) const {
  std::istringstream in(text(key));
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::vector<std::int64_t> PageVector::numbers(const std::string& key) const {
  std::vector<std::int64_t> out;
  for (const auto& word : words(key)) out.push_back(std::stoll(word));
  return out;
}

std::vector<std::byte> PageVector::hex(const std::string& key) const {
  return bytes_of(text(key));
}

std::vector<std::string> PageVector::unread() const {
  std::vector<std::string> out;
  for (const auto& [key, value] : values_) {
    if (!read_.contains(key)) out.push_back(key);
  }
  return out;
}

ProtocolPage read_protocol_page(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file);
  ProtocolPage page;
  PageVector* vector = nullptr;
  std::vector<std::byte>* bytes = nullptr;
  std::size_t number = 0;
  for (std::string raw; std::getline(in, raw);) {
    ++number;
    const auto line = trimmed(raw);
    const auto where = file + ":" + std::to_string(number);
    if (line == "```") {
      vector = nullptr;
      bytes = nullptr;
    } else if (line.starts_with("vector ") && raw.front() != ' ') {
      const auto name = line.substr(7);
      if (page.vectors.contains(name)) throw std::runtime_error(where + ": a second vector " + name);
      vector = &page.vectors[name];
      bytes = &vector->bytes;
    } else if (line.starts_with("invalid ") && raw.front() != ' ') {
      const auto name = line.substr(8);
      if (page.invalid.contains(name)) throw std::runtime_error(where + ": a second invalid " + name);
      vector = nullptr;
      bytes = &page.invalid[name];
    } else if (const auto equals = line.find('='); vector != nullptr && equals != std::string::npos) {
      vector->set(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
      bytes = &vector->bytes;
    } else if (bytes != nullptr) {
      if (!is_hex_row(line)) throw std::runtime_error(where + ": neither bytes nor a value");
      const auto more = bytes_of(line);
      bytes->insert(bytes->end(), more.begin(), more.end());
    }
  }
  return page;
}

}  // namespace pf::test
