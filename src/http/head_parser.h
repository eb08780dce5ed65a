// HeadParser: reads the head of an HTTP/1 request or response, strictly (docs/http.md), without copying.
//
//   RequestView head;
//   HeadParser parser(limits);
//   HeadProgress progress = parser.parse(bytes, head);   // bytes: all since the head's first
//   kNeedMore: receive more and call again with the longer input (which may have moved)
//   kDone:     head is filled with views into bytes; the body begins at progress.consumed
//   kBad:      progress.error says where and why; the connection cannot be used any further
//
// One parser a connection side, one message at a time; reset() before the next. A call without a new line end
// costs a search in the new bytes only. No allocation once the view's list of fields has grown.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/message_view.h"
#include "http/parse_error.h"

namespace hancock::http {

struct HeadLimits {
  size_t head_bytes = 32 << 10;
  size_t headers = 100;
  size_t target_bytes = 8 << 10;
};

struct HeadProgress {
  enum class Status { kNeedMore, kDone, kBad };
  Status status = Status::kNeedMore;
  size_t consumed = 0;  // kDone: bytes of the head, with the empty line
  ParseError error;     // kBad
};

class HeadParser {
 public:
  HeadParser() = default;
  explicit HeadParser(HeadLimits limits) : limits_(limits) {}

  /// One empty line before a request is skipped (RFC 9112 section 2.2).
  HeadProgress parse(std::string_view input, RequestView& head);
  HeadProgress parse(std::string_view input, ResponseView& head);
  /// Before the next message.
  void reset() { seen_ = 0; }

 private:
  class Lines;
  template <class View>
  HeadProgress run(std::string_view input, View& head);
  Check parse_lines(Lines& lines, RequestView& head);
  Check parse_lines(Lines& lines, ResponseView& head);
  Check parse_fields(Lines& lines, MessageView& head);

  HeadLimits limits_;
  size_t seen_ = 0;  // input up to here had been looked at
};

}  // namespace hancock::http
