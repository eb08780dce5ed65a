// Mixing of bits, the same in every process and build. Pure.
#pragma once

#include <cstdint>

namespace hancock::slardar {

/// The finalizer of splitmix64: a bijection.
constexpr uint64_t mixed(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31);
}

/// The n-th of as many numbers as are wanted of one seed.
constexpr uint64_t mixed(uint64_t seed, uint64_t n) {
  return mixed(seed ^ mixed(n * 0x9e3779b97f4a7c15ULL + 1));
}

}  // namespace hancock::slardar
