// A struct of punktfunk.h that says how large it is.
#pragma once

namespace pf::test {

template <class S>
S sized() {
  S s{};
  s.struct_size = sizeof(S);
  return s;
}

}  // namespace pf::test
