// What a TaskHost does on its Machine: how long it takes, and how it fails.
#include "sim/task_host.h"

namespace hancock::sim {

using agent::Blame;
using agent::ProbeKind;
using agent::Work;

namespace {

constexpr Duration kQuick = 5ms;
constexpr Duration kKillTimeout = 3s;

}  // namespace

void TaskHost::work(Work work, uint64_t id) {
  switch (work) {
    case Work::kPull:
      return pull(id);
    case Work::kStart:
      return start(id);
    case Work::kStop:
      return stop(id);
    case Work::kPreStop:
      return feed(agent::WorkDone{id});
    case Work::kRemove:
      return remove(id);
    case Work::kNone:
      return;
  }
}

/// The runtime does its part even when the Agent has gone; power off, nobody does.
void TaskHost::on_machine(Duration span, std::function<void()> effect, std::function<void()> then) {
  ++pending_;
  Party& agent = tools_.party;
  tools_.machine.party().after(
      span, [this, &agent, life = agent.life(), effect = std::move(effect), then = std::move(then)] {
        effect();
        agent.in_life(life, Duration(0), [this, then] {
          --pending_;
          then();
        });
      });
}

void TaskHost::finish(uint64_t id, bool well, Blame blame) {
  if (well) return feed(agent::WorkDone{id});
  feed(agent::WorkFailed{id, blame, "it went wrong"});
}

void TaskHost::pull(uint64_t id) {
  const bool is_gone = assignment_.spec().image().starts_with("gone");
  const bool well = !is_gone && !tools_.ground.of_thousand(tools_.ground.weather.mishaps);
  const Blame blame = is_gone ? Blame::kHopeless : Blame::kOthers;
  on_machine(
      tools_.ground.between(kQuick, 300ms), [] {}, [=, this] { finish(id, well, blame); });
}

Result<void> TaskHost::take_ports() {
  if (!ports_.empty()) return {};
  const model::ServiceRef owner = model::service_of(assignment_);
  const auto& pods = tools_.machine.pods();
  const bool is_careless = tools_.ground.bug == Bug::kPortGivenTwice && !pods.empty();
  for (const model::PortSpec& port : assignment_.spec().ports()) {
    Result<uint16_t> taken = is_careless && !pods.begin()->second.ports.empty()
                                 ? pods.begin()->second.ports[0].host_port
                                 : tools_.ports.take(owner, assignment_.task(), tools_.ground.timeline.wall(),
                                                     [](uint16_t) { return false; });
    if (!taken) return forward_error(taken);
    ports_.push_back({port.name(), agent::PortProtocol::kTcp, static_cast<uint16_t>(port.port()), *taken});
  }
  return {};
}

void TaskHost::start(uint64_t id) {
  const auto taken = take_ports();
  const bool well = taken && !tools_.ground.of_thousand(tools_.ground.weather.mishaps);
  const Blame blame = tools_.ground.one_in(2) ? Blame::kOthers : Blame::kTask;
  const auto effect = [&machine = tools_.machine, assignment = assignment_, attempt = state_.attempt,
                       ports = ports_, well, &agent = tools_.party, life = tools_.party.life()] {
    const bool is_orphan = !agent.is_up() || agent.life() != life;
    if (well) machine.start(assignment, attempt, ports, is_orphan);
  };
  on_machine(tools_.ground.between(kQuick, 400ms), effect, [=, this] { finish(id, well, blame); });
}

void TaskHost::stop(uint64_t id) {
  tools_.machine.signal(assignment_.task(), /*is_released=*/false);
  const auto effect = [&machine = tools_.machine, task = assignment_.task()] { machine.end(task); };
  on_machine(tools_.ground.between(kQuick, kKillTimeout), effect,
             [=, this] { finish(id, true, Blame::kOthers); });
}

void TaskHost::remove(uint64_t id) {
  const std::string task = assignment_.task();
  const bool stays = tools_.ground.bug == Bug::kStaysAfterRelease && tools_.ground.one_in(4);
  const bool well = !tools_.ground.of_thousand(tools_.ground.weather.mishaps);
  if (!stays) tools_.machine.signal(task, state_.intent == agent::TaskIntent::kRelease);
  const auto effect = [&machine = tools_.machine, task, stays, well] {
    if (stays) return;
    machine.end(task);
    if (well) machine.remove(task);
  };
  on_machine(tools_.ground.between(kQuick, kKillTimeout), effect, [=, this] {
    if (well)
      for (const agent::PublishedPort& port : std::exchange(ports_, {}))
        tools_.ports.give_back(task, port.host_port, tools_.ground.timeline.wall());
    finish(id, well, Blame::kOthers);
  });
}

void TaskHost::probe(ProbeKind kind, uint32_t attempt) {
  const auto pod = tools_.machine.pods().find(assignment_.task());
  const bool passed = pod != tools_.machine.pods().end() && pod->second.is_alive && !pod->second.is_sick &&
                      !pod->second.is_hung && !tools_.ground.of_thousand(tools_.ground.weather.mishaps);
  ++pending_;
  tools_.party.after(tools_.ground.between(1ms, 20ms), [=, this] {
    --pending_;
    feed(agent::Probed{kind, attempt, passed, passed ? "" : "no"});
  });
}

}  // namespace hancock::sim
