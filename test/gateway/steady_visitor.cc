#include "steady_visitor.h"

#include "http/framing.h"
#include "http/head_parser.h"
#include "slardar/http/body_scanner.h"
#include "slardar/testing/peers.h"

namespace hancock::slardar::testing {

io::Async<void> SteadyVisitor::ask(size_t count) {
  while (got_.size() < count) co_await ask_once();
}

io::Async<void> SteadyVisitor::ask_while(const bool* goes_on) {
  while (*goes_on) co_await ask_once();
}

std::string SteadyVisitor::request(const Got& got) const {
  std::string text = got.method + " " + path_ + " HTTP/1.1\r\nHost: shop.test\r\nX-Id: " + got.id + "\r\n";
  if (got.method == "GET") return text + "\r\n";
  return text + "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n" + std::string(body_bytes, 'b');
}

io::Async<void> SteadyVisitor::ask_once() {
  Got got;
  got.id = name_ + "-" + std::to_string(got_.size());
  got.method = body_bytes > 0 && got_.size() % 2 == 1 ? "POST" : "GET";
  if (!stream_) {
    auto stream = co_await io::connect(loop_, gateway_, loop_.now() + kPatience);
    if (stream) stream_ = std::move(*stream);
  }
  if (stream_) {
    const std::string text = request(got);
    auto sent = co_await stream_->send(text, loop_.now() + kPatience);
    (void)sent;  // an answer may be there though not all was taken
    co_await read_answer(got);
  }
  got_.push_back(std::move(got));
}

io::Async<void> SteadyVisitor::read_answer(Got& got) {
  std::vector<char> room(64 << 10);
  std::string input;
  http::HeadParser parser;
  http::ResponseView head;
  BodyScanner body;
  bool persistent = false;
  while (true) {
    if (got.status == 0) {
      const http::HeadProgress progress = parser.parse(input, head);
      if (progress.status == http::HeadProgress::Status::kBad) break;
      if (progress.status == http::HeadProgress::Status::kDone) {
        got.status = head.status;
        got.error = head.get("X-Slardar-Error").value_or("");
        persistent = head.persistent();
        body.begin(http::response_framing(head, got.method));
        input.erase(0, progress.consumed);
      }
    }
    if (got.status != 0) {
      const BodyScanner::Step step = body.scan(input);
      input.erase(0, step.consumed);
      got.is_whole = body.done();
      if (got.is_whole && persistent) co_return;
      if (got.is_whole || step.status == BodyScanner::Status::kBad) break;
    }
    auto count = co_await stream_->recv(room, loop_.now() + kPatience);
    if (!count || *count == 0) break;
    input.append(room.data(), *count);
  }
  stream_.reset();
}

}  // namespace hancock::slardar::testing
