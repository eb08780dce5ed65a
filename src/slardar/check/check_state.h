// CheckState: what the checks of one server came to, one after the other: after `fall` failures in a row it
// is err, after `rise` good ones it is well again. CheckGroup: those of one upstream; of those that get
// traffic the first stays in use when all are err. Pure: no clock, no I/O. Control thread.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "slardar/check/check_kind.h"
#include "slardar/upstream/peer_health.h"

namespace hancock::slardar {

/// What is shown of it.
struct CheckReport {
  Verdict verdict = Verdict::kUnchecked;
  uint32_t fail_num = 0;  // failed checks in a row
  WallTime modified;      // when the verdict became another one, or it came here
  WallTime checked;       // the last check's end; 0: there was none
  std::string msg;        // why the last check failed, or what is bad nevertheless; "": nothing is
  CheckFacts facts;       // of the last good one
};

class CheckState {
 public:
  explicit CheckState(WallTime since) { report_.modified = since; }

  /// What says nothing about it (kInternal) leaves it unchecked.
  void note(Result<CheckFacts> outcome, const CheckOptions& options, WallTime now);
  /// It failed, and stays in use as unstable.
  void protect(bool is_protected, WallTime now);
  bool has_failed() const { return own_ == Verdict::kErr; }
  const CheckReport& report() const { return report_; }

 private:
  void settle(WallTime now);
  Verdict own_ = Verdict::kUnchecked;  // by its own checks alone
  uint32_t passed_ = 0;                // good ones in a row
  bool is_protected_ = false;
  CheckReport report_;
};

class CheckGroup {
 public:
  struct Server {
    uint64_t identity = 0;
    bool gets_traffic = true;  // it weighs something
  };
  /// The servers in their order; of those that were there before, what is known stays.
  void set(const std::vector<Server>& servers, const CheckOptions& options, WallTime now);
  /// That came of a check of `server`, which is one of them.
  void note(uint64_t server, Result<CheckFacts> outcome, WallTime now);
  const CheckReport& report(uint64_t server) const { return known_.at(server).state.report(); }
  /// The one whose verdict may follow from others'; 0: nobody's does.
  uint64_t first() const { return first_; }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [server, known] : known_) visit(server, known.state.report());
  }

 private:
  struct Known {
    CheckState state;
    bool gets_traffic = true;
    bool counts_as_failed() const { return gets_traffic && state.has_failed(); }
  };
  void protect(WallTime now);
  CheckOptions options_;
  uint64_t first_ = 0;
  size_t serving_ = 0;  // those that get traffic, and of them
  size_t failed_ = 0;   // those that have failed
  std::unordered_map<uint64_t, Known> known_;
};

}  // namespace hancock::slardar
