// Owns what a C library hands out and takes back by a function of its own.
#pragma once

#include <memory>

namespace pf {

template <auto Free>
struct FreedBy {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};

/// Owned<EVP_PKEY, EVP_PKEY_free>.
template <class T, auto Free>
using Owned = std::unique_ptr<T, FreedBy<Free>>;

}  // namespace pf
