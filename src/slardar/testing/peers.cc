#include "slardar/testing/peers.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "http/head_parser.h"
#include "slardar/http/body_scanner.h"

namespace hancock::slardar::testing {
namespace {

io::Async<Result<void>> send_all(io::Stream& stream, std::string_view bytes) {
  co_return co_await stream.send(bytes, stream.loop().now() + kPatience);
}

io::Async<Result<size_t>> recv_some(io::Stream& stream, std::span<char> room) {
  co_return co_await stream.recv(room, stream.loop().now() + kPatience);
}

}  // namespace

uint16_t free_port(io::Loop& loop) {
  while (true) {
    const auto port = static_cast<uint16_t>(20'000 + system_random().below(10'000));
    if (io::Listener::listen(loop, *io::Address::of("127.0.0.1", port))) return port;
  }
}

Visitor::Visitor(io::Loop& loop, const io::Address& address) : loop_(loop) {
  auto stream = loop_.block_on(io::connect(loop_, address, loop_.now() + kPatience));
  EXPECT_TRUE(stream) << (stream ? "" : stream.error().message);
  if (stream) stream_ = std::move(*stream);
}

void Visitor::send(std::string_view bytes) {
  const auto sent = loop_.block_on(send_all(*stream_, bytes));
  EXPECT_TRUE(sent) << sent.error().message;
}

bool Visitor::receive() {
  std::vector<char> room(256 << 10);
  const auto count = loop_.block_on(recv_some(*stream_, room));
  was_reset_ |= !count && count.error().code == ErrorCode::kClosed;
  if (!count || *count == 0) return false;
  input_.append(room.data(), *count);
  return true;
}

std::string Visitor::some(size_t bytes) {
  while (input_.size() < bytes && receive()) {
  }
  return std::exchange(input_, {});
}

std::string Visitor::rest() {
  while (receive()) {
  }
  return std::exchange(input_, {});
}

http::Answer Visitor::answer(std::string_view method) {
  http::HeadParser parser;
  http::ResponseView head;
  while (true) {
    const http::HeadProgress progress = parser.parse(input_, head);
    if (progress.status == http::HeadProgress::Status::kBad)
      ADD_FAILURE() << progress.error.reason << ": " << input_;
    if (progress.status == http::HeadProgress::Status::kBad) return {};
    if (progress.status == http::HeadProgress::Status::kNeedMore) {
      if (!receive()) return {};
      continue;
    }
    http::Answer answer;
    answer.status = head.status;
    answer.headers = head.to_head().headers;
    const http::Framing framing = http::response_framing(head, method);
    input_.erase(0, progress.consumed);
    BodyScanner body;
    body.begin(framing);
    while (!body.done()) {
      const BodyScanner::Piece piece = body.next_piece(input_);
      answer.body += piece.data;
      input_.erase(0, piece.consumed);
      if (piece.status == BodyScanner::Status::kBad) return {};
      if (piece.status == BodyScanner::Status::kMore && input_.empty() && !receive()) {
        if (framing.kind != http::Framing::Kind::kUntilClose) answer.status = 0;
        return answer;
      }
    }
    return answer;
  }
}

HttpPeer::HttpPeer(io::Loop& loop, Answer answer)
    : loop_(loop),
      answer_(std::move(answer)),
      server_(loop, [this](http::Exchange& exchange) { return handle(exchange); }) {
  address_ = *server_.listen(*io::Address::parse("127.0.0.1:0"));
}

HttpPeer::~HttpPeer() { loop_.block_on(server_.close(loop_.now())); }

io::Async<void> HttpPeer::handle(http::Exchange& exchange) {
  const auto body = co_await http::read_all(exchange.body(), 64 << 20, loop_.now() + kPatience);
  ++requests_;
  last_ = exchange.request();
  if (!body) co_return;
  http::Response response = answer_(exchange.request(), *body);
  auto sent = co_await exchange.respond(std::move(response));
  (void)sent;
}

ScriptedPeer::ScriptedPeer(io::Loop& loop, std::deque<Script> connections)
    : loop_(loop), connections_(std::move(connections)) {
  listener_ = *io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"));
  scope_.spawn(accept());
}

io::Async<void> ScriptedPeer::accept() {
  while (true) {
    auto stream = co_await listener_->accept();
    if (!stream) co_return;
    ++accepted_;
    Script script;
    if (!connections_.empty()) {
      script = std::move(connections_.front());
      connections_.pop_front();
    }
    scope_.spawn(serve(std::move(*stream), std::move(script)));
  }
}

io::Async<void> ScriptedPeer::serve(std::unique_ptr<io::SocketStream> stream, Script script) {
  std::vector<char> room(64 << 10);
  std::string input;
  for (const std::string& answer : script) {
    while (input.find("\r\n\r\n") == std::string::npos) {
      auto count = co_await stream->recv(room, loop_.now() + kPatience);
      if (!count || *count == 0) co_return;
      input.append(room.data(), *count);
    }
    requests_.push_back(std::exchange(input, {}));
    auto sent = co_await stream->send(answer, loop_.now() + kPatience);
    if (!sent) co_return;
  }
}

}  // namespace hancock::slardar::testing
