#include "host/linux/process/process_group.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace pf::host {

bool group_lives(pid_t group) {
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ec)) {
    const auto name = entry.path().filename().string();
    if (!std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; })) continue;
    std::ifstream file(entry.path() / "stat");
    std::string text;
    std::getline(file, text);
    // "pid (name) state parent group ...", where the name may hold anything.
    const auto behind_name = text.rfind(')');
    if (behind_name == std::string::npos) continue;
    std::istringstream fields(text.substr(behind_name + 1));
    char state = 0;
    pid_t parent = 0;
    pid_t its_group = 0;
    if (fields >> state >> parent >> its_group && its_group == group && state != 'Z' && state != 'X') return true;
  }
  return false;
}

}  // namespace pf::host
