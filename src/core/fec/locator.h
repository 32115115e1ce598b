// The polynomial that vanishes at a set of points, evaluated everywhere at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pf::fec {

/// `set` has a value for each of the points 0 .. 2^n - 1, n from 1 to 16: 1 for members, 0 for others. Each is replaced
/// by the logarithm (gf16.h) of the product of the distances from its point to all members but itself: the set's
/// polynomial at other points, its derivative at members. `scratch` is work memory. O(2^n * n) (Didier, "Efficient
/// erasure decoding of Reed-Solomon codes", 2009).
void locate(std::span<std::uint32_t> set, std::vector<std::uint32_t>& scratch);

}  // namespace pf::fec
