#include "sim/machine.h"

#include <utility>

namespace hancock::sim {

Machine::Machine(Ground& ground, std::string name, std::string site, std::string address)
    : ground_(ground),
      party_(ground.timeline, std::move(name)),
      site_(std::move(site)),
      address_(std::move(address)) {
  party_.start();
}

bool Machine::runs(const std::string& task) const {
  const auto pod = pods_.find(task);
  return pod != pods_.end() && pod->second.is_alive;
}

/// What an image does is in its name.
void Machine::start(const model::Assignment& assignment, uint32_t attempt,
                    const std::vector<agent::PublishedPort>& ports, bool is_orphan) {
  const std::string& task = assignment.task();
  if (runs(task) && !pods_[task].is_orphan)
    ground_.violated(fmt::format("{}: task {} runs and is started again", name(), task));
  const std::string& image = assignment.spec().image();
  Pod& pod = pods_[task];
  pod.owner = model::service_of(assignment);
  pod.version = assignment.version();
  pod.ports = ports;
  pod.attempt = attempt;
  pod.container = ++containers_;
  pod.is_alive = true;
  pod.is_sick = image.starts_with("sick");
  pod.is_hung = false;
  pod.is_stopping = false;
  pod.is_orphan = is_orphan;
  ground_.trace.say("{}: task {} runs, port {}", name(), task, ports.empty() ? 0 : ports[0].host_port);
  hooks_.started(*this, task);
  hooks_.changed(*this);
  if (!image.starts_with("crash")) return;
  party_.after(ground_.between(100ms, 4s), [this, task, container = pod.container] {
    const auto found = pods_.find(task);
    if (found != pods_.end() && found->second.container == container) crash(task, 1);
  });
}

std::map<std::string, Pod> Machine::find() {
  for (auto& [task, pod] : pods_) pod.is_orphan = false;
  return pods_;
}

void Machine::signal(const std::string& task, bool is_released) {
  const auto pod = pods_.find(task);
  if (pod == pods_.end() || !pod->second.is_alive || pod->second.is_stopping) return;
  ground_.trace.say("{}: SIGTERM for {}", name(), task);
  pod->second.is_stopping = true;
  hooks_.stopping(*this, task, is_released);
}

void Machine::end(const std::string& task) {
  const auto pod = pods_.find(task);
  if (pod == pods_.end() || !std::exchange(pod->second.is_alive, false)) return;
  hooks_.changed(*this);
}

void Machine::remove(const std::string& task) {
  end(task);
  if (pods_.erase(task) > 0) hooks_.changed(*this);
}

void Machine::crash(const std::string& task, int32_t code) {
  const auto pod = pods_.find(task);
  if (pod == pods_.end() || !pod->second.is_alive) return;
  ground_.trace.say("{}: task {} exits with {}", name(), task, code);
  end(task);
  if (exit_) exit_(task, pod->second.attempt, {.code = code, .signal = 0, .oom = false});
}

void Machine::set_hung(const std::string& task, bool hung) {
  const auto pod = pods_.find(task);
  if (pod != pods_.end()) pod->second.is_hung = hung;
}

void Machine::power_off() {
  ground_.trace.say("{}: power is cut", name());
  party_.kill();
  for (auto& [task, pod] : pods_) pod.is_alive = false;
  hooks_.changed(*this);
}

}  // namespace hancock::sim
