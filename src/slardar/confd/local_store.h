// LocalStore: the Registry of a gateway without etcd: it lives in this process, and what the admin API has
// changed of it survives in a file (StateFile).
//
// A change of an operator's record (upstreams/, lua/) is on disk before it happens, one after the other; what
// the file cannot take does not happen. Everything else is this process's own and is kept nowhere. Control
// thread; the disk is written on a thread of its own.
//
// The file belongs to one process at a time (StateLock). While one takes over from another the older one
// lends it; whoever does not have it refuses changes, and follows those of who has.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "io/scope.h"
#include "io/signal.h"
#include "io/thread_pool.h"
#include "registry/keys.h"
#include "slardar/confd/state_file.h"
#include "slardar/confd/state_lock.h"
#include "store/forwarding_store.h"
#include "store/memory_store.h"

namespace hancock::slardar {

class LocalStore final : public store::ForwardingStore {
 public:
  enum class Owner { kThis, kAnother };  // of the file

  /// `state`: "" = nothing survives.
  LocalStore(io::Loop& loop, registry::Keys keys, std::filesystem::path state);
  ~LocalStore() override { following_.cancel(); }

  /// Name and body of each upstream that the configuration names, and over them what the file says. Errors:
  /// the file is none of ours, cannot be written, or is another process's though `owner` is kThis. Called
  /// once, first.
  io::Async<Result<void>> load(std::vector<std::pair<std::string, std::string>> upstreams,
                               Owner owner = Owner::kThis);

  /// Lets another process have the file: what is under way is finished, nothing more is taken.
  io::Async<void> lend();
  /// Has it again as soon as nobody else does.
  void take_back() { wanted_ = true; }
  /// The same, and waits for it. What was changed there is part of this one then, from that revision on.
  /// kTimeout: another process has it.
  io::Async<Result<store::Revision>> take_over(TimePoint deadline);

  /// As Store's; kCancelled: nothing was written.
  io::Async<Result<store::TransactionResult>> commit(store::Transaction wanted, TimePoint deadline) override;

 private:
  static constexpr int64_t kHistoryMin = 1'000;       // revisions that a watch may be behind
  static constexpr Duration kFollowEvery = 20ms;      // looks at the other one's changes
  static constexpr int64_t kLifeMax = 1'000'000'000;  // revisions that the file was not told of
  class Turn;
  bool keeps(const store::Transaction& wanted) const;
  bool would_happen(const store::Transaction& wanted) const;
  using Texts = std::map<std::string, std::string>;  // by key, as in SavedChanges
  using Changes = std::map<std::string, std::optional<std::optional<std::string>>>;
  Changes changes_of(const store::Transaction& wanted) const;
  Texts texts_with(const SavedChanges& saved) const;
  void skip_lives(store::Revision saved);
  io::Async<Result<void>> become(Texts texts);
  io::Async<Result<void>> date_file();
  io::Async<Result<void>> edit_file(std::function<void(SavedChanges&)> edit);
  io::Async<void> follow();
  io::Async<void> catch_up();
  io::Async<void> own();
  void forget_history();

  io::Loop& loop_;
  const registry::Keys keys_;
  const std::filesystem::path state_;
  store::MemoryServer server_;
  store::MemoryStore memory_;
  Texts configured_;
  StateLock lock_;
  Owner owner_ = Owner::kThis;
  bool wanted_ = false;         // back from the other one
  FileStamp caught_up_with_{};  // of what the other one has written
  store::Revision caught_up_;   // the last change that came from the file
  bool busy_ = false;
  io::Signal free_;
  io::Signal owned_;
  io::ThreadPool disk_{1};
  io::Scope following_;
};

}  // namespace hancock::slardar
