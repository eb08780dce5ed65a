#include "master/balance.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "master/backoff.h"
#include "master/leave.h"
#include "master/place.h"
#include "model/time.h"

namespace hancock::master {
namespace {

/// One Version's Tasks and how many are wanted.
struct Share {
  uint32_t version = 0;
  uint32_t wanted = 0;
  bool is_deployed = false;                 // by the Deployment that runs, which looks after failures itself
  std::vector<const StoredTask*> running;   // that count
  std::vector<const StoredTask*> hopeless;  // that do not, and are to leave
  std::vector<const StoredTask*> strays;    // to drain, but their barrier is gone
  uint32_t hopeless_leaving = 0;            // their places are taken once they have ended
};

class Balancing {
 public:
  Balancing(ServiceDraft& draft, Rooms& rooms) : draft_(draft), rooms_(rooms), leave_(draft) {}

  std::string run() {
    std::map<uint32_t, Share> shares = this->shares();
    for (auto& [version, share] : shares) shrink(share);
    for (auto& [version, share] : shares) gather_strays(share);
    leave_.close();
    for (auto& [version, share] : shares) grow(share);
    return problem_;
  }

 private:
  const State& state() const { return draft_.state(); }
  Round& round() { return draft_.round(); }

  std::map<uint32_t, Share> shares();
  void shrink(Share& share);
  void gather_strays(Share& share);
  void grow(const Share& share);
  std::vector<const StoredTask*> due_failures(const Share& share, uint32_t& held_back);
  void create(const Share& share, const model::Version& version, size_t count,
              const std::vector<const StoredTask*>& failures);
  model::Task new_task(const Share& share, const model::Version& version, const std::string& node);

  ServiceDraft& draft_;
  Rooms& rooms_;
  Leave leave_;
  std::string problem_;
};

std::map<uint32_t, Share> Balancing::shares() {
  const ServiceView& view = draft_.view();
  std::map<uint32_t, Share> shares;
  for (auto [version, wanted] : wanted_of(view)) shares[version].wanted = wanted;
  for (const StoredTask* task : view.live) {
    Share& share = shares[task->value.version()];
    const bool has_barrier = state().barriers().contains(task->value.barrier()) ||
                             state().is_unreadable(state().keys().barrier(task->value.barrier()));
    if (task->value.hopeless() && !is_staying(task->value)) ++share.hopeless_leaving;
    if (is_staying(task->value))
      (task->value.hopeless() ? share.hopeless : share.running).push_back(task);
    else if (task->value.intent() == model::TASK_INTENT_DRAIN && !has_barrier &&
             !task->value.has_acknowledged_at())
      share.strays.push_back(task);
  }
  for (auto& [version, share] : shares) {
    share.version = version;
    share.is_deployed = view.is_before_switch() && view.deployment->value.to_version() == version;
  }
  return shares;
}

/// Those that visitors miss least go first: not ready, on a Node that has company, the newest.
void Balancing::shrink(Share& share) {
  for (const StoredTask* task : share.hopeless)
    if (leave_.take_out(*task)) draft_.because(fmt::format("task {} is hopeless", task->value.id()));
  if (share.running.size() <= share.wanted) return;
  CountByNode on_node;
  for (const StoredTask* task : share.running) ++on_node[task->value.node()];
  while (share.running.size() > share.wanted) {
    auto rank = [&](const StoredTask* task) {
      const auto& room = rooms_.find(task->value.node());
      return std::tuple(
          task->value.state() == model::TASK_STATE_READY, room != rooms_.end() && room->second.is_open,
          UINT32_MAX - on_node[task->value.node()],
          -model::from_proto(task->value.created_at()).time_since_epoch().count(), task->value.id());
    };
    auto least = std::min_element(share.running.begin(), share.running.end(),
                                  [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
    if (!leave_.take_out(**least)) break;
    --on_node[(*least)->value.node()];
    share.running.erase(least);
  }
  draft_.because(fmt::format("Tasks of version {} are not wanted any more", share.version));
}

/// A switch was taken back and there was no room for these in that Change.
void Balancing::gather_strays(Share& share) {
  for (const StoredTask* task : share.strays) {
    if (share.running.size() < share.wanted && draft_.has_room_for(2)) {
      restore(draft_, *task);
      share.running.push_back(task);
    } else {
      leave_.take_out(*task);
    }
    draft_.because(fmt::format("the barrier of task {} is gone", task->value.id()));
  }
}

void Balancing::grow(const Share& share) {
  if (share.running.size() >= share.wanted) return;
  const auto* version = state().version(draft_.view().ref, share.version);
  if (!version) {
    problem_ = fmt::format("version {} cannot be read", share.version);
    return;
  }
  auto held_back = static_cast<uint32_t>(share.hopeless.size()) + share.hopeless_leaving;
  std::vector<const StoredTask*> failures = due_failures(share, held_back);
  const size_t missing = share.wanted - share.running.size();
  if (missing <= held_back) return;
  create(share, version->value, missing - held_back, failures);
}

/// Ended Tasks whose place may be taken now; adds to `held_back` those that have to wait.
std::vector<const StoredTask*> Balancing::due_failures(const Share& share, uint32_t& held_back) {
  std::vector<const StoredTask*> due;
  if (share.is_deployed) return due;
  const size_t missing = share.wanted - share.running.size();
  for (const StoredTask* task : draft_.view().ended) {
    if (task->value.version() != share.version || !awaits_replacement(state(), task->value)) continue;
    const WallTime at = replace_at(task->value);
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
                       const std::vector<const StoredTask*>& failures) {
  constexpr size_t kOperationsPerTask = 2;  // the new one, and the mark on the one that it replaces
  size_t fitting = 0;
  while (fitting < count && draft_.has_room_for(kOperationsPerTask * (fitting + 1))) ++fitting;
  Want want{version.spec(), fitting, {}, {}};
  for (const StoredTask* task : share.running) ++want.running[task->value.node()];
  for (const StoredTask* task : draft_.view().ended)
    if (task->value.version() == share.version && task->value.state() != model::TASK_STATE_LOST &&
        (task->value.intent() == model::TASK_INTENT_RUN || task->value.hopeless()))
      ++want.failed[task->value.node()];
  const Placement placement = place(rooms_, want, round().random);

  auto failure = failures.begin();
  for (const std::string& node : placement.nodes) {
    model::Task task = new_task(share, version, node);
    if (failure != failures.end()) {
      task.set_attempt(next_attempt((*failure)->value));
      model::Task replaced = (*failure)->value;
      replaced.set_replaced(true);
      draft_.put_task(**failure, replaced);
      ++failure;
    }
    draft_.add_task(task);
  }
  if (!placement.nodes.empty())
    draft_.because(fmt::format("{} Tasks of version {} placed", placement.nodes.size(), share.version));
  if (!placement.problem.empty())
    problem_ =
        fmt::format("{} of {} Tasks of version {} placed; {}", share.running.size() + placement.nodes.size(),
                    share.wanted, share.version, placement.problem);
}

model::Task Balancing::new_task(const Share& share, const model::Version& version, const std::string& name) {
  const model::Node& node = *rooms_.at(name).node;
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

std::string balance(ServiceDraft& draft, Rooms& rooms) { return Balancing(draft, rooms).run(); }

}  // namespace hancock::master
