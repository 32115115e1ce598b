#include "core/base/version.h"

namespace pf {

const char* software_version() {
  return PUNKTFUNK_VERSION;
}

const char* software_name() {
  return "punktfunk " PUNKTFUNK_VERSION;
}

}  // namespace pf
