// The client handle.
#pragma once

#include <string>

#include "abi/identity_store.h"

/// Set when it is made; what it points to may be used from any thread.
struct punktfunk_client {
  std::string name;
  pf::abi::IdentityStore store;
};
