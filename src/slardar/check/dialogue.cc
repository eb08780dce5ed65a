#include "slardar/check/dialogue.h"

#include "io/tcp.h"

namespace hancock::slardar {

io::Async<Result<Dialogue>> Dialogue::open(io::Loop& loop, const CheckTarget& target, TimePoint deadline) {
  auto connected = co_await io::connect(loop, target.address, deadline);
  if (!connected) co_return forward_error(connected);
  if (!target.tls) {
    std::unique_ptr<io::Stream> plain = std::move(*connected);
    co_return Dialogue(std::move(plain), deadline);
  }
  auto encrypted = co_await encrypt(*target.tls, std::move(*connected), deadline);
  if (!encrypted) co_return forward_error(encrypted);
  co_return Dialogue(std::move(*encrypted), deadline);
}

io::Async<Result<void>> Dialogue::say(std::string_view bytes) {
  auto sent = co_await stream_->send(bytes, deadline_);
  if (!sent) co_return forward_error(sent, "sending");
  co_return Result<void>();
}

io::Async<Result<void>> Dialogue::receive() {
  char piece[4096];
  auto count = co_await stream_->recv(piece, deadline_);
  if (!count) co_return forward_error(count, "waiting for the answer");
  if (*count == 0) co_return fail(ErrorCode::kClosed, "the server closed the connection");
  input_.append(piece, *count);
  co_return Result<void>();
}

io::Async<Result<std::string>> Dialogue::line() {
  while (true) {
    const size_t end = input_.find('\n');
    if (end != std::string::npos) {
      std::string line = input_.substr(0, end > 0 && input_[end - 1] == '\r' ? end - 1 : end);
      input_.erase(0, end + 1);
      co_return line;
    }
    if (input_.size() > kLineMax)
      co_return fail(ErrorCode::kTooLarge, "no end of a line in {} bytes", kLineMax);
    auto more = co_await receive();
    if (!more) co_return forward_error(more);
  }
}

io::Async<Result<std::string>> Dialogue::bytes(size_t count) {
  if (count > kBytesMax) co_return fail(ErrorCode::kTooLarge, "an answer of {} bytes", count);
  while (input_.size() < count) {
    auto more = co_await receive();
    if (!more) co_return forward_error(more);
  }
  std::string taken = input_.substr(0, count);
  input_.erase(0, count);
  co_return taken;
}

}  // namespace hancock::slardar
