// ServiceDraft: the one Change that a round makes for a Service. Lives for that round.
//
// A Change that moves Tasks, the route or the Service also rewrites the Service's record: it is the lock of
// its Service, so that two Changes decided from one State cannot both happen.
#pragma once

#include <string>

#include "master/core/change.h"
#include "master/core/round.h"
#include "master/core/routes.h"
#include "master/core/service_view.h"

namespace hancock::master {

class ServiceDraft {
 public:
  ServiceDraft(Round& round, const ServiceView& view)
      : round_(round), view_(view), service_(view.service()) {}

  Round& round() { return round_; }
  const State& state() const { return round_.state; }
  const ServiceView& view() const { return view_; }
  /// To be changed by the caller: finish() writes it.
  model::Service& service() {
    needs_lock_ = true;
    return service_;
  }
  Change& change() { return change_; }
  const Change& change() const { return change_; }

  /// Room for the records there is one of in each Change (Service, Deployment, route, two barriers) stays.
  bool has_room_for(size_t more) const { return change_.has_room_for(more + kReserved); }
  void put_task(const StoredTask& before, const model::Task& after);
  /// `reason`: why on that Node.
  void add_task(const model::Task& task, std::string reason);
  void put_deployment(const model::Deployment& after);
  /// Ends the running Deployment and leaves all as it is, until its owner decides.
  void hold_deployment(std::string_view cause, std::string message);
  /// Ends the running Deployment; `kind` is the Event's.
  void end_deployment(model::DeploymentState state, std::string_view kind, std::string_view cause,
                      std::string message);
  /// Visitors from now on: by the entrances of `spec`; without any, the route goes.
  void put_route(const model::ServiceSpec& spec, const Split& split);
  void erase_route();
  /// Gives its new id. The mod_revision of the record is what gateways are to apply.
  std::string put_barrier(std::vector<std::string> tasks);
  void erase_barrier(const std::string& id);

  void because(std::string_view why);
  /// Empty when nothing was put.
  Change finish();

 private:
  static constexpr size_t kReserved = 6;

  Round& round_;
  const ServiceView& view_;
  model::Service service_;
  Change change_;
  bool needs_lock_ = false;
};

}  // namespace hancock::master
