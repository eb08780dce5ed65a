#include "slardar/check/checker.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "base/clock.h"
#include "base/log.h"
#include "io/scope.h"
#include "slardar/check/checks.h"

namespace hancock::slardar {

/// One upstream's servers.
struct Checker::Group {
  UpstreamPtr upstream;
  CheckGroup known;
  std::unordered_map<uint64_t, std::unique_ptr<Subject>> subjects;  // by Server::identity

  /// What is known of it goes to where workers look.
  void publish(const Subject& subject) const;
};

/// One server. It has a timer, waits for a slot, or is being checked.
struct Checker::Subject {
  Subject(Checker& owner, Group& of, const Server& server)
      : checker(owner),
        group(of),
        identity(server.identity()),
        target{server.address, server.tls},
        timer(owner.loop_, [this] { checker.begin(*this); }) {}
  ~Subject() { checker.leave(*this); }

  Checker& checker;
  Group& group;
  const uint64_t identity;
  const CheckTarget target;
  PeerHealthPtr health;
  CheckPace pace = CheckPace::kQuick;  // of the slot that it has or waits for
  CheckPace pace_next = CheckPace::kQuick;
  bool is_new = true;
  bool is_running = false;
  bool is_waiting = false;
  io::Timer timer;
  io::Scope scope;
};

void Checker::Group::publish(const Subject& subject) const {
  subject.health->set_verdict(known.report(subject.identity).verdict);
}

Checker::Checker(io::Loop& loop, uint64_t seed, size_t running_max)
    : loop_(loop), random_(seed), slots_(running_max), go_on_(loop, [this] { let_others_go_on(); }) {}

Checker::~Checker() { groups_.clear(); }

void Checker::apply(SnapshotPtr snapshot) {
  const SnapshotPtr before = std::exchange(present_, std::move(snapshot));
  const std::vector<UpstreamPtr>& were = before->upstreams;
  const std::vector<UpstreamPtr>& are = present_->upstreams;
  std::set<std::string> gone;
  std::vector<UpstreamPtr> others;
  for (size_t i = 0; i < std::max(were.size(), are.size()); ++i) {
    const Upstream* const was = i < were.size() ? were[i].get() : nullptr;
    const Upstream* const is = i < are.size() ? are[i].get() : nullptr;
    if (was == is) continue;
    if (was) gone.insert(was->key);
    if (is) others.push_back(are[i]);
  }
  for (UpstreamPtr& upstream : others) {
    gone.erase(upstream->key);
    set(std::move(upstream));
  }
  for (const std::string& key : gone) groups_.erase(key);
}

void Checker::set(UpstreamPtr upstream) {
  auto& known = groups_[upstream->key];
  if (!known) known = std::make_unique<Group>();
  Group& group = *known;
  const bool asks_anew = !group.upstream || !(group.upstream->check == upstream->check);
  group.upstream = std::move(upstream);
  group.known.set(list(group), group.upstream->check, system_clock().wall());
  const Duration spread = std::min<Duration>(group.upstream->check.interval, kSpread);
  for (const auto& [identity, subject] : group.subjects) {
    group.publish(*subject);
    if (!asks_anew && !subject->is_new) continue;
    leave(*subject);
    subject->is_new = false;
    subject->timer.arm(loop_.now() + up_to(spread));
  }
}

/// The group's subjects become the servers of its upstream, in their order; who stays stays as he is.
std::vector<CheckGroup::Server> Checker::list(Group& group) {
  const Upstream& upstream = *group.upstream;
  auto before = std::exchange(group.subjects, {});
  const std::unordered_set<PeerHealthPtr> weighty(upstream.health->weighty.begin(),
                                                  upstream.health->weighty.end());
  std::vector<CheckGroup::Server> order;
  for (size_t level = 0; level < upstream.levels.size(); ++level) {
    const std::vector<Server>& servers = upstream.levels[level].servers;
    for (size_t place = 0; place < servers.size(); ++place) {
      const PeerHealthPtr& health = upstream.health->levels[level][place];
      if (!upstream.check.enable) {
        health->set_verdict(Verdict::kUnchecked);
        continue;
      }
      const uint64_t identity = servers[place].identity();
      auto& subject = group.subjects[identity];
      if (subject) continue;  // it stands at another level too
      if (auto survivor = before.extract(identity)) subject = std::move(survivor.mapped());
      if (!subject) subject = std::make_unique<Subject>(*this, group, servers[place]);
      subject->health = health;
      order.push_back({identity, weighty.contains(health)});
    }
  }
  return order;
}

Duration Checker::up_to(Duration most) {
  return Duration(random_.below(static_cast<uint64_t>(most.count()) + 1));
}

void Checker::begin(Subject& subject) {
  if (slots_.take(subject.pace)) return start(subject);
  subject.is_waiting = true;
  waiting_[static_cast<size_t>(subject.pace)].push_back(&subject);
}

void Checker::start(Subject& subject) {
  subject.is_waiting = false;
  subject.is_running = true;
  subject.scope.spawn(check(subject));
}

CheckRun Checker::find(const std::string& kind) const {
  CheckRun known = find_check(kind);
  return known || !more_kinds_ ? known : more_kinds_(kind);
}

io::Async<void> Checker::check(Subject& subject) {
  const UpstreamPtr upstream = subject.group.upstream;  // an update may put another one there meanwhile
  const CheckRun run = find(upstream->check.kind);
  if (run) {
    auto asking = run(loop_, subject.target, upstream->check, loop_.now() + upstream->check.timeout);
    Result<CheckFacts> outcome = co_await std::move(asking);
    note(subject, std::move(outcome));
  }
  finish(subject);
}

void Checker::note(Subject& subject, Result<CheckFacts> outcome) {
  Group& group = subject.group;
  const bool is_late = !outcome && outcome.error().code == ErrorCode::kTimeout;
  subject.pace_next = is_late ? CheckPace::kSlow : CheckPace::kQuick;
  last_ = system_clock().wall();
  const Verdict before = group.known.report(subject.identity).verdict;
  group.known.note(subject.identity, std::move(outcome), last_);
  group.publish(subject);
  if (group.known.first() != 0) group.publish(*group.subjects.at(group.known.first()));
  const CheckReport& report = group.known.report(subject.identity);
  if (report.verdict == before) return;
  log::info("check", "{} {}: {}{}{}", group.upstream->name, subject.target.address.to_string(),
            to_string(report.verdict), report.msg.empty() ? "" : ": ", report.msg);
}

// The next ones go on from the loop: a check may end before it has waited for anything.
void Checker::finish(Subject& subject) {
  slots_.give(subject.pace);
  subject.pace = subject.pace_next;
  subject.is_running = false;
  go_on_.arm(loop_.now());
  const Duration interval = subject.group.upstream->check.interval;
  subject.timer.arm(loop_.now() + interval * 9 / 10 + up_to(interval / 5));
}

void Checker::leave(Subject& subject) {
  subject.timer.disarm();
  if (std::exchange(subject.is_waiting, false)) waiting_[static_cast<size_t>(subject.pace)].remove(&subject);
  if (!std::exchange(subject.is_running, false)) return;
  subject.scope.cancel();
  slots_.give(subject.pace);
  go_on_.arm(loop_.now());
}

void Checker::let_others_go_on() {
  for (const CheckPace pace : {CheckPace::kQuick, CheckPace::kSlow}) {
    std::list<Subject*>& waiting = waiting_[static_cast<size_t>(pace)];
    while (!waiting.empty() && slots_.take(pace)) {
      Subject& next = *waiting.front();
      waiting.pop_front();
      start(next);
    }
  }
}

CheckReports Checker::reports() const {
  CheckReports reports;
  reports.last = last_;
  reports.running = slots_.taken();
  for (const auto& [key, group] : groups_) {
    CheckReports::ByServer& servers = reports.upstreams[key];
    group->known.each([&](uint64_t server, const CheckReport& report) { servers.emplace(server, report); });
  }
  return reports;
}

}  // namespace hancock::slardar
