// Candidate: a Master's way to lead: one record, one heartbeat in the store, as master/leadership.h has it,
// with longer times. One thread.
#pragma once

#include <functional>
#include <optional>

#include "hancock/model.pb.h"
#include "master/leadership.h"
#include "sim/store_server.h"

namespace hancock::sim {

class Candidate {
 public:
  /// `took_over`: reign() is ours. `deposed`: it is ours no more.
  Candidate(Ground& ground, StoreServer& store, Party& party, std::function<void()> took_over,
            std::function<void()> deposed);

  /// With each life of the Party.
  void start();
  const std::optional<master::Reign>& reign() const { return reign_; }
  /// Its last fenced write that succeeded is fresh: what reaches outside the store is allowed.
  bool may_act() const;
  void note_write(TimePoint sent) { last_write_ = std::max(last_write_, sent); }

 private:
  void look();
  void judge(const store::RangeResult& seen);
  void take_over(const model::Leader& before, store::Revision revision);
  void beat();

  Ground& ground_;
  StoreServer& store_;
  Party& party_;
  std::function<void()> took_over_;
  std::function<void()> deposed_;
  std::optional<master::Reign> reign_;
  store::Revision seen_;  // newest of leader and heartbeat
  TimePoint seen_since_{};
  TimePoint last_write_{};
};

}  // namespace hancock::sim
