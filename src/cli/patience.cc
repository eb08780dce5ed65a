#include "cli/patience.h"

#include <cstdio>

namespace hancock::cli {

bool may_pass(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kClosed:
    case ErrorCode::kTimeout:
    case ErrorCode::kInternal:
      return true;
    default:
      return false;
  }
}

void Patience::heard(TimePoint now) {
  heard_ = now;
  ever_heard_ = true;
  if (waiting_) std::fprintf(stderr, "a Master answers again\n");
  waiting_ = false;
}

bool Patience::bears(const Error& error, TimePoint now) {
  if (!ever_heard_ || !may_pass(error) || now - heard_ > kSilenceMax) return false;
  if (!waiting_) std::fprintf(stderr, "%s; trying again\n", error.message.c_str());
  waiting_ = true;
  return true;
}

}  // namespace hancock::cli
