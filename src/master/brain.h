// Brain: all of a Master but etcd: leadership, reconciler, API, on one loop over one Store.
//
//   Brain brain(loop, system_clock(), system_random(), store, options);
//   auto address = brain.start();
//   …
//   co_await brain.stop(loop.now() + 5s);
//
// Loop's thread only. Answers from the moment it listens: with 503 until it leads.
#pragma once

#include "http/server.h"
#include "io/scope.h"
#include "io/thread_pool.h"
#include "master/api/api.h"
#include "master/bootstrap.h"

namespace hancock::master {

struct BrainOptions {
  std::string master;
  io::Address listen;
  io::Address member;  // client port of the etcd member, for the door
  bool bootstrap = false;
  DataPaths paths;
  registry::Keys keys = registry::Keys();
};

class Brain {
 public:
  Brain(io::Loop& loop, const Clock& clock, Random& random, store::Store& store, BrainOptions options);

  /// Listens and starts to work. Gives the bound address. Once.
  Result<io::Address> start();
  /// Ends everything; after start() only.
  io::Async<void> stop(TimePoint deadline);

  const Replica& replica() const { return replica_; }
  const Leadership& leadership() const { return leadership_; }

 private:
  Result<Change> first_change(const State& state) const;

  io::Loop& loop_;
  LeaderClock clock_;
  BrainOptions options_;
  Metrics metrics_;
  Replica replica_;
  Leadership leadership_;
  Committer committer_;
  Decisions decisions_;
  Reconciler reconciler_;
  io::ThreadPool pool_;
  NodeStreams streams_;
  LogRelay relay_;
  http::Client member_;
  api::Context context_;
  api::Api api_;
  http::Server server_;
  io::Scope scope_;
};

}  // namespace hancock::master
