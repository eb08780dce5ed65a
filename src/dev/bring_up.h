// BringUp: the steps of `dev up`, in order, for a cluster whose folder and index are settled. Used once.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "dev/cluster.h"
#include "dev/interrupt.h"
#include "dev/process_plan.h"
#include "dev/process_table.h"
#include "dev/readiness.h"

namespace hancock::dev {

class BringUp {
 public:
  BringUp(Cluster& cluster, OwnPrograms programs, TimePoint deadline, Interrupt& interrupt,
          std::function<void(const std::string&)> report);

  /// Every step; stops at the first that fails and leaves what is there to take_down(). The cluster's ports
  /// are filled in on the way. processes.json is renewed with each start, so that nothing started is ever
  /// unknown.
  Result<void> run();

 private:
  Result<void> make_networks();
  Result<void> write_files();
  Result<void> start_base();  // images, the Master or etcd, every containerd: they do not need each other
  Result<void> await_base();
  Result<void> start_nodes();  // pause images, then Agents
  Result<void> start_gateways();
  Result<void> await_all();

  Result<void> link_masters_logs();
  Result<void> start_role(const std::string& role);
  Result<void> await_master();
  template <class F>
  Result<void> for_each(const std::string& role, F visit);

  Cluster& cluster_;
  OwnPrograms programs_;
  Readiness ready_;
  std::function<void(const std::string&)> report_;
  ProcessTable table_;
  std::string token_;
};

}  // namespace hancock::dev
