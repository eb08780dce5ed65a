#include "faulty_peer.h"

#include <array>

#include "http/head_parser.h"
#include "slardar/testing/peers.h"

namespace hancock::slardar::testing {
namespace {

const std::string kWell = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::map<std::string, std::string> kBroken{
    {"/half-head", "HTTP/1.1 200 OK\r\nContent-Le"},
    {"/half-body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"},
    {"/garbage", "\x15\x03\x01 garbage\r\n\r\n"},
};

const std::string& large() {
  static const std::string text =
      "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'L');
  return text;
}

io::Async<bool> send(io::SocketStream& stream, std::string_view bytes) {
  auto sent = co_await stream.send(bytes, stream.loop().now() + kPatience);
  co_return sent.has_value();
}

}  // namespace

FaultyPeer::FaultyPeer(io::Loop& loop, Ledger& ledger)
    : loop_(loop), ledger_(ledger), address_(*io::Address::of("127.0.0.1", free_port(loop))) {
  start();
}

void FaultyPeer::start() {
  listener_ = *io::Listener::listen(loop_, address_);
  scope_ = std::make_unique<io::Scope>();
  scope_->spawn(accept());
}

void FaultyPeer::stop() {
  if (scope_) scope_->cancel();
  scope_.reset();
  listener_.reset();
}

io::Async<void> FaultyPeer::accept() {
  while (true) {
    auto stream = co_await listener_->accept();
    if (!stream) co_return;
    scope_->spawn(serve(std::move(*stream)));
  }
}

io::Async<void> FaultyPeer::serve(std::unique_ptr<io::SocketStream> stream) {
  std::vector<char> room(64 << 10);
  std::string input;
  http::HeadParser parser;
  http::RequestView head;
  while (true) {
    const http::HeadProgress progress = parser.parse(input, head);
    const bool has_head = progress.status == http::HeadProgress::Status::kDone;
    const size_t whole = has_head ? progress.consumed + head.content_length.value_or(0) : 0;
    const bool is_early = has_head && head.target == "/early";
    if (!has_head || (input.size() < whole && !is_early)) {
      parser.reset();
      auto count = co_await stream->recv(room, loop_.now() + kPatience);
      if (!count || *count == 0) co_return;
      input.append(room.data(), *count);
      continue;
    }
    const int seen = ++ledger_[std::string(head.get("X-Id").value_or(""))];
    const std::string path(head.target);
    if (is_early) {
      co_await answer_early(*stream);
      co_return;
    }
    input.erase(0, whole);
    parser.reset();
    const Then then = co_await answer(*stream, path, seen);
    if (then == Then::kClose) co_return;
  }
}

io::Async<FaultyPeer::Then> FaultyPeer::answer(io::SocketStream& stream, std::string path, int seen) {
  if (path == "/die" && seen == 1) co_return Then::kClose;
  if (path == "/stall") {
    std::array<char, 1> more{};
    const std::span<char> room(more);
    auto end = co_await stream.recv(room, loop_.now() + kPatience);  // until the gateway gives up
    (void)end;
    co_return Then::kClose;
  }
  const auto broken = kBroken.find(path);
  const bool is_broken = broken != kBroken.end();
  const std::string& text = is_broken ? broken->second : path == "/large" ? large() : kWell;
  const bool sent = co_await send(stream, text);
  co_return !sent || is_broken || path == "/idle-close" ? Then::kClose : Then::kGoOn;
}

io::Async<void> FaultyPeer::answer_early(io::SocketStream& stream) {
  const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
  const bool sent = co_await send(stream, text);
  stream.shutdown_write();
  std::vector<char> room(64 << 10);
  while (sent) {
    auto count = co_await stream.recv(room, loop_.now() + kPatience);
    if (!count || *count == 0) co_return;
  }
}

}  // namespace hancock::slardar::testing
