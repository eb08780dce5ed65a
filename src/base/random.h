// Random: the one door to chance, so that a run can be replayed from its seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace hancock {

class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t next() = 0;

  /// Uniform in [0, bound); bound > 0.
  uint64_t below(uint64_t bound) { return std::uniform_int_distribution<uint64_t>(0, bound - 1)(bits_); }

  /// `length` characters of [a-z0-9], the first a letter: ids that fit the naming rule.
  std::string id(size_t length);

 private:
  struct Bits {  // UniformRandomBitGenerator over next()
    using result_type = uint64_t;
    Random& random;
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return UINT64_MAX; }
    result_type operator()() { return random.next(); }
  } bits_{*this};
};

/// The kernel's entropy; thread-safe. For tokens, ids and jitter in production.
Random& system_random();

/// Deterministic from its seed. Not thread-safe.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}
  uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace hancock
