// What a Task's logic asks for, done: its works, its probes, and the watch over its container.
#include "agent/blame.h"
#include "agent/container_end.h"
#include "agent/logs/log_folder.h"
#include "agent/task/task_words.h"
#include "agent/task_runner.h"
#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr size_t kLastWordsMax = 200;

}  // namespace

void TaskRunner::work(Work work, uint64_t id) {
  switch (work) {
    case Work::kPull:
      return scope_.spawn(pull(id));
    case Work::kStart:
      return scope_.spawn(start(id));
    case Work::kStop:
      return scope_.spawn(stop(id));
    case Work::kPreStop:
      return scope_.spawn(pre_stop(id));
    case Work::kRemove:
      return scope_.spawn(remove(id));
    case Work::kNone:
      return;
  }
}

/// Before it is acted on.
io::Async<void> TaskRunner::write_down() {
  services_.journal.set_task(assignment_.task(), record());
  co_await services_.journal.saved(services_.journal.flush());
}

void TaskRunner::finish(uint64_t id, const Result<void>& result, Blame blame, std::string message) {
  if (result) return feed(WorkDone{id});
  log::warn("agent", "task {}: {}", assignment_.task(), result.error().message);
  feed(WorkFailed{id, blame, std::move(message)});
}

io::Async<void> TaskRunner::pull(uint64_t id) {
  const std::string& image = assignment_.spec().image();
  const std::string resolved = digest_.empty() ? digest_of(image) : digest_;
  const std::string digest = assignment_.digest().empty() ? resolved : assignment_.digest();
  const std::string reference = digest.empty() ? image : with_digest(image, digest);
  auto pulled = co_await services_.images.pull(reference, assignment_.tenant());
  if (pulled) {
    image_id_ = pulled->id;
    digest_ = digest.empty() ? pulled->digest : digest;
    co_return feed(WorkDone{id});
  }
  const Error error = std::move(pulled.error());
  finish(id, tl::unexpected(error), blame_of_pull(error), explain_pull(assignment_.spec().image(), error));
}

io::Async<void> TaskRunner::start(uint64_t id) {
  const uint32_t attempt = state_.attempt;
  auto taken = services_.pods.take_ports(assignment_, pod_);
  if (!taken) {
    finish(id, taken, Blame::kOthers, explain_prepare(taken.error()));
    co_return;
  }
  services_.journal.set_task(assignment_.task(), record());
  const uint64_t written = services_.journal.flush();  // while the sandbox is made
  auto prepared = co_await services_.pods.prepare(assignment_, pod_);
  if (!prepared) {
    finish(id, prepared, Blame::kOthers, explain_prepare(prepared.error()));
    co_return;
  }
  services_.journal.set_task(assignment_.task(), record());
  services_.journal.flush();  // which sandbox it is
  co_await services_.journal.saved(written);
  auto started = co_await services_.pods.run(assignment_, attempt, image_id_, pod_);
  if (!started) {
    finish(id, started, blame_of_start(started.error()), explain_start(started.error()));
    co_return;
  }
  container_ = pod_.container;
  started_at_ = pod_.started_at;
  note_image();
  scope_.spawn(watch_exit(attempt));
  feed(WorkDone{id});
}

io::Async<void> TaskRunner::stop(uint64_t id) {
  co_await write_down();
  auto stopped =
      co_await services_.pods.stop(assignment_.task(), pod_, policy_.kill_signal, policy_.kill_timeout);
  tell_stopped();
  finish(id, stopped, Blame::kOthers, stopped ? "" : "it cannot be stopped: " + stopped.error().message);
}

/// Its time counts from its begin. An Agent that is killed meanwhile has it begun anew by the next one.
io::Async<void> TaskRunner::pre_stop(uint64_t id) {
  co_await write_down();
  const auto& words = assignment_.spec().update().pre_stop().exec().command();
  std::vector<std::string> command(words.begin(), words.end());
  auto done = co_await services_.pre_stops.run(std::move(command), assignment_.tenant(), pod_.container,
                                               policy_.kill_timeout);
  finish(id, done, Blame::kTask, done ? "" : "pre_stop: " + done.error().message);
}

io::Async<void> TaskRunner::remove(uint64_t id) {
  co_await write_down();
  const std::string task = assignment_.task();
  auto removed = co_await services_.pods.remove(task, pod_, policy_.kill_signal, policy_.kill_timeout);
  tell_stopped();
  finish(id, removed, Blame::kOthers, removed ? "" : "it cannot be removed: " + removed.error().message);
}

/// How the container ended that was stopped just now.
void TaskRunner::tell_stopped() {
  if (pod_.ended) feed(ContainerExited{state_.attempt, end_of(*pod_.ended).exit, "", Blame::kTask});
}

io::Async<void> TaskRunner::probe(ProbeKind kind, uint32_t attempt) {
  const auto& probes = assignment_.spec().probes();
  model::ProbeSpec spec = kind == ProbeKind::kReady ? probes.ready() : probes.live();
  const Duration timeout = (kind == ProbeKind::kReady ? policy_.ready : policy_.live)->timeout;
  Pod pod = pod_;
  const ProbeAnswer answer =
      co_await services_.prober.ask(std::move(spec), assignment_.tenant(), std::move(pod), timeout);
  feed(Probed{kind, attempt, answer.passed, answer.message});
}

io::Async<void> TaskRunner::watch_exit(uint32_t attempt) {
  ContainerEnd end = co_await container_end(services_.pods, assignment_.task(), pod_);
  if (attempt == state_.attempt) pod_.process.reset();
  const bool is_being_stopped = state_.work == Work::kStop || state_.work == Work::kRemove;
  if (end.is_gone && is_being_stopped) co_return;  // by us
  if (end.blame == Blame::kOthers) {
    feed(ContainerExited{attempt, end.exit, std::move(end.why), end.blame});
    co_return;
  }
  auto read = [folder = task_log_folder(services_.pods.place(), assignment_.task()), attempt] {
    return last_line(folder, attempt, kLastWordsMax);
  };
  std::string last_words = co_await services_.pods.runtime().block(std::move(read));
  feed(ContainerExited{attempt, end.exit, std::move(last_words), end.blame});
}

}  // namespace hancock::agent
