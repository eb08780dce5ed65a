#include "base/random.h"

#include <sys/random.h>

#include <cstdlib>

namespace hancock {

std::string Random::id(size_t length) {
  static constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string result(length, 'a');
  for (size_t i = 0; i < length; ++i) result[i] = kAlphabet[below(i == 0 ? 26 : 36)];
  return result;
}

namespace {

class SystemRandom final : public Random {
 public:
  uint64_t next() override {
    uint64_t value = 0;
    if (getrandom(&value, sizeof value, 0) != sizeof value) std::abort();
    return value;
  }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace hancock
