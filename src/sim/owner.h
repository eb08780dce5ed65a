// Owner: who deploys, scales, stops and removes, at random moments, through whichever Master serves. One
// thread.
#pragma once

#include <string>
#include <vector>

#include "hancock/spec.pb.h"
#include "sim/master.h"

namespace hancock::sim {

class Owner {
 public:
  Owner(Ground& ground, Network& network, std::vector<Master*> masters);

  /// The first spec at once, then `writes` more until `end`.
  void start(TimePoint end, uint64_t writes);
  /// Gives up what it has asked for, and deploys once what can be deployed.
  void end_well();
  /// Nothing of its is under way.
  bool is_at_rest() const { return under_way_ == 0; }

 private:
  using Request = Master::Decide;

  void deploy();
  void write_something();
  void go_back_or_on(const model::ServiceRef& service);
  void ask(std::string what, Request request, int attempts);
  Master* any_serving();
  model::AppSpec any_spec();
  model::ServiceSpec any_service(const std::string& name);

  Ground& ground_;
  Network& network_;
  std::vector<Master*> masters_;
  Party party_;
  bool is_sensible_ = false;
  size_t under_way_ = 0;
};

}  // namespace hancock::sim
