#include "agent/task_runner.h"

#include <signal.h>

#include "agent/task/task_report.h"
#include "agent/task/task_resume.h"
#include "agent/task/task_words.h"
#include "base/log.h"
#include "model/time.h"

namespace hancock::agent {
namespace {

constexpr int32_t kUnknownCode = 255;  // of a container that nobody saw end
constexpr const char* kGone = "its container is gone";
constexpr const char* kNodeWentDown = "its Node went down";

/// Nothing that anybody is told of has changed.
bool looks_same(const TaskState& a, const TaskState& b) {
  return a.phase == b.phase && a.work_id == b.work_id && a.message == b.message &&
         a.was_ready == b.was_ready && a.alive == b.alive && a.exit == b.exit;
}

}  // namespace

TaskRunner::TaskRunner(const TaskServices& services, model::Assignment assignment,
                       std::function<void()> changed)
    : services_(services),
      assignment_(std::move(assignment)),
      policy_(policy_of(assignment_.spec())),
      changed_(std::move(changed)),
      timer_(services.loop, [this] { feed(Tick{}); }) {
  state_.intent = intent_of(assignment_);
}

TaskRunner::~TaskRunner() { scope_.cancel(); }

void TaskRunner::remember(const TaskRecord& record) {
  rebooted_ = record.boot_id != services_.boot_id;
  state_ = rebooted_ ? after_reboot(record.state) : record.state;
  state_.intent = intent_of(assignment_);
  digest_ = record.digest;
  image_id_ = record.image_id;
  if (!rebooted_) {
    pod_.address = record.address;
    pod_.sandbox = record.sandbox;
  }
  pod_.sandboxes = record.sandboxes;
  pod_.ports = record.ports;
  container_ = record.container;
  started_at_ = record.started_at;
  ready_at_ = record.ready_at;
  registered_ = state_.was_ready;  // until the Registry says otherwise
}

void TaskRunner::begin(const FoundTask& found) {
  begun_ = true;
  waiting_.clear();
  const Pod before = std::move(pod_);
  const bool is_there = !found.pod.sandbox.empty() || !before.address.empty() || !before.ports.empty();
  const FoundOnNode on_node{.pod = is_there, .attempt = found.attempt, .runs = found.runs};
  Resumed next = resumed(std::move(state_), on_node, policy_, services_.clock.now());
  state_ = std::move(next.state);
  begun_with_ = contact_;
  state_.offline_at = state_.offline ? services_.clock.now() : offline_at(policy_, contact_);
  pod_ = found.pod;
  if (pod_.ports.empty()) pod_.ports = before.ports;
  if (pod_.address.empty()) pod_.address = before.address;
  if (pod_.sandbox.empty()) pod_.sandbox = before.sandbox;
  pod_.sandboxes = std::max(pod_.sandboxes, before.sandboxes);
  if (!pod_.container.empty()) {
    container_ = pod_.container;
    started_at_ = pod_.started_at;
  }
  if (found.runs) {
    pod_.process = services_.pods.watch(assignment_.task(), pod_.pid).value_or(nullptr);
    note_image();
    log::info("agent", "task {} is adopted as it runs (pid {})", assignment_.task(), pod_.pid);
  }
  if (found.runs || before.address != pod_.address) scope_.spawn(publish_again());
  const bool node_went_down = std::exchange(rebooted_, false);
  if (next.ended && (node_went_down || pod_.container.empty())) {
    const char* why = node_went_down ? kNodeWentDown : kGone;
    feed(ContainerExited{state_.attempt, {.code = kUnknownCode}, why, Blame::kOthers});
  } else if (state_.alive) {
    scope_.spawn(watch_exit(state_.attempt));
  }
  feed(Tick{});
}

/// Without the journal's word the table was made without it; with it nothing changes.
io::Async<void> TaskRunner::publish_again() {
  auto published = co_await services_.pods.publish_again(assignment_.task(), pod_);
  if (!published) log::warn("agent", "task {}: {}", assignment_.task(), published.error().message);
  changed_();
}

void TaskRunner::wait_for(const std::string& why) {
  if (begun_ || waiting_ == why) return;
  waiting_ = why;
  changed_();
}

void TaskRunner::assign(const model::Assignment& assignment) {
  if (dismissed_) {
    next_ = assignment;
    return changed_();
  }
  undecided_ = false;
  // A Version never changes; what does is the digest once somebody resolved it, and the intent.
  if (!assignment_.has_spec() && assignment.has_spec()) {
    *assignment_.mutable_spec() = assignment.spec();
    policy_ = policy_of(assignment_.spec());
  }
  const bool is_settled = assignment_.digest().empty() && !assignment.digest().empty();
  const bool is_another = is_settled && !digest_.empty() && digest_ != assignment.digest();
  if (is_settled) assignment_.set_digest(assignment.digest());
  assignment_.set_intent(assignment.intent());
  feed(IntentChanged{intent_of(assignment)});
  if (is_another) feed(ImageSettled{});
}

void TaskRunner::dismiss() {
  next_.reset();
  if (dismissed_) return;
  dismissed_ = true;
  feed(IntentChanged{TaskIntent::kRelease});
}

void TaskRunner::set_undecided() {
  if (undecided_) return;
  undecided_ = true;
  changed_();
}

void TaskRunner::set_contact(TimePoint last) {
  contact_ = last;
  // One that was stopped for want of contact waits for a Master to be heard, and for its word.
  const bool waits = state_.offline && (undecided_ || last <= begun_with_);
  if (begun_ && policy_.stop_after && !waits) feed(Contact{last});
}

void TaskRunner::end_forgotten() {
  log::warn("agent", "task {}: containerd has forgotten its container", assignment_.task());
  if (pod_.process) (void)pod_.process->send_signal(SIGKILL);
}

void TaskRunner::set_registered(bool registered) {
  if (registered_ == registered) return;
  registered_ = registered;
  note_ready();
  changed_();
}

EndpointWish TaskRunner::wish() const {
  return begun_ && !undecided_ ? endpoint_wish(state_) : EndpointWish::kKeep;
}

void TaskRunner::feed(Input input) {
  inputs_.push_back(std::move(input));
  if (taking_) return;  // further up on the stack
  taking_ = true;
  bool changed = false;
  while (!inputs_.empty()) {
    const Input next = std::move(inputs_.front());
    inputs_.pop_front();
    changed = take(next) || changed;
  }
  taking_ = false;
  if (changed) changed_();
}

/// False: nobody needs to hear of it.
bool TaskRunner::take(const Input& input) {
  if (!begun_) {
    const auto* intent = std::get_if<IntentChanged>(&input);
    if (intent != nullptr && state_.intent != TaskIntent::kRelease) state_.intent = intent->intent;
    return true;
  }
  const TaskState before = std::move(state_);
  const Step next = step(before, input, policy_, services_.clock.now(), services_.random);
  state_ = next.state;
  if (state_.phase != before.phase) {
    log::info("agent", "task {} is {}{}{}", assignment_.task(), to_string(state_.phase),
              state_.message.empty() ? "" : ": ", state_.message);
  }
  note_ready();
  timer_.arm(next.wake);
  if (next.ask_ready) scope_.spawn(probe(ProbeKind::kReady, state_.attempt));
  if (next.ask_live) scope_.spawn(probe(ProbeKind::kLive, state_.attempt));
  if (next.begin != Work::kNone) work(next.begin, state_.work_id);
  const bool is_routine = std::holds_alternative<Probed>(input) || std::holds_alternative<Contact>(input) ||
                          std::holds_alternative<Tick>(input);
  return !is_routine || !looks_same(before, state_) || hancock::agent::is_over(state_);
}

void TaskRunner::note_ready() {
  if (state_.phase == TaskPhase::kReady && registered_ && !ready_at_) ready_at_ = services_.clock.wall();
}

void TaskRunner::note_image() {
  services_.images.note(image_id_, model::service_of(assignment_), assignment_.version());
}

model::TaskReport TaskRunner::report() const {
  model::TaskReport report = report_of(record());
  if (!begun_) {
    if (!waiting_.empty() && !is_final(state_.phase)) report.set_message(waiting_);
  } else if (state_.phase == TaskPhase::kReady && !registered_) {
    report.set_state(model::TASK_STATE_RUNNING);
    report.set_message(undecided_ ? "waiting for the leader's word"
                                  : "waiting for its place in the Registry");
  }
  return report;
}

TaskRecord TaskRunner::record() const {
  return {.assignment = assignment_,
          .boot_id = rebooted_ ? "" : services_.boot_id,
          .digest = digest_,
          .image_id = image_id_,
          .address = pod_.address,
          .sandbox = pod_.sandbox,
          .sandboxes = pod_.sandboxes,
          .ports = pod_.ports,
          .container = container_,
          .started_at = started_at_,
          .ready_at = ready_at_,
          .state = state_};
}

}  // namespace hancock::agent
