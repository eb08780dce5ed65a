#include "slardar/check/grpc_check.h"

#include <array>

#include "slardar/check/checks.h"
#include "slardar/http2/http2_call.h"
#include "slardar/http2/http2_client.h"

namespace hancock::slardar {
namespace {

constexpr size_t kMessageHead = 5;  // not compressed, and its length
constexpr size_t kHealthAnswerMax = 1'024;
constexpr std::string_view kHealthNames[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
constexpr uint8_t kServiceField = 1 << 3 | 2;
constexpr char kStatusField = 1 << 3 | 0;

std::string varint(size_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(value | 0x80);
  return text += static_cast<char>(value);
}

/// Waits until `client` can be asked something.
io::Async<Result<void>> be_open(Http2Client& client, Wakeup& changed, TimePoint deadline) {
  client.connect(deadline);
  while (client.is_connecting()) co_await changed.wait();
  if (client.is_over()) co_return tl::unexpected(client.error());
  if (!client.has_room()) co_return fail(ErrorCode::kUnavailable, "the server takes no calls");
  co_return Result<void>();
}

/// The whole body of an answer.
io::Async<Result<std::string>> read_body(Http2Call& call, TimePoint deadline) {
  std::string body;
  std::array<char, kHealthAnswerMax> room;
  while (true) {
    if (const size_t count = call.take(room); count > 0) {
      body.append(room.data(), count);
    } else if (call.end() == Http2Call::End::kWhole) {
      co_return body;
    } else if (call.end() != Http2Call::End::kNone) {
      co_return fail(ErrorCode::kClosed, "{}", call.why());
    } else {
      const bool came = co_await call.arrived(deadline);
      if (!came) co_return fail(ErrorCode::kTimeout, "no answer in time");
    }
    if (body.size() > kHealthAnswerMax)
      co_return fail(ErrorCode::kTooLarge, "an answer of over {} bytes", kHealthAnswerMax);
  }
}

/// The outcome of a call stands in its trailers, or in a head that is all of the answer.
Result<void> read_grpc_status(Http2Call& call) {
  while (call.has_head() && call.head().status < 200) call.next_head();
  if (!call.has_head()) return fail(ErrorCode::kInvalid, "an answer without a head");
  const http::ResponseView& head = call.head();
  std::string status(head.get("grpc-status").value_or(""));
  std::string message(head.get("grpc-message").value_or(""));
  for (const http::FieldView& field : call.trailers().fields()) {
    if (field.name == "grpc-status") status = field.value;
    if (field.name == "grpc-message") message = field.value;
  }
  if (status.empty()) return fail(ErrorCode::kInvalid, "no gRPC: status {} of HTTP", head.status);
  if (status != "0") return fail(ErrorCode::kUnavailable, "grpc-status {}: {}", status, message);
  return {};
}

io::Async<Result<CheckFacts>> ask(Http2Client& client, const std::string& authority,
                                  const CheckOptions& options, bool encrypted, TimePoint deadline) {
  const std::string request = grpc_health_request(options.name);
  const std::vector<http::FieldView> fields{{":method", "POST"},
                                            {":scheme", encrypted ? "https" : "http"},
                                            {":authority", authority},
                                            {":path", "/grpc.health.v1.Health/Check"},
                                            {"content-type", "application/grpc"},
                                            {"te", "trailers"},
                                            {"user-agent", "slardar"}};
  Http2Call call(client);
  call.begin(fields, {http::Framing::Kind::kLength, request.size()});
  auto sent = co_await call.send_body(request, deadline - client.loop().now());
  auto body = co_await read_body(call, deadline);
  if (!body) co_return forward_error(body);
  auto status = read_grpc_status(call);
  if (!status) co_return forward_error(status);
  auto health = read_grpc_health(*body);
  if (!health) co_return forward_error(health);
  co_return CheckFacts();
}

}  // namespace

std::string grpc_health_request(std::string_view service) {
  std::string message;
  if (!service.empty()) {
    message += static_cast<char>(kServiceField);
    message += varint(service.size());
    message += service;
  }
  std::string framed(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) framed += static_cast<char>(message.size() >> shift & 0xFF);
  return framed + message;
}

Result<void> read_grpc_health(std::string_view message) {
  const bool is_whole = message.size() >= kMessageHead && message[0] == '\0' &&
                        message.substr(1, 3) == std::string_view("\0\0\0", 3) &&
                        static_cast<uint8_t>(message[4]) == message.size() - kMessageHead;
  if (!is_whole) return fail(ErrorCode::kInvalid, "no gRPC message of grpc.health.v1");
  message.remove_prefix(kMessageHead);
  size_t status = 0;  // a field that is not there is 0
  if (message.size() == 2 && message[0] == kStatusField) {
    status = static_cast<uint8_t>(message[1]);
  } else if (!message.empty()) {
    return fail(ErrorCode::kInvalid, "no HealthCheckResponse");
  }
  if (status == 1) return {};
  const bool known = status < std::size(kHealthNames);
  return fail(ErrorCode::kUnavailable, "{}", known ? kHealthNames[status] : "an unknown status");
}

io::Async<Result<CheckFacts>> check_grpc(io::Loop& loop, const CheckTarget& target,
                                         const CheckOptions& options, TimePoint deadline) {
  BufferPool buffers;
  Wakeup changed(loop);
  Http2Client client(loop, buffers, target.address, target.tls, [&changed] { changed.set(); });
  auto open = co_await be_open(client, changed, deadline);
  if (!open) co_return forward_error(open);
  const std::string authority = target.address.to_string();
  auto facts = co_await ask(client, authority, options, target.tls != nullptr, deadline);
  co_return facts;
}

}  // namespace hancock::slardar
