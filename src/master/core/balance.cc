#include "master/core/balance.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "master/core/backoff.h"
#include "master/core/deploy_checks.h"
#include "master/core/events.h"
#include "master/core/freeze.h"
#include "master/core/leave.h"
#include "master/core/place.h"
#include "master/core/returns.h"
#include "model/time.h"

namespace hancock::master {
namespace {

/// One Version's Tasks and how many are wanted.
struct Share {
  uint32_t version = 0;
  uint32_t wanted = 0;
  bool is_deployed = false;                 // by the Deployment that runs, which looks after failures itself
  std::vector<const StoredTask*> running;   // that count
  std::vector<const StoredTask*> moving;    // that others take the place of: their Node is drained
  std::vector<const StoredTask*> hopeless;  // that do not, and are to leave
  std::vector<const StoredTask*> strays;    // to drain, but by no barrier: gone, or back with their Node
  uint32_t leaving = 0;                     // their places are taken once they have ended
};

class Balancing {
 public:
  Balancing(ServiceDraft& draft, const std::map<uint32_t, uint32_t>& wanted)
      : draft_(draft), wanted_(wanted), leave_(draft) {}

  std::string run() {
    std::map<uint32_t, Share> shares = this->shares();
    for (auto& [version, share] : shares) {
      move_away(share);
      shrink(share);
    }
    for (auto& [version, share] : shares) gather_strays(share);
    leave_.close();
    for (auto& [version, share] : shares) grow(share);
    return problem_;
  }

 private:
  const State& state() const { return draft_.state(); }
  Round& round() { return draft_.round(); }

  std::map<uint32_t, Share> shares();
  bool is_moving(const StoredTask& task) const;
  void move_away(Share& share);
  void shrink(Share& share);
  void gather_strays(Share& share);
  bool serves(const StoredTask& task) const;
  void wait_for_original(const model::Task& standing_in);
  void grow(const Share& share);
  std::vector<const StoredTask*> due_failures(const Share& share, uint32_t& held_back);
  std::vector<const StoredTask*> lost(const Share& share, uint32_t& held_back);
  std::string why_held(const model::Task& lost, size_t due);
  void create(const Share& share, const model::Version& version, size_t count,
              const std::vector<const StoredTask*>& vacated);
  void take_place(const StoredTask& before, model::Task& task);
  model::Task new_task(const Share& share, const model::Version& version, const std::string& node);

  ServiceDraft& draft_;
  const std::map<uint32_t, uint32_t>& wanted_;
  Leave leave_;
  std::string problem_;
};

std::map<uint32_t, Share> Balancing::shares() {
  const ServiceView& view = draft_.view();
  std::map<uint32_t, Share> shares;
  for (auto [version, wanted] : wanted_) shares[version].wanted = wanted;
  for (const StoredTask* task : view.live) {
    Share& share = shares[task->value.version()];
    const bool has_barrier = state().barriers().contains(task->value.barrier()) ||
                             state().is_unreadable(state().keys().barrier(task->value.barrier()));
    if (task->value.hopeless() && !is_staying(task->value)) ++share.leaving;
    if (is_staying(task->value))
      (task->value.hopeless() ? share.hopeless
       : is_moving(*task)     ? share.moving
                              : share.running)
          .push_back(task);
    else if (task->value.intent() == model::TASK_INTENT_DRAIN && !has_barrier)
      share.strays.push_back(task);
  }
  for (auto& [version, share] : shares) {
    share.version = version;
    share.is_deployed = view.is_before_switch() && view.deployment->value.to_version() == version;
  }
  return shares;
}

bool Balancing::is_moving(const StoredTask& task) const {
  const auto* node = draft_.state().node(task.value.node());
  return node && node->value.has_drain_since();
}

/// They leave as others serve in their place, or when their Node's time is over; what may not run twice
/// leaves first, and is replaced when it has ended.
void Balancing::move_away(Share& share) {
  const auto* version = state().version(draft_.view().ref, share.version);
  const bool is_alone =
      version && version->value.spec().update().strategy() == model::UPDATE_STRATEGY_RECREATE;
  size_t serving = 0;
  for (const StoredTask* task : share.running) serving += serves(*task);
  size_t kept = share.wanted > serving && !is_alone ? share.wanted - serving : 0;
  std::stable_sort(share.moving.begin(), share.moving.end(),
                   [&](const auto* a, const auto* b) { return serves(*a) > serves(*b); });
  for (const StoredTask* task : share.moving) {
    const model::Node& node = state().node(task->value.node())->value;
    const bool has_time =
        !node.has_drain_deadline() || round().wall < model::from_proto(node.drain_deadline());
    if (is_alone) ++share.leaving;  // its place is not free yet
    if (kept > 0 && has_time) {
      --kept;
      if (node.has_drain_deadline()) round().look_again(model::from_proto(node.drain_deadline()));
      continue;
    }
    if (!leave_.take_out(*task)) return;
    draft_.because(fmt::format("node {} is drained", node.name()));
  }
}

/// Those that visitors miss least go first: who stands in for one that is back, not ready, on a Node that has
/// company, the newest. One that serves only goes when enough others do.
void Balancing::shrink(Share& share) {
  for (const StoredTask* task : share.hopeless)
    if (leave_.take_out(*task)) draft_.because(fmt::format("task {} is hopeless", task->value.id()));
  if (share.running.size() <= share.wanted) return;
  const Rooms& rooms = round().rooms();
  CountByNode on_node;
  size_t serving = 0;
  for (const StoredTask* task : share.running) {
    ++on_node[task->value.node()];
    serving += serves(*task);
  }
  while (share.running.size() > share.wanted) {
    auto rank = [&](const StoredTask* task) {
      const auto room = rooms.find(task->value.node());
      return std::tuple(!is_outdone(round(), draft_.view(), task->value), serves(*task),
                        room != rooms.end() && room->second.is_open, UINT32_MAX - on_node[task->value.node()],
                        -model::from_proto(task->value.created_at()).time_since_epoch().count(),
                        task->value.id());
    };
    auto least = std::min_element(share.running.begin(), share.running.end(),
                                  [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
    if (serves(**least) && serving <= share.wanted) {
      wait_for_original((*least)->value);
      break;
    }
    if (!leave_.take_out(**least)) break;
    draft_.because(fmt::format("task {} is not wanted any more", (*least)->value.id()));
    serving -= serves(**least);
    --on_node[(*least)->value.node()];
    share.running.erase(least);
  }
}

bool Balancing::serves(const StoredTask& task) const {
  const auto* version = draft_.state().version(draft_.view().ref, task.value.version());
  return is_ready(draft_.state(), task.value, version ? version->value.spec() : model::ServiceSpec());
}

void Balancing::wait_for_original(const model::Task& standing_in) {
  const auto* original = state().task(standing_in.replaces());
  if (!original) return;
  const WallTime end = until(round(), original->value);
  if (round().wall < end) round().look_again(end);
}

/// A switch was taken back and there was no room for these in that Change; or their Node is back.
void Balancing::gather_strays(Share& share) {
  for (const StoredTask* task : share.strays) {
    const bool has_room = share.running.size() < share.wanted;
    const bool is_back = task->value.has_returned_at();
    if (!draft_.has_room_for(2)) return;  // the next round's
    if (share.wanted > 0 && keeps_its_place(state(), draft_.view(), task->value, has_room)) {
      restore(draft_, *task);
      share.running.push_back(task);
      if (is_back) draft_.change().events.push_back(event_of("task.adopted", task->value, round().wall));
    } else {
      leave_.take_out(*task);
    }
    draft_.because(is_back ? fmt::format("task {} is back with its node", task->value.id())
                           : fmt::format("the barrier of task {} is gone", task->value.id()));
  }
}

void Balancing::grow(const Share& share) {
  if (share.running.size() >= share.wanted) return;
  const auto* version = state().version(draft_.view().ref, share.version);
  if (!version) {
    problem_ = fmt::format("version {} cannot be read", share.version);
    return;
  }
  auto held_back = static_cast<uint32_t>(share.hopeless.size()) + share.leaving;
  std::vector<const StoredTask*> vacated = due_failures(share, held_back);
  for (const StoredTask* task : lost(share, held_back)) vacated.push_back(task);
  const size_t missing = share.wanted - share.running.size();
  if (missing <= held_back) return;
  create(share, version->value, missing - held_back, vacated);
}

/// Those that were given up and may come back: with each pair it is known who stands in for whom. Not all at
/// once, and none of a Site that is frozen.
std::vector<const StoredTask*> Balancing::lost(const Share& share, uint32_t& held_back) {
  std::vector<const StoredTask*> found;
  const size_t missing = share.wanted - share.running.size();
  std::map<std::string, size_t> due;  // by Site
  for (const StoredTask* task : draft_.view().ended) {
    if (task->value.version() != share.version || !task->value.may_return() || task->value.replaced())
      continue;
    std::string why = why_held(task->value, due[task->value.site()]);
    if (why.empty()) {
      found.push_back(task);
      ++due[task->value.site()];
    } else if (held_back < missing) {
      ++held_back;
      problem_ = std::move(why);
    }
  }
  return found;
}

/// Why nothing takes the place of a lost Task yet; "": it may be taken. `due`: others of its Site before it.
std::string Balancing::why_held(const model::Task& lost, size_t due) {
  if (holds_its_place(state(), lost))
    return fmt::format("task {} may come back with node {}", lost.id(), lost.node());
  if (round().frozen.contains(lost.site())) {
    std::string why = why_frozen(state(), lost.site());
    return why.empty() ? fmt::format("many nodes of site {} have just fallen silent", lost.site()) : why;
  }
  const Replacements& replacements = round().replacements();
  if (due < replacements.left(lost.site())) return {};
  round().look_again(replacements.next(lost.site()));
  return fmt::format("{} Tasks of site {} were replaced within a minute; the others follow",
                     Replacements::kPerMinute, lost.site());
}

/// Ended Tasks whose place may be taken now; adds to `held_back` those that have to wait.
std::vector<const StoredTask*> Balancing::due_failures(const Share& share, uint32_t& held_back) {
  std::vector<const StoredTask*> due;
  if (share.is_deployed) return due;
  const size_t missing = share.wanted - share.running.size();
  for (const StoredTask* task : draft_.view().ended) {
    if (task->value.version() != share.version || !awaits_replacement(state(), task->value)) continue;
    const WallTime at = replace_at(task->value, round().time());
    if (at <= round().wall) {
      due.push_back(task);
    } else if (held_back < missing) {
      ++held_back;
      round().look_again(at);
    }
  }
  return due;
}

void Balancing::create(const Share& share, const model::Version& version, size_t count,
                       const std::vector<const StoredTask*>& vacated) {
  constexpr size_t kOperationsPerTask = 2;  // the new one, and the mark on the one that it replaces
  size_t fitting = 0;
  while (fitting < count && draft_.has_room_for(kOperationsPerTask * (fitting + 1))) ++fitting;
  Want want{version.spec(), fitting, {}, {}};
  for (const StoredTask* task : share.running) ++want.running[task->value.node()];
  for (const StoredTask* task : draft_.view().ended)
    if (task->value.version() == share.version && task->value.state() != model::TASK_STATE_LOST &&
        (task->value.intent() == model::TASK_INTENT_RUN || task->value.hopeless()))
      ++want.failed[task->value.node()];
  const Placement placement = place(round().rooms(), want, round().random);

  auto place = vacated.begin();
  for (size_t i = 0; i < placement.nodes.size(); ++i) {
    model::Task task = new_task(share, version, placement.nodes[i]);
    std::string because = placement.because[i];
    if (place != vacated.end()) {
      because = fmt::format("in the place of {}; {}", (*place)->value.id(), because);
      take_place(**place++, task);
    }
    draft_.add_task(task, because);
  }
  if (!placement.nodes.empty())
    draft_.because(fmt::format("{} Tasks of version {} placed", placement.nodes.size(), share.version));
  if (!placement.problem.empty())
    problem_ =
        fmt::format("{} of {} Tasks of version {} placed; {}", share.running.size() + placement.nodes.size(),
                    share.wanted, share.version, placement.problem);
}

void Balancing::take_place(const StoredTask& before, model::Task& task) {
  const bool is_lost = before.value.state() == model::TASK_STATE_LOST;
  if (is_lost) round().replacements().take(before.value.site());
  if (!is_lost) task.set_attempt(next_attempt(before.value));
  task.set_replaces(is_lost ? before.value.id() : before.value.replaces());
  model::Task replaced = before.value;
  replaced.set_replaced(true);
  draft_.put_task(before, replaced);
}

model::Task Balancing::new_task(const Share& share, const model::Version& version, const std::string& name) {
  const model::Node& node = *round().rooms().at(name).node;
  const ServiceRef& service = draft_.view().ref;
  model::Task task;
  task.set_id(fmt::format("{}-{}-{}", service.service, share.version, round().random.id(8)));
  task.set_tenant(service.tenant);
  task.set_app(service.app);
  task.set_service(service.service);
  task.set_version(share.version);
  task.set_node(name);
  task.set_site(node.site());
  task.set_address(node.address());
  task.set_image(version.spec().image());
  task.set_digest(version.digest());
  *task.mutable_created_at() = model::to_proto(round().wall);
  if (share.is_deployed) task.set_deployment(draft_.view().deployment->value.id());
  return task;
}

}  // namespace

std::string balance(ServiceDraft& draft, const std::map<uint32_t, uint32_t>& wanted) {
  return Balancing(draft, wanted).run();
}

}  // namespace hancock::master
