// The Date field: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace hancock::http {

std::string http_date(WallTime time);

/// The Date of now, written anew once a second. One thread.
class DateText {
 public:
  /// Valid until the next call.
  std::string_view at(TimePoint now);

 private:
  TimePoint written_ = TimePoint::min();
  std::string text_;
};

}  // namespace hancock::http
