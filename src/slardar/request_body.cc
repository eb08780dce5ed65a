#include "slardar/request_body.h"

#include <cstring>

namespace hancock::slardar {

bool RequestBody::begin(const http::Framing& framing, MessageBuffer& head) {
  scanner_.begin(framing);
  const std::string_view input = head.unread();
  const BodyScanner::Step step = scanner_.scan(input);
  first_ = input.substr(0, step.consumed);
  head.consume(step.consumed);
  replayable_ = first_.size() <= kKeptMax || complete();
  return step.status != BodyScanner::Status::kBad;
}

io::Async<Result<std::string_view>> RequestBody::next(TimePoint deadline) {
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

void RequestBody::keep(std::string_view bytes) {
  if (!replayable_) return;
  if (first_.size() + kept_.size() + bytes.size() <= kKeptMax) {
    kept_ += bytes;
    return;
  }
  replayable_ = false;
  kept_ = {};
}

void RequestBody::give_back(MessageBuffer& head) {
  if (!more_ || more_->unread().empty()) return;
  const std::string_view rest = more_->unread();
  head.clear();
  const std::span<char> room = head.room();
  std::memcpy(room.data(), rest.data(), rest.size());
  head.received(rest.size());
  more_.reset();
}

}  // namespace hancock::slardar
