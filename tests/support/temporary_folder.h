// A folder that goes away with the test.
#pragma once

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace pf::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::array<char, 32> name{"/tmp/punktfunk-test-XXXXXX"};
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder in /tmp");
    path_ = name.data();
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace pf::test
