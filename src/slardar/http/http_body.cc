#include "slardar/http/http_body.h"

namespace hancock::slardar {

bool HttpBody::begin() {
  scanner_.begin(http::request_framing(head_->request));
  const std::string_view input = head_->unread();
  const BodyScanner::Step step = scanner_.scan(input);
  head_->consume(step.consumed);
  set_first(input.substr(0, step.consumed));
  return step.status != BodyScanner::Status::kBad;
}

io::Async<Result<std::string_view>> HttpBody::next(TimePoint deadline) {
  if (complete()) co_return std::string_view();
  if (!visitor_.descriptor().maybe_readable()) {
    more_.reset();
    auto ready = co_await visitor_.descriptor().ready(io::Direction::kRead, deadline);
    if (!ready) co_return forward_error(ready);
  }
  if (!more_) more_ = buffers_.take();
  more_->clear();
  auto count = co_await visitor_.recv(more_->room(), deadline);
  if (!count) co_return forward_error(count);
  if (*count == 0) co_return fail(ErrorCode::kClosed, "the visitor went away inside the body");
  more_->received(*count);
  const std::string_view input = more_->unread();
  const BodyScanner::Step step = scanner_.scan(input);
  if (step.status == BodyScanner::Status::kBad) co_return fail(ErrorCode::kInvalid, "broken chunked body");
  more_->consume(step.consumed);
  const std::string_view bytes = input.substr(0, step.consumed);
  keep(bytes);
  co_return bytes;
}

void HttpBody::give_back() {
  if (more_ && !more_->unread().empty()) head_ = std::move(more_);
}

}  // namespace hancock::slardar
