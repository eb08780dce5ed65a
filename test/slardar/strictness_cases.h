// StrictnessCase: bytes that leave room for two readings, to a proxy or from its peer.
#pragma once

#include <string>
#include <vector>

namespace hancock::slardar::testing {

struct StrictnessCase {
  std::string name;
  std::string bytes;     // of a request, or of an answer
  std::string mark;      // what stands there when they are passed on as they are
  std::string expected;  // what slardar does
};
/// "Strictness (request smuggling)" of the design, line by line.
std::vector<StrictnessCase> strict_requests();
std::vector<StrictnessCase> strict_answers();

}  // namespace hancock::slardar::testing
