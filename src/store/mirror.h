// Mirror: a copy of a key range that follows its Store, whatever happens to the connection.
//
//   Mirror mirror(loop, store, KeyRange::prefix("/hancock/"), system_random(), {.silence = 3s});
//   while (true) apply(co_await mirror.next());                      // until its Scope is cancelled
//
// Level-triggered: it reads the range at one revision, watches from the next, and where it may have missed
// something (compacted history, silence, a revision that went backwards, every now and then without a
// reason) it reads the range again and yields the difference. A failure never empties it. items() is always
// the sum of the batches that next() has returned.
//
// Loop's thread only; one next() at a time, which may be destroyed while it waits. The store outlives it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "io/loop.h"
#include "store/store.h"

namespace hancock::store {

struct MirrorOptions {
  Duration call = 5s;              // deadline of one read, or of opening a watch
  Duration list_every = 60s;       // reads everything again, with jitter: 75 to 125 % of it
  Duration list_after_break = 5s;  // the same within so long after a watch broke
  /// A watch that brought nothing for so long is mistrusted: another member is asked. For ranges that hold a
  /// beat, and stores that bring one (EtcdOptions::pulse). Grows eightfold while that finds nothing new.
  Duration silence = Duration::max();
  Duration backoff_min = 50ms;  // between tries, doubling, with jitter: 50 to 100 % of it
  Duration backoff_max = 2s;
};

struct MirrorBatch {
  enum class Kind {
    kLoad,     // the first one: all items as puts
    kChange,   // from the watch
    kRepair,   // from reading again
    kRestore,  // the same, and the revision is lower than before: the store was restored from an old copy
  };
  Kind kind = Kind::kChange;
  std::vector<WatchEvent> events;  // may be empty: only the revision moved on
  Revision revision;               // items() is the range at this revision
};

class Mirror {
 public:
  using Items = std::map<std::string, KeyValue, std::less<>>;

  Mirror(io::Loop& loop, Store& store, KeyRange range, Random& random, MirrorOptions options = {});
  ~Mirror();

  /// Waits for the next batch, through all failures.
  io::Async<MirrorBatch> next();

  /// Something that should be here is not: the range is read again as soon as the watch brings anything.
  void mistrust() { must_list_ = true; }

  const Items& items() const { return items_; }
  /// 0 before the first load.
  Revision revision() const { return revision_; }
  bool loaded() const { return loaded_; }
  /// When the copy was last known to be fresh: a read was begun that succeeded, or the watch brought
  /// something.
  TimePoint last_contact() const { return last_contact_; }
  /// A watch is open.
  bool watching() const { return watch_ != nullptr; }

  struct Counters {
    uint64_t lists = 0;     // the range was read
    uint64_t breaks = 0;    // a watch broke or could not be opened
    uint64_t silences = 0;  // a watch was silent for too long
    uint64_t missed = 0;    // changes that the watch should have brought, found by reading again
    uint64_t restores = 0;
  };
  const Counters& counters() const { return counters_; }
  /// Why the last try failed; no message before the first failure.
  const Error& last_error() const { return last_error_; }

 private:
  /// A batch, or nothing: look again what to do.
  using Step = io::Async<std::optional<MirrorBatch>>;
  Step step();
  Step list();
  io::Async<void> open_watch();
  Step read_watch();

  MirrorBatch replace(RangeResult result, TimePoint asked);
  std::optional<MirrorBatch> apply(WatchBatch batch);
  std::vector<WatchEvent> differences(const RangeResult& result);
  void broke(Error error);
  void list_soon();
  io::Async<void> back_off();

  io::Loop& loop_;
  Store& store_;
  const KeyRange range_;
  Random& random_;
  const MirrorOptions options_;

  Items items_;
  Revision revision_;
  bool loaded_ = false;
  TimePoint last_contact_{};

  std::unique_ptr<Watch> watch_;
  bool must_list_ = true;
  bool suspect_restore_ = false;  // a lower revision was read once; a second time it is true
  TimePoint list_at_ = kForever;
  TimePoint watch_opened_{};
  TimePoint heard_{};  // the last message of the watch, or its opening
  uint32_t silence_factor_ = 1;
  uint32_t failures_ = 0;

  Counters counters_;
  Error last_error_;
};

}  // namespace hancock::store
