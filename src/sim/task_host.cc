#include "sim/task_host.h"

#include "agent/task/task_report.h"
#include "agent/task/task_resume.h"
#include "agent/task/task_words.h"

namespace hancock::sim {

using agent::ProbeKind;
using agent::TaskIntent;
using agent::TaskPhase;
using agent::Work;

TaskHost::TaskHost(TaskTools tools, model::Assignment assignment, std::function<void()> changed)
    : tools_(tools),
      assignment_(std::move(assignment)),
      policy_(agent::policy_of(assignment_.spec())),
      changed_(std::move(changed)) {
  state_.intent = agent::intent_of(assignment_);
}

void TaskHost::remember(const agent::TaskRecord& record) {
  is_rebooted_ = record.boot_id != tools_.machine.boot_id();
  state_ = is_rebooted_ ? agent::after_reboot(record.state) : record.state;
  state_.intent = agent::intent_of(assignment_);
  ports_ = record.ports;
  ready_at_ = record.ready_at;
  is_registered_ = state_.was_ready;
}

void TaskHost::begin(const Pod* found) {
  has_begun_ = true;
  is_rebooted_ = false;
  agent::FoundOnNode on_node;
  on_node.pod = found || !ports_.empty();
  if (found && tools_.ground.bug != Bug::kAdoptionRestarts) {
    on_node.attempt = found->attempt;
    on_node.runs = found->is_alive;
  }
  if (found) ports_ = found->ports;
  if (on_node.runs)
    tools_.ground.trace.say("{}: task {} is adopted", tools_.machine.name(), assignment_.task());
  agent::Resumed next = agent::resumed(std::move(state_), on_node, policy_, tools_.ground.timeline.now());
  state_ = std::move(next.state);
  constexpr int32_t kUnknownCode = 255;
  if (next.ended)
    feed(agent::ContainerExited{state_.attempt, {.code = kUnknownCode}, "it is gone", agent::Blame::kOthers});
  feed(agent::Tick{});
}

void TaskHost::assign(const model::Assignment& assignment) {
  if (is_dismissed_) return;
  if (!assignment.digest().empty()) assignment_.set_digest(assignment.digest());
  assignment_.set_intent(assignment.intent());
  feed(agent::IntentChanged{agent::intent_of(assignment)});
}

void TaskHost::dismiss() {
  if (is_dismissed_) return;
  is_dismissed_ = true;
  feed(agent::IntentChanged{TaskIntent::kRelease});
}

void TaskHost::set_registered(bool registered) {
  if (is_registered_ == registered) return;
  is_registered_ = registered;
  note_ready();
  changed_();
}

void TaskHost::exited(uint32_t attempt, agent::TaskExit exit) {
  feed(agent::ContainerExited{attempt, exit, "", agent::Blame::kTask});
}

agent::EndpointWish TaskHost::wish() const {
  return has_begun_ ? agent::endpoint_wish(state_) : agent::EndpointWish::kKeep;
}

void TaskHost::feed(const agent::Input& input) {
  if (!has_begun_) {
    const auto* intent = std::get_if<agent::IntentChanged>(&input);
    if (intent && state_.intent != TaskIntent::kRelease) state_.intent = intent->intent;
    return changed_();
  }
  const TaskPhase before = state_.phase;
  agent::Step next =
      agent::step(std::move(state_), input, policy_, tools_.ground.timeline.now(), tools_.ground.dice);
  state_ = std::move(next.state);
  if (state_.phase != before)
    tools_.ground.trace.say("{}: task {} is {}", tools_.machine.name(), assignment_.task(),
                            agent::to_string(state_.phase));
  note_ready();
  if (next.wake != kForever && next.wake < wake_) {
    wake_ = next.wake;
    const std::weak_ptr<bool> exists = exists_;
    tools_.party.after(wake_ - tools_.ground.timeline.now(), [this, exists, at = wake_] {
      if (exists.expired()) return;
      if (wake_ == at) wake_ = kForever;
      feed(agent::Tick{});
    });
  }
  if (next.ask_ready) probe(ProbeKind::kReady, state_.attempt);
  if (next.ask_live) probe(ProbeKind::kLive, state_.attempt);
  if (next.begin != Work::kNone) work(next.begin, state_.work_id);
  changed_();
}

void TaskHost::note_ready() {
  if (state_.phase == TaskPhase::kReady && is_registered_ && !ready_at_)
    ready_at_ = tools_.ground.timeline.wall();
}

model::TaskReport TaskHost::report(const agent::TaskRecord& record) const {
  model::TaskReport report = agent::report_of(record);
  if (has_begun_ && state_.phase == TaskPhase::kReady && !is_registered_)
    report.set_state(model::TASK_STATE_RUNNING);
  return report;
}

agent::TaskRecord TaskHost::record() const {
  agent::TaskRecord record;
  record.assignment = assignment_;
  record.boot_id = is_rebooted_ ? "" : tools_.machine.boot_id();
  record.ports = ports_;
  record.ready_at = ready_at_;
  record.state = state_;
  return record;
}

}  // namespace hancock::sim
