#include "master/core/why.h"

#include <fmt/format.h>

#include <functional>

#include "master/core/backoff.h"
#include "master/core/barriers.h"
#include "master/core/endpoints.h"
#include "master/core/freeze.h"
#include "master/core/routes.h"
#include "model/enum_names.h"
#include "model/time.h"
#include "model/units.h"

namespace hancock::master {
namespace {

/// Of the newest, so that an old Service's answer has an end.
constexpr size_t kItemsMax = 500;

std::string span(Duration duration) {
  return model::format_duration(std::chrono::ceil<std::chrono::seconds>(std::max<Duration>(duration, 0s)));
}

void add_events(const State& state, const std::function<bool(const model::Event&)>& concerns,
                model::Why& why) {
  std::vector<const model::Event*> found;
  for (const auto& [first, batch] : state.events())
    for (const model::Event& event : batch.value.events())
      if (concerns(event)) found.push_back(&event);
  const size_t skipped = found.size() > kItemsMax ? found.size() - kItemsMax : 0;
  for (size_t i = skipped; i < found.size(); ++i) *why.add_items() = *found[i];
}

/// Sentences about one Task, most telling first.
class TaskStory {
 public:
  TaskStory(const Asked& asked, const model::Task& task, model::Why& why)
      : asked_(asked), state_(asked.state), task_(task), why_(why) {}

  void tell() {
    tell_state();
    tell_end();
    tell_intent();
    tell_node();
    tell_visitors();
    tell_place();
    tell_deployment();
  }

 private:
  template <class... Args>
  void say(fmt::format_string<Args...> text, Args&&... args) {
    why_.add_now(fmt::format(text, std::forward<Args>(args)...));
  }

  void tell_state() {
    say("version {} of {} on {} ({}) is {}{}{}", task_.version(), service_of(task_).to_string(), task_.node(),
        task_.site(), name_of(task_.state()), task_.message().empty() ? "" : ": ", task_.message());
    if (task_.restarts() > 0) say("it was restarted {} times", task_.restarts());
    if (task_.hopeless()) say("its Agent says that restarts will not help");
  }

  void tell_end() {
    if (!task_.has_exit()) return;
    const model::TaskExit& exit = task_.exit();
    if (exit.oom())
      say("it was ended for using more memory than it may");
    else if (exit.signal() != 0)
      say("its program was ended by signal {}", exit.signal());
    else
      say("its program ended with exit code {}", exit.code());
  }

  void tell_intent() {
    if (!is_live(task_)) return;
    if (task_.intent() == model::TASK_INTENT_RELEASE) say("nobody uses it any more: it is told to stop");
    if (task_.intent() != model::TASK_INTENT_DRAIN) return;
    const auto barrier = state_.barriers().find(task_.barrier());
    if (barrier == state_.barriers().end()) return say("it is to leave");
    const BarrierProgress progress = progress_of(state_, barrier->second);
    if (!progress.refused.empty()) return say("it is to leave: {}", progress.refused);
    if (!progress.waiting.empty()) return say("it is to leave: {}", progress.waiting);
    say("it is to leave: every gateway has let go of it, {} visitors are still with it",
        in_flight(state_, task_.id()));
  }

  void tell_node() {
    const auto* node = state_.node(task_.node());
    if (!node) return say("node {} is not known", task_.node());
    for (const std::string& problem : node->value.problems()) say("node {}: {}", task_.node(), problem);
    if (node->value.state() == model::NODE_STATE_READY) return;
    const std::string silence =
        asked_.contacts ? ", silent for " + span(asked_.now - asked_.contacts->last(task_.node())) : "";
    say("node {} is {}{}", task_.node(), name_of(node->value.state()), silence);
  }

  void tell_visitors() {
    const auto route = state_.routes().find(service_of(task_));
    if (!is_live(task_) || route == state_.routes().end()) return;
    if (!is_in_split(route->second.value, task_.version()))
      say("visitors are not sent to version {}", task_.version());
    else if (!is_serving(state_, task_))
      say("gateways do not send visitors to it: it has no ready record in the Registry");
    else
      say("gateways send visitors to it");
  }

  void tell_place() {
    if (!task_.replaces().empty()) say("it stands in for {}", task_.replaces());
    if (task_.may_return()) say("when node {} is back, what still runs of it may go on", task_.node());
    for (const std::string& id : state_.tasks_of(service_of(task_)))
      if (state_.task(id)->value.replaces() == task_.id()) say("{} stands in for it", id);
    if (const std::string why = why_frozen(state_, task_.site()); !why.empty() && task_.may_return())
      say("{}", why);
    if (awaits_replacement(state_, task_))
      say("another takes its place in {}", span(replace_at(task_, time()) - asked_.wall));
  }

  LeaderTime time() const {
    return {asked_.now, asked_.wall, asked_.contacts ? asked_.contacts->since() : TimePoint()};
  }

  void tell_deployment() {
    const auto* deployment = state_.deployment(task_.deployment());
    if (!deployment) return;
    const model::Deployment& made_for = deployment->value;
    say("it was made for deployment {}, which is {} (phase {}){}{}", made_for.id(), name_of(made_for.state()),
        name_of(made_for.phase()), made_for.message().empty() ? "" : ": ", made_for.message());
  }

  const Asked& asked_;
  const State& state_;
  const model::Task& task_;
  model::Why& why_;
};

/// What befell the Node while the Task was there.
bool befell(const model::Event& event, const model::Task& task) {
  if (event.node() != task.node() || !event.kind().starts_with("node.")) return false;
  const WallTime at = model::from_proto(event.time());
  return at >= model::from_proto(task.created_at()) &&
         (!task.has_ended_at() || task.may_return() || at <= model::from_proto(task.ended_at()));
}

}  // namespace

std::optional<model::Why> why_task(const Asked& asked, std::string_view id) {
  model::Why why;
  why.set_subject(fmt::format("task {}", id));
  const auto* task = asked.state.task(id);
  add_events(
      asked.state,
      [&](const model::Event& event) {
        if (event.task() == id) return true;
        if (!task) return false;
        const bool is_deployments = !task->value.deployment().empty() && event.task().empty() &&
                                    event.deployment() == task->value.deployment();
        return is_deployments || befell(event, task->value);
      },
      why);
  if (task)
    TaskStory(asked, task->value, why).tell();
  else if (why.items().empty())
    return std::nullopt;
  else
    why.add_now("it has ended, and only Events are left of it");
  return why;
}

std::optional<model::Why> why_service(const Asked& asked, const ServiceRef& ref, const std::string& waiting) {
  const State& state = asked.state;
  const auto* stored = state.service(ref);
  if (!stored) return std::nullopt;
  const model::Service& service = stored->value;
  model::Why why;
  why.set_subject(fmt::format("service {}", ref.to_string()));
  size_t ready = 0;
  for (const std::string& id : state.tasks_of(ref))
    ready += state.task(id)->value.state() == model::TASK_STATE_READY;
  if (service.removing())
    why.add_now("it is being removed");
  else if (service.stopped())
    why.add_now("it is stopped");
  else if (service.version() == 0)
    why.add_now("no version of it has proved itself yet");
  else
    why.add_now(
        fmt::format("{} of {} Tasks are ready, of version {}", ready, service.replicas(), service.version()));
  if (!waiting.empty()) why.add_now("it waits: " + waiting);
  if (const auto* deployment = state.deployment(service.deployment()))
    why.add_now(fmt::format("deployment {} brings version {}: phase {}", deployment->value.id(),
                            deployment->value.to_version(), name_of(deployment->value.phase())));
  add_events(
      state, [&](const model::Event& event) { return !event.service().empty() && service_of(event) == ref; },
      why);
  return why;
}

}  // namespace hancock::master
