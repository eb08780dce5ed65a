// TaskHost: one Task on a simulated Node: feeds the real agent::step() with what happens, and does what it
// asks for on the Machine, as agent/task_runner.h does through containerd. One thread; of one Agent's life.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "agent/journal.h"
#include "agent/network/host_ports.h"
#include "agent/task/task_logic.h"
#include "sim/machine.h"

namespace hancock::sim {

/// What every Task of an Agent uses.
struct TaskTools {
  Ground& ground;
  Party& party;
  Machine& machine;
  agent::HostPorts& ports;
};

class TaskHost {
 public:
  TaskHost(TaskTools tools, model::Assignment assignment, std::function<void()> changed);

  /// What an earlier Agent wrote down. Before begin().
  void remember(const agent::TaskRecord& record);
  /// Starts to work. `found`: what the runtime has of the Task.
  void begin(const Pod* found);
  bool has_begun() const { return has_begun_; }

  void assign(const model::Assignment& assignment);
  void dismiss();
  bool is_dismissed() const { return is_dismissed_; }
  /// Nothing is left on the Node, and nothing will come.
  bool is_over() const { return agent::is_over(state_) && pending_ == 0; }

  void set_registered(bool registered);
  void exited(uint32_t attempt, agent::TaskExit exit);

  agent::EndpointWish wish() const;
  /// `record`: record(), as it is now.
  model::TaskReport report(const agent::TaskRecord& record) const;
  agent::TaskRecord record() const;
  const model::Assignment& assignment() const { return assignment_; }
  const agent::TaskState& state() const { return state_; }
  const std::vector<agent::PublishedPort>& ports() const { return ports_; }

 private:
  void feed(const agent::Input& input);
  void note_ready();
  void work(agent::Work work, uint64_t id);
  void pull(uint64_t id);
  void start(uint64_t id);
  void stop(uint64_t id);
  void remove(uint64_t id);
  void probe(agent::ProbeKind kind, uint32_t attempt);
  Result<void> take_ports();
  void finish(uint64_t id, bool well, agent::Blame blame);
  /// In this Agent's life, once the kernel has done its part.
  void on_machine(Duration span, std::function<void()> effect, std::function<void()> then);

  TaskTools tools_;
  model::Assignment assignment_;
  agent::TaskPolicy policy_;
  std::function<void()> changed_;
  agent::TaskState state_;
  std::vector<agent::PublishedPort> ports_;
  std::optional<WallTime> ready_at_;
  TimePoint wake_ = kForever;
  size_t pending_ = 0;  // answers that are still to come
  bool has_begun_ = false;
  bool is_dismissed_ = false;
  bool is_registered_ = false;
  bool is_rebooted_ = false;                                     // since this was written down
  std::shared_ptr<bool> exists_ = std::make_shared<bool>(true);  // wake-ups may come after it has gone
};

}  // namespace hancock::sim
