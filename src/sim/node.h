// Node: a Machine and the Agent that lives on it, from one life to the next. One thread.
#pragma once

#include <memory>

#include "sim/agent.h"

namespace hancock::sim {

class Node {
 public:
  Node(Ground& ground, Network& network, StoreServer& store, std::vector<Master*> masters, std::string name,
       std::string site, std::string address)
      : ground_(ground),
        network_(network),
        store_(store),
        masters_(std::move(masters)),
        machine_(ground, name, std::move(site), std::move(address)),
        party_(ground.timeline, "agent-" + name) {}

  Machine& machine() { return machine_; }
  const Machine& machine() const { return machine_; }
  /// Of the Agent.
  Party& party() { return party_; }
  const Party& party() const { return party_; }
  /// nullptr while it is down.
  const Agent* agent() const { return agent_.get(); }

  void start_agent() {
    if (!machine_.party().is_up() || party_.is_up()) return;
    ground_.trace.say("{}: starts", party_.name());
    party_.start();
    agent_ = std::make_unique<Agent>(ground_, network_, store_, machine_, party_, masters_);
  }
  void kill_agent() {
    if (party_.is_up()) ground_.trace.say("{}: is killed", party_.name());
    party_.kill();
    agent_.reset();
  }
  void power_off() {
    kill_agent();
    machine_.power_off();
  }
  void power_on() {
    if (machine_.party().is_up()) return;
    machine_.power_on();
    ground_.trace.say("{}: boots", machine_.name());
    start_agent();
  }

 private:
  Ground& ground_;
  Network& network_;
  StoreServer& store_;
  std::vector<Master*> masters_;
  Machine machine_;
  Party party_;
  std::unique_ptr<Agent> agent_;
};

}  // namespace hancock::sim
