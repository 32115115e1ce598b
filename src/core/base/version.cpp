#include "core/base/version.h"

namespace pf {

std::string_view software_version() {
  return PUNKTFUNK_VERSION;
}

std::string_view software_name() {
  return "punktfunk " PUNKTFUNK_VERSION;
}

}  // namespace pf
