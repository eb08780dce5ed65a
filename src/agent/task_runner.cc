#include "agent/task_runner.h"

#include <signal.h>

#include "agent/blame.h"
#include "agent/logs/log_folder.h"
#include "agent/process_watch.h"
#include "base/log.h"
#include "model/time.h"

namespace hancock::agent {
namespace {

constexpr Duration kKillTimeout = 10s;  // the spec's default
constexpr Duration kExitAsk = 10ms;     // between asking the runtime how an ended container ended
constexpr Duration kExitAskMax = 500ms;
constexpr Duration kExitUnknown = 10s;  // after which it is not waited for any more
constexpr int32_t kUnknownCode = 255;   // of a container that somebody else removed
constexpr Duration kNoPidAsk = 1s;
constexpr size_t kLastWordsMax = 200;

TaskIntent intent_of(const model::Assignment& assignment) {
  switch (assignment.intent()) {
    case model::TASK_INTENT_DRAIN:
      return TaskIntent::kDrain;
    case model::TASK_INTENT_RELEASE:
      return TaskIntent::kRelease;
    default:
      return TaskIntent::kRun;
  }
}

model::TaskState to_proto(TaskPhase phase) {
  switch (phase) {
    case TaskPhase::kAssigned:
      return model::TASK_STATE_ASSIGNED;
    case TaskPhase::kPulling:
      return model::TASK_STATE_PULLING;
    case TaskPhase::kStarting:
      return model::TASK_STATE_STARTING;
    case TaskPhase::kRunning:
      return model::TASK_STATE_RUNNING;
    case TaskPhase::kReady:
      return model::TASK_STATE_READY;
    case TaskPhase::kDraining:
      return model::TASK_STATE_DRAINING;
    case TaskPhase::kStopping:
      return model::TASK_STATE_STOPPING;
    case TaskPhase::kStopped:
      return model::TASK_STATE_STOPPED;
    case TaskPhase::kFailed:
      return model::TASK_STATE_FAILED;
  }
  return model::TASK_STATE_ASSIGNED;
}

/// CRI has one number for both.
TaskExit exit_of(const cri::ContainerStatus& status) {
  constexpr int32_t kSignalBase = 128;
  const bool by_signal = status.exit_code > kSignalBase && status.exit_code < kSignalBase + NSIG;
  return {.code = status.exit_code,
          .signal = by_signal ? status.exit_code - kSignalBase : 0,
          .oom = status.reason == "OOMKilled"};
}

}  // namespace

TaskRunner::TaskRunner(TaskServices services, model::Assignment assignment, std::function<void()> changed)
    : services_(services),
      assignment_(std::move(assignment)),
      policy_(policy_of(assignment_.spec())),
      changed_(std::move(changed)),
      timer_(services.loop, [this] { feed(Tick{}); }) {
  state_.intent = intent_of(assignment_);
}

TaskRunner::~TaskRunner() { scope_.cancel(); }

void TaskRunner::remember(const TaskRecord& record) {
  digest_ = record.digest;
  image_id_ = record.image_id;
  pod_.address = record.address;
  pod_.ports = record.ports;
  ready_at_ = record.ready_at;
  state_.attempt = record.attempt;
  state_.restarts = record.restarts;
  remembered_ready_ = record.was_ready;
  registered_ = record.was_ready;  // until the Registry says otherwise
}

void TaskRunner::begin(const Pod& found, uint32_t attempt) {
  begun_ = true;
  waiting_.clear();
  const TaskIntent intent = state_.intent;
  attempt = std::max(attempt, state_.attempt);
  if (!found.container.empty()) {
    state_ = adopted(attempt, remembered_ready_, state_.restarts, policy_, services_.clock.now());
    pod_ = found;
    scope_.spawn(watch_exit(attempt, pod_.container, pod_.pid));
    scope_.spawn(publish_again());
    log::info("agent", "task {} is adopted as it runs (pid {})", assignment_.task(), pod_.pid);
  } else if (!found.sandbox.empty() || !pod_.address.empty() || !pod_.ports.empty()) {
    state_ = found_dead(attempt, state_.restarts);
    if (!found.sandbox.empty()) pod_ = found;
  }
  state_.intent = intent;
  feed(Tick{});
}

/// Without the journal's word the table was made without it; with it nothing changes.
io::Async<void> TaskRunner::publish_again() {
  auto published = co_await services_.pods.publish(pod_);
  if (!published) log::warn("agent", "task {}: {}", assignment_.task(), published.error().message);
}

void TaskRunner::wait_for(const std::string& why) {
  if (begun_ || waiting_ == why) return;
  waiting_ = why;
  changed_();
}

void TaskRunner::assign(const model::Assignment& assignment) {
  // A Version never changes; what does is the digest once somebody resolved it, and the intent.
  if (!assignment_.has_spec() && assignment.has_spec()) {
    *assignment_.mutable_spec() = assignment.spec();
    policy_ = policy_of(assignment_.spec());
  }
  if (!assignment.digest().empty()) assignment_.set_digest(assignment.digest());
  assignment_.set_intent(assignment.intent());
  feed(IntentChanged{intent_of(assignment)});
}

void TaskRunner::dismiss() {
  if (dismissed_) return;
  dismissed_ = true;
  feed(IntentChanged{TaskIntent::kRelease});
}

void TaskRunner::set_registered(bool registered) {
  if (registered_ == registered) return;
  registered_ = registered;
  note_ready();
  changed_();
}

EndpointWish TaskRunner::wish() const { return begun_ ? endpoint_wish(state_) : EndpointWish::kKeep; }

void TaskRunner::feed(Input input) {
  inputs_.push_back(std::move(input));
  if (taking_) return;  // further up on the stack
  taking_ = true;
  while (!inputs_.empty()) {
    const Input next = std::move(inputs_.front());
    inputs_.pop_front();
    take(next);
  }
  taking_ = false;
  changed_();
}

void TaskRunner::take(const Input& input) {
  if (!begun_) {
    if (const auto* intent = std::get_if<IntentChanged>(&input)) {
      state_.intent = std::max(state_.intent, intent->intent);
    }
    return;
  }
  const TaskPhase before = state_.phase;
  const Step next = step(state_, input, policy_, services_.clock.now(), services_.random);
  state_ = next.state;
  if (state_.phase != before) {
    log::info("agent", "task {} is {}{}{}", assignment_.task(), to_string(state_.phase),
              state_.message.empty() ? "" : ": ", state_.message);
  }
  note_ready();
  timer_.arm(next.wake);
  if (next.ask_ready) scope_.spawn(probe(ProbeKind::kReady, state_.attempt));
  if (next.ask_live) scope_.spawn(probe(ProbeKind::kLive, state_.attempt));
  if (next.begin != Work::kNone) work(next.begin, state_.work_id);
}

void TaskRunner::note_ready() {
  if (state_.phase == TaskPhase::kReady && registered_ && !ready_at_) ready_at_ = services_.clock.wall();
}

void TaskRunner::work(Work work, uint64_t id) {
  switch (work) {
    case Work::kPull:
      return scope_.spawn(pull(id));
    case Work::kStart:
      return scope_.spawn(start(id));
    case Work::kStop:
      return scope_.spawn(stop(id));
    case Work::kRemove:
      return scope_.spawn(remove(id));
    case Work::kNone:
      return;
  }
}

void TaskRunner::finish(uint64_t id, const Result<void>& result, Blame blame, std::string message) {
  if (result) return feed(WorkDone{id});
  log::warn("agent", "task {}: {}", assignment_.task(), result.error().message);
  feed(WorkFailed{id, blame, std::move(message)});
}

io::Async<void> TaskRunner::pull(uint64_t id) {
  const std::string& image = assignment_.spec().image();
  const std::string digest = assignment_.digest().empty() ? digest_of(image) : assignment_.digest();
  const std::string reference = digest.empty() ? image : with_digest(image, digest);
  auto pulled = co_await services_.images.pull(reference);
  if (pulled) {
    image_id_ = pulled->id;
    digest_ = pulled->digest.empty() ? digest : pulled->digest;
    co_return feed(WorkDone{id});
  }
  const Error error = std::move(pulled.error());
  finish(id, tl::unexpected(error), blame_of_pull(error), explain_pull(assignment_.spec().image(), error));
}

io::Async<void> TaskRunner::start(uint64_t id) {
  const uint32_t attempt = state_.attempt;
  auto started = co_await services_.pods.start(assignment_, attempt, image_id_, pod_);
  if (started) {
    scope_.spawn(watch_exit(attempt, pod_.container, pod_.pid));
    feed(WorkDone{id});
    co_return;
  }
  const Error& error = started.error();
  finish(id, started, blame_of_start(error), explain_start(error));
}

io::Async<void> TaskRunner::stop(uint64_t id) {
  auto stopped = co_await services_.pods.stop(pod_, kill_signal(), kill_timeout());
  tell_stopped();
  finish(id, stopped, Blame::kOthers, stopped ? "" : "it cannot be stopped: " + stopped.error().message);
}

io::Async<void> TaskRunner::remove(uint64_t id) {
  const std::string task = assignment_.task();
  auto removed = co_await services_.pods.remove(task, pod_, kill_signal(), kill_timeout());
  tell_stopped();
  finish(id, removed, Blame::kOthers, removed ? "" : "it cannot be removed: " + removed.error().message);
}

/// How the container ended that was stopped just now.
void TaskRunner::tell_stopped() {
  if (pod_.ended) feed(ContainerExited{state_.attempt, exit_of(*pod_.ended), ""});
}

io::Async<void> TaskRunner::probe(ProbeKind kind, uint32_t attempt) {
  const auto& probes = assignment_.spec().probes();
  model::ProbeSpec spec = kind == ProbeKind::kReady ? probes.ready() : probes.live();
  const Duration timeout = (kind == ProbeKind::kReady ? policy_.ready : policy_.live)->timeout;
  Pod pod = pod_;
  const ProbeAnswer answer = co_await services_.prober.ask(std::move(spec), std::move(pod), timeout);
  feed(Probed{kind, attempt, answer.passed, answer.message});
}

io::Async<void> TaskRunner::watch_exit(uint32_t attempt, std::string container, int pid) {
  auto watch = ProcessWatch::open(services_.loop, pid);
  if (watch) (void)co_await (*watch)->ended();
  const TimePoint ended = services_.loop.now();
  Duration wait = pid > 0 ? kExitAsk : kNoPidAsk;
  while (true) {
    auto status = co_await services_.pods.exit_of(container);
    if (status) {
      co_await tell_exit(attempt, exit_of(*status));
      co_return;
    }
    const bool gone = status.error().code == ErrorCode::kNotFound;
    if (gone && (state_.work == Work::kStop || state_.work == Work::kRemove || !state_.alive)) co_return;
    if (gone || (pid > 0 && services_.loop.now() - ended > kExitUnknown)) {
      const TaskExit unknown{.code = kUnknownCode, .signal = 0, .oom = false};
      co_await tell_exit(attempt, unknown);
      co_return;
    }
    co_await services_.loop.sleep_for(wait);
    if (pid > 0) wait = std::min(wait * 2, kExitAskMax);
  }
}

io::Async<void> TaskRunner::tell_exit(uint32_t attempt, TaskExit exit) {
  auto read = [folder = task_log_folder(services_.pods.place(), assignment_.task()), attempt] {
    return last_line(folder, attempt, kLastWordsMax);
  };
  std::string last_words = co_await services_.pods.runtime().block(std::move(read));
  feed(ContainerExited{attempt, exit, std::move(last_words)});
}

int TaskRunner::kill_signal() const {
  return parse_signal(assignment_.spec().update().kill_signal()).value_or(SIGTERM);
}

Duration TaskRunner::kill_timeout() const {
  const auto& update = assignment_.spec().update();
  return update.has_kill_timeout() ? model::from_proto(update.kill_timeout()) : kKillTimeout;
}

model::TaskReport TaskRunner::report() const {
  model::TaskReport report;
  report.set_task(assignment_.task());
  const bool unregistered = state_.phase == TaskPhase::kReady && !registered_;
  report.set_state(unregistered ? model::TASK_STATE_RUNNING : to_proto(state_.phase));
  report.set_message(unregistered ? "waiting for its place in the Registry" : state_.message);
  if (!begun_) {
    report.set_state(remembered_ready_ ? model::TASK_STATE_READY : model::TASK_STATE_ASSIGNED);
    report.set_message(waiting_);
  }
  report.set_digest(digest_);
  for (const PublishedPort& port : pod_.ports) {
    auto& entry = *report.add_ports();
    entry.set_name(port.name);
    entry.set_port(port.port);
    entry.set_host_port(port.host_port);
  }
  report.set_restarts(state_.restarts);
  if (ready_at_) *report.mutable_ready_at() = model::to_proto(*ready_at_);
  if (state_.exit) {
    report.mutable_exit()->set_code(state_.exit->code);
    report.mutable_exit()->set_signal(state_.exit->signal);
    report.mutable_exit()->set_oom(state_.exit->oom);
  }
  report.set_hopeless(state_.hopeless);
  return report;
}

TaskRecord TaskRunner::record() const {
  return {.assignment = assignment_,
          .digest = digest_,
          .image_id = image_id_,
          .address = pod_.address,
          .ports = pod_.ports,
          .attempt = state_.attempt,
          .restarts = state_.restarts,
          .was_ready = begun_ ? state_.phase == TaskPhase::kReady : remembered_ready_,
          .ready_at = ready_at_};
}

}  // namespace hancock::agent
