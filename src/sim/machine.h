// Machine: a Node as its kernel, container runtime and disk know it: what truly runs, whatever any Agent
// believes. It outlives Agents; a power cut ends every container, and the disk stays. One thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/journal.h"
#include "agent/task/task_state.h"
#include "sim/ground.h"
#include "sim/party.h"

namespace hancock::sim {

/// What exists of one Task.
struct Pod {
  model::ServiceRef owner;
  uint32_t version = 0;
  std::vector<agent::PublishedPort> ports;
  uint32_t attempt = 0;
  uint64_t container = 0;  // its number; 0: none was made
  bool is_alive = false;
  bool is_sick = false;  // its image never answers a probe
  bool is_hung = false;
  bool is_stopping = false;  // has had its SIGTERM
  bool is_orphan = false;    // came when the Agent that asked for it had gone
};

class Machine {
 public:
  struct Hooks {
    std::function<void(const Machine&, const std::string& task)> started;
    /// A SIGTERM is sent, by the leader's wish (`is_released`) or for the Task's own good.
    std::function<void(const Machine&, const std::string& task, bool is_released)> stopping;
    /// A pod, and with it its host ports, has been taken or has gone.
    std::function<void(const Machine&)> changed;
  };
  using Exit = std::function<void(const std::string& task, uint32_t attempt, agent::TaskExit exit)>;

  Machine(Ground& ground, std::string name, std::string site, std::string address);

  const std::string& name() const { return party_.name(); }
  const std::string& site() const { return site_; }
  const std::string& address() const { return address_; }
  std::string boot_id() const { return fmt::format("boot-{}", party_.life()); }
  const std::map<std::string, Pod>& pods() const { return pods_; }
  bool runs(const std::string& task) const;
  /// Of the kernel.
  Party& party() { return party_; }

  // The runtime's calls. Each may be made again.
  /// All there is, for an Agent that starts.
  std::map<std::string, Pod> find();
  void start(const model::Assignment& assignment, uint32_t attempt,
             const std::vector<agent::PublishedPort>& ports, bool is_orphan);
  /// Its SIGTERM; it ends later, by itself or by force.
  void signal(const std::string& task, bool is_released);
  void end(const std::string& task);
  void remove(const std::string& task);

  // What goes wrong.
  void crash(const std::string& task, int32_t code);
  void set_hung(const std::string& task, bool hung);
  void power_off();
  void power_on() { party_.start(); }

  void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }
  /// Of the Agent that lives now; nullptr: none does.
  void on_exit(Exit exit) { exit_ = std::move(exit); }

  // The disk.
  std::map<std::string, agent::TaskRecord> journal;
  agent::NodeJournal node_journal;

 private:
  Ground& ground_;
  Party party_;
  std::string site_;
  std::string address_;
  std::map<std::string, Pod> pods_;
  uint64_t containers_ = 0;
  Hooks hooks_;
  Exit exit_;
};

}  // namespace hancock::sim
