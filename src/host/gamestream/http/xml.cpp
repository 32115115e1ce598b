#include "host/gamestream/http/xml.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

#include "core/wire/utf8.h"

namespace pf::host::gamestream {
namespace {

namespace tree = boost::property_tree;

std::string printable(std::string text) {
  const bool ascii_only = !wire::valid_utf8(text);
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (ascii_only && byte >= 0x80)) c = '?';
  }
  return text;
}

}  // namespace

XmlAnswer& XmlAnswer::add(std::string name, std::string text) {
  nodes_.push_back({std::move(name), std::move(text), {}});
  return *this;
}

XmlAnswer& XmlAnswer::add_group(std::string name, Elements elements) {
  nodes_.push_back({std::move(name), {}, std::move(elements)});
  return *this;
}

std::string XmlAnswer::text() const {
  tree::ptree document;
  auto& root = document.add_child("root", {});
  root.put("<xmlattr>.status_code", status_code_);
  if (!status_message_.empty()) root.put("<xmlattr>.status_message", printable(status_message_));
  for (const auto& node : nodes_) {
    auto& element = root.add_child(node.name, tree::ptree(printable(node.text)));
    for (const auto& [name, text] : node.group) element.add_child(name, tree::ptree(printable(text)));
  }
  std::ostringstream out;
  tree::write_xml(out, document);
  return out.str();
}

}  // namespace pf::host::gamestream
