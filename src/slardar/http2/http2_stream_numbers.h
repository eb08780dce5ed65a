// Http2StreamNumbers: whether a visitor's streams are numbered as RFC 9113 section 5.1.1 asks: each number is
// higher than those before, and what is passed over is closed for good.
//
// A number that is not higher may be that of a stream which has ended, whose trailers were on their way; one
// that was passed over cannot. Pure; memory only for who passes numbers over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hancock::slardar {

class Http2StreamNumbers {
 public:
  /// Ranges that are remembered, the newest ones.
  static constexpr size_t kPassedOverMax = 32;

  /// A head begins on that stream. False: its number was passed over.
  bool begin(int32_t stream);

 private:
  struct Range {
    int32_t first;
    int32_t last;
  };
  int32_t next_ = 1;
  std::vector<Range> passed_over_;  // oldest first
};

}  // namespace hancock::slardar
