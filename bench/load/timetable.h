// Timetable: when each request is made, and what it is. Decided before the first one: no answer moves the
// next request (an open loop), and a second run makes the same requests. Pure.
#pragma once

#include "load/request.h"

namespace hancock::load {

class Timetable {
 public:
  /// `rate`: requests a second, at least 1; `gateways`: at least 1.
  Timetable(TimePoint start, uint64_t rate, size_t gateways)
      : start_(start), rate_(rate), gateways_(gateways) {}

  /// In a hundred some 1 slow request, 24 POSTs, 75 GETs; each tenth on a new connection; gateways alike.
  Request at(uint64_t number) const;
  Duration period() const { return Duration(1s) / rate_; }

 private:
  TimePoint start_;
  uint64_t rate_;
  size_t gateways_;
};

}  // namespace hancock::load
