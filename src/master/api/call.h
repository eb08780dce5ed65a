// Call: one request on its way through a handler: what it asks, who asks, and what the handler works with.
//
// A handler reads the call and ends with exactly one of answer(), refuse(), or a stream of its own on the
// exchange. Lives as long as the handler's coroutine. Loop's thread only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/client.h"
#include "http/server.h"
#include "io/thread_pool.h"
#include "master/api/problem.h"
#include "master/core/refs.h"
#include "master/decisions.h"
#include "master/log_relay.h"
#include "master/node_streams.h"
#include "master/reconciler.h"
#include "master/tokens.h"

namespace hancock::master::api {

/// What handlers work with; the brain owns all of it.
struct Context {
  io::Loop& loop;
  const Clock& clock;
  Random& random;
  Replica& replica;
  Leadership& leadership;
  Decisions& decisions;
  Reconciler& reconciler;
  LogRelay& relay;
  NodeStreams& streams;
  Metrics& metrics;
  io::ThreadPool& pool;  // for what would hold the loop up
  http::Client& member;  // to the etcd member, for the door
  io::Address member_address;
  registry::Keys keys;

  const State& state() const { return replica.state(); }
};

struct Call {
  Context& context;
  http::Exchange& exchange;
  std::vector<std::string> names;  // what stood for each {…} of the pattern
  Principal who;
  std::string tenant;  // ?tenant=, else `default`

  const http::RequestHead& request() const { return exchange.request(); }
  /// A switch in the query: "?all", "?all=true", "?all=1".
  bool has_flag(std::string_view name) const;
  /// Of a path that names an App and a Service; "" as the service where it names the App alone.
  ServiceRef service() const { return {tenant, names[0], names.size() > 1 ? names[1] : std::string()}; }
  /// Whatever is answered to within this.
  TimePoint deadline() const { return context.loop.now() + kAnswerWithin; }

  static constexpr Duration kAnswerWithin = 10s;
};

/// `body` is JSON and gets a line end.
io::Async<void> answer(Call& call, int status, std::string body);
io::Async<void> refuse(Call& call, Problem problem);

/// The whole body. Refusals: 413 past kBodyMaxBytes, 408 when it does not come.
io::Async<tl::expected<std::string, Problem>> read_body(Call& call);
inline constexpr size_t kBodyMaxBytes = 1 << 20;

/// `{"items":[…],"index":N}`, each item a JSON value.
std::string list_of(const std::vector<std::string>& items, store::Revision index);
/// `{"index":N,…}` from an object.
std::string with_index(std::string_view object, store::Revision index);
/// The object with more members, given as `"name":value,…`.
std::string with_members(std::string object, std::string_view members);

Problem no_such(std::string_view kind, std::string_view name);
/// "services/shop/web" and the like; 400 for what is no name.
std::optional<Problem> check_names(const Call& call);

}  // namespace hancock::master::api
