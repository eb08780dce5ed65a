#include "etcd/caller.h"

#include <algorithm>

#include "etcd/answers.h"
#include "etcd/requests.h"

namespace hancock::etcd {
namespace {

constexpr Duration kTryMax = 10s;  // where the caller would wait for ever
constexpr size_t kErrorBytesMax = 64 << 10;

// Whether another member might do better.
bool is_members_fault(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
}

// What a connection can die of, as the Store's errors.
Error of_connection(Error error) {
  if (error.code != ErrorCode::kTimeout && error.code != ErrorCode::kTooLarge)
    error.code = ErrorCode::kUnavailable;
  return error;
}

}  // namespace

Caller::Caller(io::Loop& loop, http::Client& client, std::vector<io::Address> members,
               Credentials credentials)
    : loop_(loop), client_(client), members_(std::move(members)), credentials_(std::move(credentials)) {}

TimePoint Caller::share(TimePoint deadline, size_t tries_left) const {
  const TimePoint now = loop_.now();
  if (deadline == kForever) return now + kTryMax;
  return now + (deadline - now) / static_cast<int64_t>(tries_left);
}

http::RequestHead Caller::head(std::string_view path) const {
  http::RequestHead head("POST", std::string(path));
  head.headers = credentials_.headers;
  head.headers.add("Content-Type", "application/json");
  if (!token_.empty()) head.headers.add("Authorization", token_);
  return head;
}

io::Async<Result<std::string>> Caller::call(std::string_view path, std::string body, Repeat repeat,
                                            TimePoint deadline) {
  Error last;
  bool reauthenticated = false;
  for (size_t left = members_.size(); left > 0; --left) {
    const size_t member = members_.current();
    const TimePoint until = share(deadline, repeat == Repeat::kSafe ? left : 1);
    bool sent = false;
    auto answer = co_await post(member, path, body, until, sent);
    if (answer) co_return answer;
    last = std::move(answer.error());
    if (token_refused(last) && !reauthenticated) {
      reauthenticated = true;
      ++left;
      continue;
    }
    if (!is_members_fault(last)) break;
    members_.failed(member);
    if ((sent && repeat == Repeat::kOnce) || loop_.now() >= deadline) break;
  }
  co_return tl::unexpected(std::move(last));
}

// `sent`: the request may have arrived.
io::Async<Result<std::string>> Caller::post(size_t member, std::string_view path, const std::string& body,
                                            TimePoint deadline, bool& sent) {
  auto known = co_await authenticate(member, deadline);
  if (!known) co_return forward_error(known);
  http::RequestHead request = head(path);
  auto answer = co_await client_.fetch(members_.address(member), std::move(request), body, deadline);
  // The client's kUnavailable: no connection. Anything else came later.
  sent = answer || answer.error().code != ErrorCode::kUnavailable;
  if (!answer) co_return tl::unexpected(of_connection(std::move(answer.error())));
  if (answer->status != 200) co_return tl::unexpected(decode_error(answer->status, answer->body));
  co_return std::move(answer->body);
}

io::Async<Result<Caller::Stream>> Caller::open(std::string_view path, std::string body, TimePoint deadline) {
  Error last;
  bool reauthenticated = false;
  for (size_t left = members_.size(); left > 0; --left) {
    const size_t member = members_.current();
    auto call = co_await post_streamed(member, path, body, share(deadline, left));
    if (call) co_return Stream{std::move(*call), member};
    last = std::move(call.error());
    if (token_refused(last) && !reauthenticated) {
      reauthenticated = true;
      ++left;
      continue;
    }
    if (!is_members_fault(last)) break;
    members_.failed(member);
    if (loop_.now() >= deadline) break;
  }
  co_return tl::unexpected(std::move(last));
}

io::Async<Result<std::unique_ptr<http::Call>>> Caller::post_streamed(size_t member, std::string_view path,
                                                                     const std::string& body,
                                                                     TimePoint deadline) {
  auto known = co_await authenticate(member, deadline);
  if (!known) co_return forward_error(known);
  http::RequestHead request = head(path);
  request.headers.add("Content-Length", std::to_string(body.size()));
  // etcd ends the stream when its member loses the leader, instead of falling silent.
  request.headers.add("Grpc-Metadata-Hasleader", "true");
  auto call = co_await client_.open(members_.address(member), std::move(request), deadline);
  if (!call) co_return tl::unexpected(of_connection(std::move(call.error())));
  auto written = co_await (*call)->write(body, deadline);
  if (written) written = co_await (*call)->finish(deadline);
  if (!written) co_return tl::unexpected(of_connection(std::move(written.error())));
  auto response = co_await (*call)->response(deadline);
  if (!response) co_return tl::unexpected(of_connection(std::move(response.error())));
  const int status = (*response)->status;
  if (status == 200) co_return std::move(*call);
  auto text = co_await http::read_all((*call)->body(), kErrorBytesMax, deadline);
  co_return tl::unexpected(decode_error(status, text ? *text : std::string()));
}

io::Async<Result<void>> Caller::authenticate(size_t member, TimePoint deadline) {
  if (credentials_.user.empty() || !token_.empty()) co_return Result<void>();
  std::string body = authenticate_request(credentials_.user, credentials_.password);
  http::RequestHead request = head(kAuthenticatePath);
  auto answer =
      co_await client_.fetch(members_.address(member), std::move(request), std::move(body), deadline);
  if (!answer) co_return tl::unexpected(of_connection(std::move(answer.error())));
  if (answer->status != 200) co_return tl::unexpected(decode_error(answer->status, answer->body));
  auto token = decode_authenticate(answer->body);
  if (!token) co_return forward_error(token);
  token_ = std::move(*token);
  co_return Result<void>();
}

// A token lives for five minutes without use, and only as long as its member's process.
bool Caller::token_refused(const Error& error) {
  const bool refused = !token_.empty() && error.message.find("invalid auth token") != std::string::npos;
  if (refused) token_.clear();
  return refused;
}

}  // namespace hancock::etcd
