// CheckOptions: how the servers of one upstream are checked. Values only; any thread.
//
// These defaults are those of an operator's upstream (docs/checkups.md); a Service's are its route's to say.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace hancock::slardar {

struct CheckOptions {
  bool enable = true;  // false: never checked
  std::string kind = "general";
  std::chrono::milliseconds timeout{5'000};   // to connect, to send and to read
  std::chrono::milliseconds interval{5'000};  // from the end of a check to the next one
  uint32_t fall = 1;                          // failures in a row that change the status
  uint32_t rise = 1;                          // successes in a row that heal
  bool protect = true;                        // when all fail, the first stays usable
  std::string query;                          // http: what is sent
  std::map<int, bool> statuses;               // false: that code is a failure, of checks and of requests
  std::string user;
  std::string password;
  std::string name;  // of a database
  friend bool operator==(const CheckOptions&, const CheckOptions&) = default;
};

}  // namespace hancock::slardar
