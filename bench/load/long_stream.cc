#include "load/long_stream.h"

#include <fmt/format.h>

namespace hancock::load {
namespace {

constexpr Duration kSayEvery = 500ms;
constexpr Duration kBeginAgain = 100ms;
// RFC 6455 section 1.3's own example.
constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr uint8_t kTextFrame = 0x81;
constexpr uint8_t kCloseFrame = 0x88;
constexpr std::string_view kMask = "mask";

std::string handshake(const std::string& host) {
  return fmt::format(
      "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
      "13\r\n"
      "Sec-WebSocket-Key: {}\r\n\r\n",
      host, kKey);
}

/// At most 125 bytes.
std::string masked_frame(std::string_view text) {
  std::string frame{static_cast<char>(kTextFrame), static_cast<char>(0x80 | text.size())};
  frame += kMask;
  for (size_t i = 0; i < text.size(); ++i) frame += static_cast<char>(text[i] ^ kMask[i % kMask.size()]);
  return frame;
}

std::string plain_frame(std::string_view text) {
  return std::string{static_cast<char>(kTextFrame), static_cast<char>(text.size())} + std::string(text);
}

/// A close frame's code, where the bytes are one.
std::string describe(std::string_view bytes) {
  if (bytes.size() < 4 || static_cast<uint8_t>(bytes[0]) != kCloseFrame) return "something else was said";
  return fmt::format("closed with {}", static_cast<uint8_t>(bytes[2]) << 8 | static_cast<uint8_t>(bytes[3]));
}

}  // namespace

const io::Address& LongStream::address() const {
  return kind_ == StreamKind::kTcp ? gateways_[gateway_].tcp() : gateways_[gateway_].http();
}

io::Async<void> LongStream::run() {
  while (true) {
    co_await live_once();
    co_await loop_.sleep_for(kBeginAgain);
    gateway_ = (gateway_ + 1) % choices();
  }
}

io::Async<void> LongStream::live_once() {
  StreamEnd end;
  end.kind = kind_;
  end.gateway = gateway_;
  end.began = loop_.now();
  if (!gateways_[gateway_].is_well()) co_return;
  auto connection = co_await Connection::open(loop_, address(), loop_.now() + options_.patience);
  if (!connection) co_return;  // nothing was lost
  auto answer = co_await (*connection)->ask(handshake(options_.host), loop_.now() + options_.patience);
  if (!answer) {
    end.why = answer.error().message;
  } else if (answer->status != 101 || answer->accept != kAccept) {
    end.why = fmt::format("no WebSocket: status {} {}", answer->status, answer->error);
  } else {
    end.version = answer->version;
    ledger_.note_stream(end.version, loop_.now());
    end.why = co_await talk(**connection);
  }
  end.ended = loop_.now();
  ledger_.note(end);
}

/// Until it ends: why.
io::Async<std::string> LongStream::talk(Connection& connection) {
  for (uint64_t number = 1;; ++number) {
    const std::string why = co_await echo(connection, fmt::format("{} says {}", gateway_, number));
    if (!why.empty()) co_return why;
    ledger_.note_echo();
    auto heard = co_await connection.buffer().fill(loop_.now() + kSayEvery);
    if (!heard && heard.error().code == ErrorCode::kTimeout) continue;  // as it should be
    if (!heard) co_return heard.error().message;
    co_return *heard == 0 ? "the connection was closed" : describe(connection.buffer().view());
  }
}

io::Async<std::string> LongStream::echo(Connection& connection, std::string said) {
  const TimePoint deadline = loop_.now() + options_.patience;
  const std::string frame = masked_frame(said);
  auto sent = co_await connection.stream().send(frame, deadline);
  (void)sent;  // what was said before may still be heard
  const std::string wanted = plain_frame(said);
  http::ReadBuffer& buffer = connection.buffer();
  while (buffer.view().size() < wanted.size() && wanted.starts_with(buffer.view())) {
    auto received = co_await buffer.fill(deadline);
    if (!received) co_return received.error().message;
    if (*received == 0) co_return "the connection was closed before an echo";
  }
  if (!buffer.view().starts_with(wanted)) co_return describe(buffer.view());
  buffer.consume(wanted.size());
  co_return "";
}

}  // namespace hancock::load
