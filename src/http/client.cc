#include "http/client.h"

#include "http/client_call.h"
#include "http/connection_pool.h"
#include "http/field_line.h"

namespace hancock::http {
namespace {

bool has_no_body(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "DELETE" || method == "OPTIONS";
}

}  // namespace

class Client::Impl {
 public:
  Impl(io::Loop& loop, ClientOptions options)
      : loop_(loop), options_(options), pool_(loop, options.idle_per_address) {}

  io::Async<Result<Answer>> fetch(io::Address peer, RequestHead request, std::string body, TimePoint deadline,
                                  size_t limit_bytes);
  io::Async<Result<std::unique_ptr<Call>>> open(io::Address peer, RequestHead request, TimePoint deadline);

 private:
  io::Loop& loop_;
  ClientOptions options_;
  ConnectionPool pool_;
};

io::Async<Result<Answer>> Client::Impl::fetch(io::Address peer, RequestHead request, std::string body,
                                              TimePoint deadline, size_t limit_bytes) {
  ClientCall call(loop_, pool_, options_, peer);
  Framing framing;
  if (!body.empty()) framing = {Framing::Kind::kLength, body.size()};
  auto begun = co_await call.begin(std::move(request), framing, std::move(body), deadline);
  // A peer may answer and close without reading all of the body: its answer is worth more than our error.
  const bool may_have_answered = !begun && begun.error().code == ErrorCode::kClosed;
  if (!begun && !may_have_answered) co_return forward_error(begun);
  if (begun) begun = co_await call.finish(deadline);
  auto head = co_await call.response(deadline);
  if (!head) co_return begun ? forward_error(head) : forward_error(begun);
  auto content = co_await read_all(call.body(), limit_bytes, deadline);
  if (!content) co_return forward_error(content);
  Answer answer;
  answer.status = (*head)->status;
  answer.headers = (*head)->headers;
  answer.body = std::move(*content);
  co_return answer;
}

io::Async<Result<std::unique_ptr<Call>>> Client::Impl::open(io::Address peer, RequestHead request,
                                                            TimePoint deadline) {
  Framing framing;
  if (const auto length = request.headers.get("Content-Length")) {
    const auto bytes = parse_content_length(*length);
    if (!bytes) co_return fail(ErrorCode::kInvalid, "Content-Length \"{}\" is no number", *length);
    if (*bytes > 0) framing = {Framing::Kind::kLength, *bytes};
  } else if (!has_no_body(request.method)) {
    framing.kind = Framing::Kind::kChunked;
  }
  auto call = std::make_unique<ClientCall>(loop_, pool_, options_, peer);
  auto begun = co_await call->begin(std::move(request), framing, {}, deadline);
  if (!begun) co_return forward_error(begun);
  co_return std::unique_ptr<Call>(std::move(call));
}

Client::Client(io::Loop& loop, ClientOptions options) : impl_(std::make_unique<Impl>(loop, options)) {}
Client::~Client() = default;

io::Async<Result<Answer>> Client::fetch(io::Address peer, RequestHead request, std::string body,
                                        TimePoint deadline, size_t limit_bytes) {
  return impl_->fetch(peer, std::move(request), std::move(body), deadline, limit_bytes);
}

io::Async<Result<std::unique_ptr<Call>>> Client::open(io::Address peer, RequestHead request,
                                                      TimePoint deadline) {
  return impl_->open(peer, std::move(request), deadline);
}

}  // namespace hancock::http
