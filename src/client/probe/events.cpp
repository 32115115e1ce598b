#include "client/probe/events.h"

#include <boost/json/serialize.hpp>
#include <cstdio>

namespace pf::client {

void Events::say(const std::string& name, boost::json::object fields, const std::string& sentence) {
  std::string line = sentence;
  if (json_) {
    boost::json::object object{{"event", name}};
    for (auto& [key, value] : fields) object[key] = std::move(value);
    line = boost::json::serialize(object);
  }
  if (line.empty()) return;
  const std::lock_guard lock(mutex_);
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace pf::client
