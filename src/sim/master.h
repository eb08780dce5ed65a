// Master: the brain of a simulated Master: it leads or waits, mirrors the store in a real master::State, and
// decides with the real reconcile(), apply_report() and owners' requests, one decision at a time.
//
// The shell of master/decisions.h, committer.h and reconciler.h without its coroutines: a decision waits
// until State shows all that the one before has written; its Changes go out one after the other, fenced. One
// thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "master/assignment_feed.h"
#include "master/core/reconcile.h"
#include "master/leader_clock.h"
#include "sim/candidate.h"
#include "sim/machine_clock.h"
#include "sim/network.h"

namespace hancock::sim {

class Master {
 public:
  using Decide = std::function<Result<std::vector<master::Change>>(const master::State&, WallTime)>;
  using Taken = std::function<void(const model::AssignmentLine& line)>;

  Master(Ground& ground, Network& network, StoreServer& store, std::string name);

  Party& party() { return party_; }
  MachineClock& machine_clock() { return machine_clock_; }
  /// What it writes into records, and counts time-outs by.
  WallTime wall() const;
  /// A new life: everything is read again.
  void start();
  /// It leads and has read all State.
  bool is_serving() const { return is_serving_; }
  /// The store as it was at its revision, where it serves.
  const master::State& state() const { return state_; }

  // As they arrive.
  void report(const model::NodeReport& report, Done<bool> answer);
  void write(Decide decide, Done<bool> answer);
  /// Lines for that Node's Agent, in order, until the reign ends or the Agent's life does. False: it does not
  /// lead.
  bool open_stream(Party& agent, const std::string& node, Taken taken);

 private:
  struct Decision {
    Decide decide;
    Done<bool> done;
    int attempts = 0;
  };
  struct Stream {
    Party* agent;
    uint64_t life;
    std::string node;
    Taken taken;
    master::AssignmentFeed feed;
    TimePoint last_arrival{};
  };

  void load();
  void follow(store::Revision from);
  void end_reign();
  void work();
  void reconcile();
  void look_again(TimePoint when);
  void wait_to_act();
  void attempt(const std::shared_ptr<Decision>& decision);
  void commit(std::vector<master::Change> changes, size_t next, Done<bool> done);
  store::Transaction transaction_of(master::Change change, int64_t first_event);
  void feed_streams();
  void feed(Stream& stream, bool with_sign_of_life);
  void give_signs_of_life(const master::Reign& reign);
  void watch_for_gaps(const master::Reign& reign);

  Ground& ground_;
  Network& network_;
  StoreServer& store_;
  Party party_;
  MachineClock machine_clock_;
  master::LeaderClock clock_{machine_clock_};
  Candidate candidate_;
  std::shared_ptr<StoreServer::Watch> watch_;

  master::State state_;
  bool is_serving_ = false;
  master::Contacts contacts_{TimePoint()};
  master::AtRest at_rest_;
  store::Revision seen_;
  int64_t numbered_ = 0;
  bool is_deciding_ = false;
  bool is_changed_ = false;  // State, since reconcile() saw it
  bool was_report_ = false;  // the last turn
  bool is_waiting_ = false;  // until it may act
  TimePoint look_at_ = kForever;
  std::deque<std::shared_ptr<Decision>> decisions_;
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace hancock::sim
