// What a headless run says while it runs: a JSON object a line for programs, or a sentence a line for people.
#pragma once

#include <boost/json/object.hpp>
#include <mutex>
#include <string>

namespace pf::client {

/// Any thread.
class Events {
 public:
  explicit Events(bool json) : json_(json) {}
  /// `sentence` is for people; programs get {"event": name} and `fields`. An empty sentence is for programs alone.
  void say(const std::string& name, boost::json::object fields, const std::string& sentence);

 private:
  const bool json_;
  std::mutex mutex_;
};

}  // namespace pf::client
