#include "http/framed_body.h"

#include <algorithm>

namespace hancock::http {

FramedBody::FramedBody(ReadBuffer& buffer, Framing framing)
    : buffer_(buffer),
      kind_(framing.kind),
      left_(framing.length),
      ended_(framing.kind == Framing::Kind::kNone) {}

io::Async<Result<std::string_view>> FramedBody::read(TimePoint deadline) {
  while (!ended_) {
    const std::string_view input = buffer_.view();
    if (!input.empty()) {
      auto piece = take(input);
      if (!piece || !piece->empty()) co_return piece;
      continue;
    }
    auto received = co_await buffer_.fill(deadline);
    if (!received) co_return forward_error(received, "body");
    if (*received > 0) continue;
    if (kind_ != Framing::Kind::kUntilClose) {
      co_return fail(ErrorCode::kClosed, "the connection ended inside the body");
    }
    ended_ = true;
  }
  co_return std::string_view();
}

// The next piece out of `input`, which is not empty; "" when it held none.
Result<std::string_view> FramedBody::take(std::string_view input) {
  if (kind_ == Framing::Kind::kChunked) return take_chunked(input);
  if (kind_ == Framing::Kind::kLength) {
    input = input.substr(0, left_);
    left_ -= input.size();
    ended_ = left_ == 0;
  }
  buffer_.consume(input.size());
  return input;
}

Result<std::string_view> FramedBody::take_chunked(std::string_view input) {
  const ChunkedStep step = decoder_.next(input);
  buffer_.consume(step.consumed);
  if (step.status == ChunkedStep::Status::kBad) {
    return fail(ErrorCode::kInvalid, "broken chunked body at byte {}: {}", step.error.offset,
                step.error.reason);
  }
  ended_ = step.status == ChunkedStep::Status::kDone;
  return step.data;
}

}  // namespace hancock::http
