#include "load/connection.h"

#include "base/number.h"
#include "http/framed_body.h"
#include "http/framing.h"
#include "http/head_parser.h"

namespace hancock::load {
namespace {

constexpr size_t kBodyBytesMax = 1 << 20;

Answer answer_of(const http::ResponseView& head) {
  const auto text = [&](std::string_view name) { return std::string(head.get(name).value_or("")); };
  const auto number = [&](std::string_view name) {
    return parse_number<uint64_t>(head.get(name).value_or(""));
  };
  Answer answer;
  answer.status = head.status;
  answer.error = text("X-Slardar-Error");
  answer.accept = text("Sec-WebSocket-Accept");
  answer.task = text("Sample-Task");
  answer.version = number("Sample-Version").value_or(0);
  answer.number = number("Sample-Number").value_or(0);
  return answer;
}

}  // namespace

io::Async<Result<std::unique_ptr<Connection>>> Connection::open(io::Loop& loop, io::Address address,
                                                                TimePoint deadline) {
  auto stream = co_await io::connect(loop, std::move(address), deadline);
  if (!stream) co_return forward_error(stream);
  co_return std::make_unique<Connection>(std::move(*stream));
}

io::Async<Result<Answer>> Connection::ask(std::string request, TimePoint deadline) {
  keeps_ = false;
  auto sent = co_await stream_->send(request, deadline);
  (void)sent;  // an answer may be there though not all was taken
  http::HeadParser parser;
  http::ResponseView head;
  while (true) {
    const http::HeadProgress progress = parser.parse(buffer_.view(), head);
    if (progress.status == http::HeadProgress::Status::kBad)
      co_return fail(ErrorCode::kInvalid, "not HTTP: {}", progress.error.reason);
    if (progress.status == http::HeadProgress::Status::kDone) {
      buffer_.consume(progress.consumed);
      break;
    }
    auto received = co_await buffer_.fill(deadline);
    if (!received) co_return forward_error(received, "no answer");
    if (*received == 0) co_return fail(ErrorCode::kClosed, "no answer: the connection was closed");
  }
  Answer answer = answer_of(head);
  if (answer.status == 101) co_return answer;
  const http::Framing framing = http::response_framing(head, "GET");
  keeps_ = http::response_keeps_connection(head, framing);
  http::FramedBody body(buffer_, framing);
  auto whole = co_await http::read_all(body, kBodyBytesMax, deadline);
  if (!whole) {
    keeps_ = false;
    co_return forward_error(whole, "half an answer");
  }
  answer.body = std::move(*whole);
  co_return answer;
}

}  // namespace hancock::load
