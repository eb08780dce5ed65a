#include "web_socket.h"

#include <cstdint>

#include "sha1.h"

namespace hancock::sample {
namespace {

// RFC 6455 section 5.2.
constexpr uint8_t kFinal = 0x80;
constexpr uint8_t kMasked = 0x80;
constexpr uint8_t kOpcode = 0x0f;
constexpr uint8_t kLengthFollows = 126;  // in two bytes
constexpr uint8_t kCloseFrame = 8;
constexpr uint8_t kPing = 9;
constexpr uint8_t kPong = 10;

constexpr std::string_view kGoingAway = "\x03\xe9";  // 1001
constexpr std::string_view kBroken = "\x03\xea";     // 1002
constexpr Duration kLookEvery = 100ms;               // whether the program ends

std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = i; j < i + 3; ++j)
      group = group << 8 | (j < bytes.size() ? static_cast<uint8_t>(bytes[j]) : 0U);
    for (size_t j = 0; j < 4; ++j) out += i + j <= bytes.size() ? kLetters[group >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

std::string accept_of(std::string_view key) {
  return base64(sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

std::string frame(uint8_t opcode, std::string_view payload) {
  std::string out(1, static_cast<char>(kFinal | opcode));
  if (payload.size() < kLengthFollows) {
    out += static_cast<char>(payload.size());
  } else {
    out += static_cast<char>(kLengthFollows);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size());
  }
  return out.append(payload);
}

struct Heard {
  enum class Status { kNeedMore, kFrame, kBad };
  Status status = Status::kNeedMore;
  uint8_t opcode = 0;
  std::string payload;
};

/// Takes the first frame off `input`.
Heard hear(std::string& input) {
  Heard heard;
  if (input.size() < 2) return heard;
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(input[at]); };
  size_t length = byte(1) & 0x7f;
  const size_t mask_at = length == kLengthFollows ? 4 : 2;
  if (!(byte(0) & kFinal) || !(byte(1) & kMasked) || length > kLengthFollows) {
    heard.status = Heard::Status::kBad;
    return heard;
  }
  if (input.size() < mask_at + 4) return heard;
  if (mask_at == 4) length = size_t{byte(2)} << 8 | byte(3);
  const size_t begin = mask_at + 4;
  if (input.size() < begin + length) return heard;
  heard.opcode = byte(0) & kOpcode;
  for (size_t i = 0; i < length; ++i)
    heard.payload += static_cast<char>(byte(begin + i) ^ byte(mask_at + i % 4));
  input.erase(0, begin + length);
  heard.status = Heard::Status::kFrame;
  return heard;
}

/// What to say to that; closing ends the talk.
std::string answer_to(const Heard& heard) {
  if (heard.status == Heard::Status::kBad) return frame(kCloseFrame, kBroken);
  if (heard.opcode == kPing) return frame(kPong, heard.payload);
  return frame(heard.opcode, heard.payload);
}

bool ends(const Heard& heard) { return heard.status == Heard::Status::kBad || heard.opcode == kCloseFrame; }

io::Async<void> talk(http::Exchange& exchange) {
  std::string input;
  while (!exchange.stopping().stop_requested()) {
    const auto piece = co_await exchange.body().read(exchange.loop().now() + kLookEvery);
    if (!piece && piece.error().code == ErrorCode::kTimeout) continue;
    if (!piece || piece->empty()) co_return;
    input += *piece;
    while (true) {
      const Heard heard = hear(input);
      if (heard.status == Heard::Status::kNeedMore) break;
      const std::string said = answer_to(heard);
      const auto sent = co_await exchange.write(said);
      if (!sent || ends(heard)) co_return;
    }
  }
  const std::string said = frame(kCloseFrame, kGoingAway);
  const auto sent = co_await exchange.write(said);
  (void)sent;  // the visitor has gone as well
}

}  // namespace

io::Async<void> echo_web_socket(http::Exchange& exchange, http::Headers more) {
  const http::Headers& asked = exchange.request().headers;
  const auto key = asked.get("Sec-WebSocket-Key");
  if (!key || !asked.has_token("Upgrade", "websocket")) {
    http::Response refusal(426, "want a WebSocket\n");
    refusal.headers.add("Upgrade", "websocket");
    co_await exchange.respond(std::move(refusal));
    co_return;
  }
  http::ResponseHead head(101, std::move(more));
  head.headers.add("Upgrade", "websocket");
  head.headers.add("Sec-WebSocket-Accept", accept_of(*key));
  const auto started = co_await exchange.start(std::move(head));
  if (!started) co_return;
  co_await talk(exchange);
  co_await exchange.finish();
}

}  // namespace hancock::sample
