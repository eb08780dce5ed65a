// Certificates for tests, made as they are asked for: P-256 keys, signed by a CA of the test's own.
//
//   TestCa ca;
//   PemPair pem = ca.issue({"shop.test", "*.shop.test", "127.0.0.1"});
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"

namespace hancock::io::testing {

struct PemPair {
  std::string chain;
  std::string key;
};

class TestCa {
 public:
  TestCa();
  ~TestCa();
  /// Each is another one, also for the same names. Ends `lasts` from now; may be in the past.
  PemPair issue(const std::vector<std::string>& names, Duration lasts = 24h);
  const std::string& pem() const { return pem_; }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::string pem_;
};

}  // namespace hancock::io::testing
