// HostPorts: which host port of the Node is whose, and which are kept for those who had them before.
//
// A port belongs to a Task; only that Task gives it back. Never to the wrong tenant (docs/registry.md): a
// port that was given back goes for kKeptFor only to the same Service, or, when nothing else is left, to the
// same Tenant; a gateway with an old snapshot may still dial it. Pure but for `random`; one owner. A port
// number is given out once, whatever the protocol.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "model/names.h"

namespace hancock::agent {

class HostPorts {
 public:
  static constexpr uint16_t kFirst = 20'000;
  static constexpr uint16_t kLast = 32'000;
  static constexpr auto kKeptFor = std::chrono::hours(24);

  struct Past {
    uint16_t port = 0;
    model::ServiceRef owner;
    WallTime released_at;
    friend bool operator==(const Past&, const Past&) = default;
  };

  /// Gives out ports of [first, last].
  explicit HostPorts(Random& random, uint16_t first = kFirst, uint16_t last = kLast)
      : random_(random), first_(first), last_(last) {}

  /// A random port that nobody has and of which `busy` says false (somebody listens there).
  Result<uint16_t> take(const model::ServiceRef& owner, const std::string& task, WallTime now,
                        const std::function<bool(uint16_t)>& busy);
  /// After a restart of the Agent: a port that a Task has already. False: it is another Task's.
  bool restore(const model::ServiceRef& owner, const std::string& task, uint16_t port);
  /// Nothing when it is not this Task's.
  void give_back(const std::string& task, uint16_t port, WallTime now);

  /// For the journal: ports given back within kKeptFor.
  std::vector<Past> history(WallTime now) const;
  void restore_history(const std::vector<Past>& history);

 private:
  enum class Whom { kSameService, kSameTenant };
  struct Holder {
    model::ServiceRef owner;
    std::string task;
  };
  bool may_have(const Past& past, const model::ServiceRef& owner, WallTime now, Whom whom) const;

  Random& random_;
  uint16_t first_;
  uint16_t last_;
  std::map<uint16_t, Holder> taken_;
  std::map<uint16_t, Past> past_;
};

}  // namespace hancock::agent
