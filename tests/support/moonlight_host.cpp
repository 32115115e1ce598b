#include "support/moonlight_host.h"

#include <openssl/rand.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

namespace pf::test {
namespace {

constexpr const char* who = "uniqueid=0123456789ABCDEF";

std::string app_of(const std::string& list, const std::string& title) {
  std::istringstream in(list);
  boost::property_tree::ptree tree;
  boost::property_tree::read_xml(in, tree);
  for (const auto& [name, app] : tree.get_child("root"))
    if (name == "App" && (title.empty() || app.get("AppTitle", "") == title)) return app.get("ID", "");
  return "0";
}

std::string hex_of(const GameStreamKey& key) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string text;
  for (const auto byte : key) {
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

}  // namespace

std::string MoonlightHost::pair(const std::string& pin) {
  MoonlightPairing client(identity_, pin);
  const std::string step = std::string("/pair?") + who + "&devicename=roth&updateState=1&";
  const auto failed = [](const std::string& which, const HttpAnswer& said) {
    return said.status == 200 && said.element("paired") == "1" ? std::string() : which + ": " + said.body;
  };
  const auto one = http_get(
      http_, step + "phrase=getservercert&salt=" + client.salt() + "&clientcert=" + client.certificate(), host_);
  if (const auto no = failed("getservercert", one); !no.empty()) return no;
  client.take_host_certificate(one.element("plaincert"));
  const auto two = http_get(http_, step + "clientchallenge=" + client.challenge(), host_);
  if (const auto no = failed("clientchallenge", two); !no.empty()) return no;
  const auto three =
      http_get(http_, step + "serverchallengeresp=" + client.answer(two.element("challengeresponse")), host_);
  if (const auto no = failed("serverchallengeresp", three); !no.empty()) return no;
  if (!client.check(three.element("pairingsecret"))) return "the host does not know the PIN";
  const auto four = http_get(http_, step + "clientpairingsecret=" + client.secret(), host_);
  if (const auto no = failed("clientpairingsecret", four); !no.empty()) return no;
  return failed("pairchallenge", get(step + "phrase=pairchallenge"));
}

GameStreamClientOptions MoonlightHost::start(const std::string& verb, const Mode& mode, const std::string& title) {
  GameStreamClientOptions options;
  options.host = net::resolve(host_, 0).value().front();
  options.mode = mode;
  RAND_bytes(reinterpret_cast<unsigned char*>(options.key.data()), static_cast<int>(options.key.size()));
  RAND_bytes(reinterpret_cast<unsigned char*>(&options.key_id), sizeof options.key_id);
  const auto app = verb == "launch" ? app_of(get(std::string("/applist?") + who).body, title) : "0";
  answer =
      get("/" + verb + "?" + who + "&appid=" + app + "&mode=" + std::to_string(mode.width) + "x" +
          std::to_string(mode.height) + "x" + std::to_string(mode.refresh_mhz / 1000) +
          "&additionalStates=1&sops=0&rikey=" + hex_of(options.key) + "&rikeyid=" + std::to_string(options.key_id) +
          "&localAudioPlayMode=0&surroundAudioInfo=196610&gcmap=0&corever=1");
  if (answer.status != 200) return options;
  const auto url = answer.element("sessionUrl0");
  if (const auto colon = url.rfind(':'); colon != std::string::npos)
    options.rtsp = static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1)));
  options.sealed = url.starts_with("rtspenc:");
  return options;
}

}  // namespace pf::test
