// Leadership: which Master leads, kept by one record and one heartbeat in the store (design: one record,
// changed only at a takeover by compare-and-swap; its mod_revision is the fence of every transaction of that
// leader).
//
//   scope.spawn(leadership.run());
//   co_await leadership.changed().wait();
//   if (auto reign = leadership.reign()) transaction.compares.push_back(leadership.fence(*reign));
//
// The leader puts state/heartbeat every 200 ms in a fenced transaction. Who has seen it stand still for 800
// ms plus its rank times 300 ms, through reads that all succeeded, and whose own probe write succeeds, takes
// over. What reaches outside the store is allowed only while may_act(), which has to be asked after any wait.
// Loop's thread only. Holds always: reign() is set only between a takeover that succeeded and the first sign
// of another; whoever is behind that loses each transaction by its fence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "io/async.h"
#include "io/signal.h"
#include "registry/keys.h"
#include "store/store.h"

namespace hancock::master {

/// One Master's time as the leader.
struct Reign {
  int64_t epoch = 0;
  int64_t term = 0;
  store::Revision fence;  // mod_revision of the leader record
  friend bool operator==(const Reign&, const Reign&) = default;
};

/// The leader record as last read, whoever wrote it.
struct LeaderView {
  int64_t epoch = 0;
  int64_t term = 0;
  std::string master;
  std::string address;
};

struct LeadershipOptions {
  std::string master;
  std::string address = {};  // where its API answers
  int rank = 0;              // among the Masters: who is asked to try first
  registry::Keys keys{};
  Duration heartbeat = 200ms;
  Duration silence = 800ms;       // of the leader, before another tries
  Duration silence_step = 300ms;  // more for each rank
  Duration effect_limit = 800ms;  // age of the last fenced write within which effects are allowed
  Duration beat = 1s;             // the Registry's beat
  Duration store_deadline = 2s;
};

class Leadership {
 public:
  Leadership(io::Loop& loop, const Clock& clock, store::Store& store, LeadershipOptions options);

  /// Before run(): where this Master's API answers.
  void set_address(std::string address) { options_.address = std::move(address); }

  /// Leads or waits for its turn, until it is destroyed.
  io::Async<void> run();

  /// The store has gone back to an older copy: this reign is over, and the next one of this Master is of a
  /// higher epoch than any that it, or whoever else told it, has `seen`.
  void store_was_restored(int64_t seen = 0);
  /// How often that was found out.
  uint64_t restores() const { return restores_; }

  const std::optional<Reign>& reign() const { return reign_; }
  const std::optional<LeaderView>& leader() const { return leader_; }
  /// It leads, and its last fenced write that succeeded was sent under 800 ms ago.
  bool may_act() const;
  store::Compare fence(const Reign& reign) const;
  std::string leader_key() const { return options_.keys.state() + "leader"; }

  /// What a fenced transaction is sent after: when, and the newest revision that an answer has shown.
  struct Sending {
    TimePoint at;
    store::Revision known;
  };
  Sending sending() const { return {clock_.now(), known_}; }
  /// It succeeded at `revision`: the Committer's, or our own heartbeat. One that is not beyond all that was
  /// known before it was sent was written to an older copy of the store.
  void note_write(const Sending& sending, store::Revision revision);
  /// A fenced write that was sent after `when` has succeeded: nobody else had taken over then.
  bool led_after(TimePoint when) const { return reign_ && last_write_ > when; }
  /// Set whenever reign() has become another.
  io::Signal& changed() { return changed_; }

 private:
  struct Seen {  // what a follower last read, and since when it has stood still
    store::Revision leader;
    store::Revision heartbeat;
    std::optional<TimePoint> since;
    friend bool operator==(const Seen&, const Seen&) = default;
  };

  io::Async<void> beat();
  io::Async<void> campaign();
  io::Async<std::optional<Seen>> look();
  bool may_try(const Seen& seen) const;
  io::Async<bool> probe();
  io::Async<void> take_over(store::Revision leader_revision);
  void step_down(std::string_view why);

  std::string heartbeat_key() const { return options_.keys.state() + "heartbeat"; }
  std::string probe_key() const { return options_.keys.state() + "probe/" + options_.master; }

  io::Loop& loop_;
  const Clock& clock_;
  store::Store& store_;
  LeadershipOptions options_;
  io::Signal changed_;

  std::optional<Reign> reign_;
  std::optional<LeaderView> leader_;
  bool has_led_ = false;   // in this process
  int64_t epoch_min_ = 1;  // of a takeover
  uint64_t restores_ = 0;
  store::Revision known_;  // the newest that an answer has shown in this reign
  TimePoint last_write_{};
  TimePoint last_beat_{};
  int64_t beats_ = 0;
  std::optional<Seen> seen_;
};

}  // namespace hancock::master
