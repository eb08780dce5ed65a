// Confd: follows the Registry and turns it into snapshots.
//
// Two mirrors: what the leader and the Agents write (barriers/ to routes/: one watch, so that a transaction
// arrives whole), and what operators write (tls/, upstreams/). The Masters' state between them is not read.
// Both mistrust silence: the first range holds the beat, the store brings it into the second one's watch too.
// A change is built at once, a burst together: there is at most one build each kBuildInterval.
// A failure of the store changes nothing that is served. Control thread.
#pragma once

#include <functional>
#include <optional>

#include "io/scope.h"
#include "io/timer.h"
#include "slardar/confd/record_set.h"
#include "store/mirror.h"

namespace hancock::slardar {

class Confd {
 public:
  static constexpr Duration kBuildInterval = 5ms;

  /// `changed` is called with everything applied, first after both mirrors have loaded.
  Confd(io::Loop& loop, store::Store& store, registry::Keys keys, std::function<void()> changed);
  Confd(const Confd&) = delete;
  Confd& operator=(const Confd&) = delete;
  ~Confd();

  /// Reads everything anew, then follows. Also after a lost lease.
  void restart();
  void stop();

  /// Records of an earlier life, read from disk: served until the first load. What has been read from the
  /// store since the last restart stays as it is.
  void preload(const std::vector<std::pair<std::string, std::string>>& texts);

  const RecordSet& records() const { return records_; }
  RecordSet& records() { return records_; }
  /// Calls `gone` with the revision at which `key`, this gateway's own, was found missing.
  void guard(std::string key, std::function<void(store::Revision)> gone);

  /// Called when what was read has come to a build, or asks for none.
  void on_built(std::function<void()> callback) { built_callback_ = std::move(callback); }
  /// Up to which revision the last build knows what stands under `key`; 0 before the first since a restart.
  store::Revision built(std::string_view key) const;
  /// Up to which revision what stands under `key` was read; 0 before the first load.
  store::Revision read(std::string_view key) const;
  /// When `key` was changed last, as far as was read; nullopt: it is not there.
  std::optional<store::Revision> revision_of(const std::string& key) const;

  /// Everything was read since the last restart.
  bool loaded() const { return serving_loaded_ && named_loaded_; }
  /// Of the serving mirror; 0 before its first load.
  store::Revision revision() const;
  /// The older of the mirrors' last contacts.
  TimePoint last_contact() const;
  /// Why the last try failed; "" before the first failure.
  std::string last_error() const;

 private:
  io::Async<void> follow(store::Mirror& mirror);
  void take(const store::Mirror& mirror, const store::MirrorBatch& batch);
  void look_for_guarded(const store::MirrorBatch& batch);
  void changed_soon();
  void note_built();

  io::Loop& loop_;
  store::Store& store_;
  const registry::Keys keys_;
  std::function<void()> changed_;
  RecordSet records_;
  std::string guarded_;
  std::function<void(store::Revision)> guarded_gone_;
  std::optional<store::Mirror> serving_;
  std::optional<store::Mirror> named_;
  bool serving_loaded_ = false;
  bool named_loaded_ = false;
  bool preloaded_ = false;
  store::Revision serving_built_;
  store::Revision named_built_;
  std::function<void()> built_callback_;
  io::Timer build_timer_;
  TimePoint built_at_{};
  io::Scope scope_;
};

}  // namespace hancock::slardar
