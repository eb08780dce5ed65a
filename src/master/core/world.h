// World: what the core's tests stand on: a store in memory, a State that mirrors it, a leader's clocks, and
// by hand what Agents and gateways do. Test code; one thread.
//
//   World world;
//   world.add_node("node-1");
//   world.apply(shop(3));
//   world.run();               // leader, Agents and gateways, until nothing changes
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "hancock/spec.pb.h"
#include "master/core/leader_time.h"
#include "master/core/reconcile.h"
#include "master/core/reports.h"
#include "master/core/requests.h"
#include "master/core/state.h"
#include "store/key_space.h"

namespace hancock::master {

/// A leader's time. Its wall clock jumps where another leads whose clock is ahead.
class JumpingClock final : public Clock {
 public:
  TimePoint now() const override { return clock_.now(); }
  WallTime wall() const override {
    return clock_.wall() + std::chrono::duration_cast<std::chrono::milliseconds>(ahead_);
  }
  void advance(Duration by) { clock_.advance(by); }
  void jump(Duration by) { ahead_ += by; }

 private:
  ManualClock clock_;
  Duration ahead_{};
};

/// A store as the tests ask it.
class PlainStore {
 public:
  int64_t revision() const { return space_.revision().value(); }
  std::map<std::string, store::KeyValue> items() const;
  std::vector<store::KeyValue> all() const;

  /// What changed, when all compares held; nothing happened otherwise.
  std::optional<store::WatchBatch> commit(const store::Transaction& transaction);

 private:
  store::KeySpace space_;
};

/// One Service "web" of the App "shop": port 8080, host shop.test, 100m CPU and 64Mi each.
model::AppSpec shop(uint32_t replicas, const std::string& image = "shop:1");

class World {
 public:
  explicit World(uint64_t seed = 1);

  PlainStore store;
  State state;
  JumpingClock clock;
  SeededRandom random;
  Contacts contacts{clock.now()};
  AtRest at_rest;  // as settle() left it
  std::vector<model::Event> events;
  const ServiceRef web{"default", "shop", "web"};

  // The leader.
  /// What happened must not happen again: a second try of the same Change has to fail.
  bool commit(const Change& change);
  /// Something of the Registry, by whoever writes it.
  void put(std::string key, std::string value);
  void erase(const std::string& key);
  RequestResult<ApplyOutcome> apply(const model::AppSpec& spec);
  void commit_all(const RequestResult<std::vector<Change>>& changes);
  Plan plan();
  /// Commits plans until there is nothing to do; how many Changes that took.
  size_t settle();
  /// `ahead`: by so much more than the last leader's is the wall clock of the next one.
  void take_over(Duration ahead = {}) {
    clock.jump(ahead);
    contacts = Contacts(clock.now());
    at_rest = {};
  }
  LeaderTime time() const { return {clock.now(), clock.wall(), contacts.since()}; }
  /// Any Service's, by default the one of shop().
  static void set_lost_after(model::AppSpec& spec, int64_t seconds, const std::string& service = "web");

  // Nodes and their Agents.
  void add_node(const std::string& name, const std::string& site = "site-1", uint64_t cpu_millis = 4'000,
                uint64_t memory_bytes = uint64_t{4} << 30);
  void hear(const std::string& node) {
    contacts.heard(node, clock.now());
    contacts.reported(node);
  }
  /// A full report of all that `node` runs, as after each connect.
  void report_all(const std::string& node, const std::vector<std::string>& tasks);
  void report(const std::string& task, model::TaskState state, const std::string& message = {},
              bool is_hopeless = false);
  void put_endpoint(const model::Task& task);
  void make_ready(const std::string& task);
  /// Every Agent does what its assignments say: Tasks get ready, released ones stop.
  void agents_work();

  // Gateways.
  void add_gateway(const std::string& id, int64_t applied = 0);
  /// It has applied all there is.
  void acknowledge(const std::string& id, std::map<std::string, std::string> refused = {},
                   std::map<std::string, uint64_t> in_flight = {});
  void acknowledge_all();
  /// What that gateway has counted of the Service `web`, from now on.
  void count_answers(const std::string& id, registry::AnswersByVersion answers);

  /// Leader, Agents and gateways in turns until nothing changes any more.
  void run();
  /// Time passes; the Nodes named in `silent` say nothing.
  void pass(Duration duration, const std::vector<std::string>& silent = {});

  // What there is.
  std::vector<model::Task> tasks(uint32_t version = 0) const;    // live
  std::vector<model::Task> staying(uint32_t version = 0) const;  // live and wanted
  std::vector<model::Task> serving(uint32_t version = 0) const;  // with a ready endpoint
  const model::Service& service() const { return state.service(web)->value; }
  model::Deployment deployment(const std::string& id) const { return state.deployment(id)->value; }
  bool has_event(std::string_view kind) const;
  const registry::Route* route() const;

 private:
  bool commit(store::Transaction transaction);
};

}  // namespace hancock::master
