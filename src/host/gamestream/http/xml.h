// The XML that GameStream's clients read: one element called root with a status, and elements of text in it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pf::host::gamestream {

class XmlAnswer {
 public:
  using Elements = std::vector<std::pair<std::string, std::string>>;
  explicit XmlAnswer(unsigned status_code = 200, std::string status_message = {})
      : status_code_(status_code), status_message_(std::move(status_message)) {}

  XmlAnswer& add(std::string name, std::string text);
  /// An element that holds others.
  XmlAnswer& add_group(std::string name, Elements elements);
  /// The document. Characters that XML 1.0 has no place for become '?'.
  [[nodiscard]] std::string text() const;

 private:
  struct Node {
    std::string name;
    std::string text;
    Elements group;
  };
  unsigned status_code_;
  std::string status_message_;
  std::vector<Node> nodes_;
};

}  // namespace pf::host::gamestream
