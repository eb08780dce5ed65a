// Request: one that a visitor makes: which, when, through which gateway. A plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace hancock::load {

enum class Kind {
  kGet,
  kPost,  // with a body, which comes back
  kSlow,  // the answer takes a while
};
enum class Way { kKept, kFresh };  // a connection that was used before, or a new one

struct Request {
  uint64_t number = 0;  // from 0
  Kind kind = Kind::kGet;
  Way way = Way::kKept;
  size_t gateway = 0;  // which it would go to, when that one is well
  TimePoint due;
};

inline std::string_view to_string(Kind kind) {
  return kind == Kind::kGet ? "get" : kind == Kind::kPost ? "post" : "slow";
}
inline std::string_view to_string(Way way) { return way == Way::kKept ? "kept" : "fresh"; }

}  // namespace hancock::load
