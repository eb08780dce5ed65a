// Checker: asks every server of the present snapshot again and again whether it is well, by its upstream's
// rules, and writes what comes of it where the workers see it (UpstreamHealth).
//
// Each server has a timer of its own: the first check comes within kSpread, the next one an interval, give or
// take a tenth, after the end of the one before. At most `running_max` run at a time (CheckSlots); who finds
// no place waits his turn. What an update does not concern goes on as if nothing had happened; of who leaves
// or is drained the check is cut in the same step, so that none is in flight on him when that is acknowledged
// (docs/registry.md, the barrier). Control thread.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <unordered_map>

#include "base/random.h"
#include "io/timer.h"
#include "slardar/check/check_reports.h"
#include "slardar/check/check_slots.h"
#include "slardar/routing/snapshot.h"

namespace hancock::slardar {

class Checker {
 public:
  static constexpr size_t kRunningMax = 1'000;
  static constexpr Duration kSpread = 1s;

  /// Of what is not in the table of checks.h; empty: there is no such kind, and nothing is asked.
  using MoreKinds = std::function<CheckRun(const std::string& kind)>;

  Checker(io::Loop& loop, uint64_t seed, size_t running_max = kRunningMax);
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;
  ~Checker();

  void set_more_kinds(MoreKinds more) { more_kinds_ = std::move(more); }
  /// These servers are checked from now on. After each snapshot that is published, in the same step.
  void apply(SnapshotPtr snapshot);
  /// A copy of what is known.
  CheckReports reports() const;

 private:
  struct Group;
  struct Subject;

  void set(UpstreamPtr upstream);
  std::vector<CheckGroup::Server> list(Group& group);
  Duration up_to(Duration most);
  void begin(Subject& subject);
  void start(Subject& subject);
  io::Async<void> check(Subject& subject);
  void note(Subject& subject, Result<CheckFacts> outcome);
  void finish(Subject& subject);
  /// It is not checked any more, wherever it stands now.
  void leave(Subject& subject);
  void let_others_go_on();
  CheckRun find(const std::string& kind) const;

  io::Loop& loop_;
  SeededRandom random_;
  CheckSlots slots_;
  MoreKinds more_kinds_;
  SnapshotPtr present_ = std::make_shared<const Snapshot>();
  std::array<std::list<Subject*>, 2> waiting_;  // by pace, who is due and has found no place
  io::Timer go_on_;
  WallTime last_;
  std::unordered_map<std::string, std::unique_ptr<Group>> groups_;  // by Upstream::key
};

}  // namespace hancock::slardar
