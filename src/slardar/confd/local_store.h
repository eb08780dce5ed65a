// LocalStore: the Registry of a gateway without etcd: it lives in this process, and what the admin API has
// changed of it survives in a file (StateFile).
//
// A change of an operator's record (upstreams/, lua/) is on disk before it happens, one after the other; what
// the file cannot take does not happen. Everything else is this process's own and is kept nowhere. Control
// thread; the disk is written on a thread of its own.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "io/signal.h"
#include "io/thread_pool.h"
#include "registry/keys.h"
#include "slardar/confd/state_file.h"
#include "store/forwarding_store.h"
#include "store/memory_store.h"

namespace hancock::slardar {

class LocalStore final : public store::ForwardingStore {
 public:
  /// `state`: "" = nothing survives.
  LocalStore(io::Loop& loop, registry::Keys keys, std::filesystem::path state);

  /// Name and body of each upstream that the configuration names, and over them what the file says. Errors:
  /// the file is none of ours, or cannot be written. Called once, first.
  io::Async<Result<void>> load(std::vector<std::pair<std::string, std::string>> upstreams);

  /// Takes over what another process has changed in the file since: the one whose place this one has taken.
  io::Async<void> catch_up();

  io::Async<Result<store::TransactionResult>> commit(store::Transaction wanted, TimePoint deadline) override;

 private:
  static constexpr int64_t kHistoryMin = 1'000;       // revisions that a watch may be behind
  static constexpr int64_t kLifeMax = 1'000'000'000;  // revisions that the file was not told of
  class Turn;
  bool keeps(const store::Transaction& wanted) const;
  bool would_happen(const store::Transaction& wanted) const;
  using Texts = std::map<std::string, std::string>;  // by key, as in SavedChanges
  using Changes = std::map<std::string, std::optional<std::optional<std::string>>>;
  Changes changes_of(const store::Transaction& wanted) const;
  Texts texts_with(const SavedChanges& saved) const;
  io::Async<Result<void>> become(Texts texts);
  io::Async<Result<void>> edit_file(std::function<void(SavedChanges&)> edit);
  void forget_history();

  io::Loop& loop_;
  const registry::Keys keys_;
  const std::filesystem::path state_;
  store::MemoryServer server_;
  store::MemoryStore memory_;
  Texts configured_;
  bool busy_ = false;
  io::Signal free_;
  io::ThreadPool disk_{1};
};

}  // namespace hancock::slardar
