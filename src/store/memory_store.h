// MemoryStore: a Store in this process, for tests and the simulator. MemoryServer holds the data; each
// MemoryStore is one client's connection to it, with switches for what networks and servers do to clients.
//
//   MemoryServer server(loop, clock);
//   MemoryStore agent(server), gateway(server);
//   gateway.hold_watches(true);              // its watches fall silent; its calls still work
//   server.restore(backup);                  // an old copy comes back: revisions go backwards
//
// Loop's thread only. The server outlives its stores, they outlive their watches and calls.
#pragma once

#include <set>

#include "io/signal.h"
#include "io/timer.h"
#include "store/key_space.h"
#include "store/store.h"

namespace hancock::store {

class MemoryStore;
class MemoryWatch;

class MemoryServer {
 public:
  /// `clock` is what leases run on.
  explicit MemoryServer(io::Loop& loop, Clock& clock = system_clock());

  const KeySpace& space() const { return space_; }
  /// History before `revision` is gone for every watch that is not past it.
  void compact(Revision revision);
  /// The state becomes that of an earlier `space()`; every connection breaks.
  void restore(KeySpace copy);
  /// Ends the leases that are over: call it after moving a ManualClock.
  void expire_leases();

 private:
  friend class MemoryStore;
  friend class MemoryWatch;
  KeySpace& current();  // with leases expired
  void changed();

  io::Loop& loop_;
  Clock& clock_;
  KeySpace space_;
  io::Timer expiry_;
  std::set<MemoryStore*> stores_;
};

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(MemoryServer& server);
  ~MemoryStore() override;

  io::Async<Result<RangeResult>> range(KeyRange range, TimePoint deadline) override;
  io::Async<Result<TransactionResult>> commit(Transaction transaction, TimePoint deadline) override;
  io::Async<Result<std::unique_ptr<Watch>>> watch(KeyRange range, Revision from, TimePoint deadline) override;
  io::Async<Result<LeaseId>> grant_lease(Duration ttl, TimePoint deadline) override;
  io::Async<Result<void>> keep_alive(LeaseId lease, TimePoint deadline) override;
  io::Async<Result<void>> revoke_lease(LeaseId lease, TimePoint deadline) override;
  void use_another_member() override { ++member_changes_; }

  // What goes wrong. All off at first.

  /// Calls fail at once with kUnavailable, watches break.
  void set_reachable(bool reachable);
  /// Calls wait for the end of the pause or their deadline (kTimeout); watches bring nothing meanwhile.
  void set_paused(bool paused);
  /// Watches bring nothing while it is on, and everything afterwards; calls work.
  void hold_watches(bool held);
  /// Commits happen, but answer kTimeout.
  void set_answers_lost(bool lost) { answers_lost_ = lost; }
  /// Open watches skip what they have not brought yet, and never say so.
  void lose_pending_events();
  /// Open watches fail with kUnavailable; new ones can be opened.
  void drop_watches();

  size_t open_watches() const { return watches_.size(); }
  size_t member_changes() const { return member_changes_; }

 private:
  friend class MemoryServer;
  friend class MemoryWatch;
  /// What every call waits for: one turn of the loop, and the end of a pause.
  io::Async<Result<void>> arrive(TimePoint deadline);
  void wake_watches();
  bool watches_flow() const { return reachable_ && !paused_ && !watches_held_; }

  MemoryServer& server_;
  io::Signal switched_;
  std::set<MemoryWatch*> watches_;
  bool reachable_ = true;
  bool paused_ = false;
  bool watches_held_ = false;
  bool answers_lost_ = false;
  size_t member_changes_ = 0;
};

}  // namespace hancock::store
