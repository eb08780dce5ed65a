// Api: the Masters' REST interface as the verbs use it. Tries one Master after another until one answers.
//
//   Api api(loop, context);
//   auto tasks = co_await api.list<model::Task>("/v1/tasks?app=shop");
//
// Loop's thread only. An answer that refuses becomes an Error whose message holds all that the Master said, a
// mistake a line, and whose code gives the exit code.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/context.h"
#include "http/client.h"
#include "model/json.h"

namespace hancock::cli {

/// How long a verb waits for one answer, unless --timeout says otherwise.
inline constexpr Duration kRequestTimeout = 10s;
/// The same for what changes something: a leader may have to be found first.
inline constexpr Duration kWriteTimeout = 30s;

struct ApiRequest {
  std::string method = "GET";
  std::string path;  // with query
  std::string body;
  std::string content_type = "application/json";
  std::string accept;
  std::string file;             // names the input in messages: "shop.yaml:3: …"
  std::string idempotency_key;  // of a write, so that it can be sent again

  explicit ApiRequest(std::string request_path) : path(std::move(request_path)) {}
  ApiRequest(std::string request_method, std::string request_path, std::string request_body = {});
};

class Api {
 public:
  Api(io::Loop& loop, const Context& context);

  /// The body of a 2xx answer. Where a Master was reached but does not lead, or broke off, all are asked
  /// again until the deadline, a write under the same key: a restart or a change of the leader is waited for.
  io::Async<Result<std::string>> send(ApiRequest request, TimePoint deadline);

  /// A streamed 2xx answer: the call's body is to be read.
  io::Async<Result<std::unique_ptr<http::Call>>> open(ApiRequest request, TimePoint deadline);

  template <class M>
  io::Async<Result<M>> get(std::string path, TimePoint deadline);
  /// The `items` of a list.
  template <class M>
  io::Async<Result<std::vector<M>>> list(std::string path, TimePoint deadline);

  io::Loop& loop() { return loop_; }

 private:
  io::Async<Result<std::string>> send_once(const ApiRequest& request, TimePoint deadline);
  io::Async<Result<std::unique_ptr<http::Call>>> open_any(const ApiRequest& request, TimePoint deadline);
  io::Async<Result<std::unique_ptr<http::Call>>> open_at(io::Address master, const ApiRequest& request,
                                                         TimePoint deadline);
  http::RequestHead head_of(const ApiRequest& request) const;

  io::Loop& loop_;
  const Context& context_;
  http::Client client_;
  size_t preferred_ = 0;  // the Master that answered last
  bool reached_ = false;  // one was, at least once
};

/// The members of "items" of a list answer, each as JSON text. kInternal when it is none.
Result<std::vector<std::string>> items_of(std::string_view answer);

/// An answer that refuses, as an Error: every entry of "errors" a line "[file:line: ]field: value: message".
/// kUnavailable: only when another Master may answer better; a leader's own refusal is final.
Error refusal(int status, std::string_view body, std::string_view file);

/// Appends ?tenant= (or &tenant=) when one was given, and other parameters, percent-encoded.
std::string with_parameter(std::string path, std::string_view name, std::string_view value);

template <class M>
io::Async<Result<M>> Api::get(std::string path, TimePoint deadline) {
  ApiRequest request(std::move(path));
  auto body = co_await send(std::move(request), deadline);
  if (!body) co_return forward_error(body);
  M message;
  if (auto read = model::from_json(*body, message); !read)
    co_return forward_error(read, "the Master's answer");
  co_return message;
}

template <class M>
io::Async<Result<std::vector<M>>> Api::list(std::string path, TimePoint deadline) {
  ApiRequest request(std::move(path));
  auto body = co_await send(std::move(request), deadline);
  if (!body) co_return forward_error(body);
  auto items = items_of(*body);
  if (!items) co_return forward_error(items);
  std::vector<M> messages(items->size());
  for (size_t i = 0; i < messages.size(); ++i) {
    if (auto read = model::from_json((*items)[i], messages[i]); !read) {
      co_return forward_error(read, "the Master's answer");
    }
  }
  co_return messages;
}

}  // namespace hancock::cli
