// Options: what the command line asks for.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/address.h"

namespace hancock::load {

struct Options {
  std::vector<io::Address> gateways;  // at least one
  std::vector<io::Address> tcp;       // entrances of the same gateways for TCP streams; may be fewer
  std::string host;
  uint64_t rate = 1000;     // requests a second
  uint64_t count = 1000;    // of requests
  bool goes_on = false;     // past `count`, until SIGTERM
  size_t at_once = 10'000;  // further requests wait until others have ended
  size_t web_sockets = 8;
  size_t streams = 4;
  Duration slow = 1s;           // what a slow answer takes
  Duration patience = 10s;      // with one answer, without what it takes on purpose
  Duration drain_timeout = 0s;  // how long a stream may stay after its Version has been replaced
  std::string log;              // a line for each request; "": none

  /// Errors: kInvalid, with what is to be said to the user.
  static Result<Options> parse(int argc, char** argv);
};

}  // namespace hancock::load
