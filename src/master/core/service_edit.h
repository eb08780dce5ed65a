// ServiceEdit: one Service's part of an owner's write: its record, and the Deployment that runs. Lives for
// one request; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "master/core/change.h"
#include "master/core/state.h"

namespace hancock::master {

class ServiceEdit {
 public:
  /// `before` nullptr: a new Service.
  ServiceEdit(const State& state, const ServiceRef& ref, const Stored<model::Service>* before);

  const ServiceRef& ref() const { return ref_; }
  bool is_new() const { return before_ == nullptr; }
  model::Service& service() { return service_; }
  /// The running one; nullptr when there is none.
  const Stored<model::Deployment>* running() const { return running_; }
  /// A Deployment has failed, and was left as it is.
  bool has_held() const;
  /// Until the running Deployment switches, an older Version serves, with as many Tasks as it had.
  bool keeps_serving() const;

  /// Ends the running Deployment because something newer is wanted: "a newer spec", "the service was
  /// stopped".
  void supersede(std::string_view by, WallTime wall);
  /// The canary of the running Deployment has done.
  void promote(WallTime wall);
  /// Ends the running Deployment, before its switch, in favour of the Version that serves.
  void roll_back(std::string_view why, WallTime wall);
  /// No Tasks from now on; all else is kept. `by`: "a stop".
  void halt(std::string_view by, WallTime wall);
  /// The Service goes for good when its last Task has gone.
  void remove(WallTime wall);
  /// How many Tasks the running Deployment is to bring.
  void want(uint32_t replicas);

  /// For what goes along with the records.
  Change& change() { return change_; }
  /// The whole Change, with the Service's record written.
  Change finish();

 private:
  void end(model::DeploymentState state, std::string_view kind, std::string message, WallTime wall);

  const State& state_;
  ServiceRef ref_;
  const Stored<model::Service>* before_;
  model::Service service_;
  const Stored<model::Deployment>* running_ = nullptr;
  Change change_;
};

/// Every owner's write moves its App's record, in its first Change: check_index compares that, and two writes
/// at once cannot both pass. Makes the App, and its Tenant, where they are missing.
void touch_app(const State& state, const AppRef& app, WallTime wall, Change& change);

/// All Services of `app`, also those on their way out.
std::vector<ServiceRef> services_of(const State& state, const AppRef& app);

/// The Deployment that `service` names, if it is running; and if it has failed and nothing was taken back.
const Stored<model::Deployment>* running_deployment(const State& state, const model::Service& service);
const Stored<model::Deployment>* held_deployment(const State& state, const model::Service& service);

}  // namespace hancock::master
