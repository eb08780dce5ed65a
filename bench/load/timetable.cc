#include "load/timetable.h"

namespace hancock::load {
namespace {

/// The finalizer of splitmix64: neighbours come to unlike numbers.
uint64_t scattered(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

Kind kind_of(uint64_t percentile) {
  if (percentile < 1) return Kind::kSlow;
  return percentile < 25 ? Kind::kPost : Kind::kGet;
}

}  // namespace

Request Timetable::at(uint64_t number) const {
  const uint64_t chance = scattered(number);
  Request request;
  request.number = number;
  request.kind = kind_of(chance % 100);
  request.way = chance / 100 % 10 == 0 ? Way::kFresh : Way::kKept;
  request.gateway = chance / 1000 % gateways_;
  // Seconds apart from what is less than one: no drift, and no overflow in years.
  request.due = start_ + std::chrono::seconds(number / rate_) + Duration(1s) * (number % rate_) / rate_;
  return request;
}

}  // namespace hancock::load
