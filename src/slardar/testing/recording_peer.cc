#include "slardar/testing/recording_peer.h"

#include <optional>

#include "http/framing.h"
#include "http/head_parser.h"
#include "slardar/http/body_scanner.h"
#include "slardar/testing/peers.h"

namespace hancock::slardar::testing {
namespace {

struct Request {
  size_t bytes = 0;
  bool is_last = false;
};

/// The request that `input` begins with; nullopt while it is not whole, 0 bytes when it is none.
std::optional<Request> whole_request(const std::string& input) {
  http::HeadParser parser;
  http::RequestView head;
  const http::HeadProgress progress = parser.parse(input, head);
  if (progress.status == http::HeadProgress::Status::kBad) return Request();
  if (progress.status == http::HeadProgress::Status::kNeedMore) return std::nullopt;
  Request request{progress.consumed, head.target == "/last"};
  BodyScanner body;
  body.begin(http::request_framing(head));
  std::string rest = input.substr(progress.consumed);
  while (!body.done()) {
    if (rest.empty()) return std::nullopt;
    const BodyScanner::Piece piece = body.next_piece(rest);
    if (piece.status == BodyScanner::Status::kBad) return Request();
    if (piece.consumed == 0) return std::nullopt;
    request.bytes += piece.consumed;
    rest.erase(0, piece.consumed);
  }
  return request;
}

}  // namespace

RecordingPeer::RecordingPeer(io::Loop& loop) : loop_(loop) {
  listener_ = *io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"));
  scope_.spawn(accept());
}

void RecordingPeer::begin(std::string answer, Then then) {
  answer_ = std::move(answer);
  then_ = then;
  requests_.clear();
  partial_.clear();
  accepted_ = 0;
}

std::string RecordingPeer::seen() const {
  std::string all;
  for (const std::string& each : requests_) all += each;
  for (const auto& each : partial_) all += *each;
  return all;
}

io::Async<void> RecordingPeer::accept() {
  while (true) {
    auto stream = co_await listener_->accept();
    if (!stream) co_return;
    ++accepted_;
    scope_.spawn(serve(std::move(*stream)));
  }
}

io::Async<void> RecordingPeer::serve(std::unique_ptr<io::SocketStream> stream) {
  std::vector<char> room(64 << 10);
  const auto input = std::make_shared<std::string>();
  partial_.push_back(input);
  while (true) {
    const std::optional<Request> request = whole_request(*input);
    if (!request || request->bytes == 0) {
      if (request && !input->empty()) co_return;
      auto count = co_await stream->recv(room, loop_.now() + kPatience);
      if (!count || *count == 0) co_return;
      input->append(room.data(), *count);
      continue;
    }
    if (!request->is_last) requests_.push_back(input->substr(0, request->bytes));
    input->erase(0, request->bytes);
    const std::string answer = request->is_last ? std::string(kLast) : answer_;
    if (answer.empty()) co_return;
    auto sent = co_await stream->send(answer, loop_.now() + kPatience);
    if (!sent || (then_ == Then::kClose && !request->is_last)) co_return;
  }
}

}  // namespace hancock::slardar::testing
