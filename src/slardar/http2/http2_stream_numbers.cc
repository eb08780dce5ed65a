#include "slardar/http2/http2_stream_numbers.h"

#include <algorithm>

namespace hancock::slardar {

bool Http2StreamNumbers::begin(int32_t stream) {
  if (stream < next_)
    return std::none_of(passed_over_.begin(), passed_over_.end(), [stream](const Range& range) {
      return range.first <= stream && stream <= range.last;
    });
  if (stream > next_) passed_over_.push_back({next_, stream - 1});
  if (passed_over_.size() > kPassedOverMax) passed_over_.erase(passed_over_.begin());
  next_ = stream == INT32_MAX ? INT32_MAX : stream + 2;
  return true;
}

}  // namespace hancock::slardar
