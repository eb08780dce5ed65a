#include "master/core/freeze.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "master/core/events.h"
#include "master/core/round.h"
#include "master/core/timing.h"
#include "model/time.h"

namespace hancock::master {
namespace {

using Silences = std::vector<std::pair<WallTime, std::string>>;  // since when, who

/// A Site's Nodes, but those that have been silent for longer than any freeze.
struct Nodes {
  size_t all = 0;
  Silences silent;
  Silences late;  // not silent yet, but about to be if nothing comes of them
  TimePoint first_late_is_known = kForever;

  bool are_too_many(size_t count) const { return count >= kFreezeNodesMin && 3 * count > all; }
};

WallTime before(WallTime wall, Duration span) {
  return wall - std::chrono::duration_cast<std::chrono::milliseconds>(span);
}

std::map<std::string, Nodes> nodes_by_site(const Round& round) {
  std::map<std::string, Nodes> sites;
  for (const auto& [name, node] : round.state.nodes()) {
    const auto since = silent_since(node.value, round.contacts, round.now, round.wall);
    Nodes& nodes = sites[node.value.site()];
    if (since && round.wall >= round.deadline(*since, kFreezeMax)) continue;
    ++nodes.all;
    if (since) {
      nodes.silent.emplace_back(*since, name);
    } else if (const Duration silence = round.silence(name); silence >= kLateAfter) {
      nodes.late.emplace_back(before(round.wall, silence), name);
      nodes.first_late_is_known =
          std::min(nodes.first_late_is_known, round.contacts.last(name) + round.contacts.patience(name));
    }
  }
  return sites;
}

/// The most that fell silent together, after `thawed`.
std::vector<std::string> burst(Silences silent, WallTime thawed) {
  std::sort(silent.begin(), silent.end());
  std::vector<std::string> most;
  for (auto first = silent.begin(); first != silent.end(); ++first) {
    if (first->first <= thawed) continue;
    std::vector<std::string> names;
    for (auto it = first; it != silent.end() && it->first <= later(first->first, kFreezeWindow); ++it)
      names.push_back(it->second);
    if (names.size() > most.size()) most = std::move(names);
  }
  return most;
}

std::string list(const std::vector<std::string>& names) {
  constexpr size_t kNamesMax = 10;
  std::string text;
  for (size_t i = 0; i < names.size() && i < kNamesMax; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return text + (names.size() > kNamesMax ? ", \u2026" : "");
}

/// One Site's part of a round.
class SiteStep {
 public:
  SiteStep(Round& round, const std::string& name, const Nodes& nodes) : round_(round), nodes_(nodes) {
    site_.set_name(name);
    const auto stored = round.state.sites().find(name);
    if (stored == round.state.sites().end()) return;
    site_ = stored->second.value;
    revision_ = stored->second.revision;
  }

  void run() {
    const bool was_frozen = site_.has_frozen_at();
    if (was_frozen)
      look_at_frozen();
    else
      look_at_silence();
    if (site_.has_frozen_at() || was_frozen) round_.frozen.insert(site_.name());
  }

 private:
  void look_at_silence() {
    const WallTime thawed = model::from_proto(site_.thawed_at());
    const auto together = burst(nodes_.silent, thawed);
    if (!nodes_.are_too_many(together.size())) return wait_for_late(thawed);
    *site_.mutable_frozen_at() = model::to_proto(round_.wall);
    site_.set_frozen_because(fmt::format("{} of {} nodes fell silent within 60s: {}", together.size(),
                                         nodes_.all, list(together)));
    put("site.frozen", "blast_radius", site_.frozen_because() + "; what was lost there is not replaced");
  }

  /// Where a link is cut the first may be lost before the last is silent: nothing is replaced until that is
  /// known.
  void wait_for_late(WallTime thawed) {
    Silences all = nodes_.silent;
    all.insert(all.end(), nodes_.late.begin(), nodes_.late.end());
    if (nodes_.late.empty() || !nodes_.are_too_many(burst(std::move(all), thawed).size())) return;
    round_.frozen.insert(site_.name());
    round_.look_again(nodes_.first_late_is_known);
  }

  void look_at_frozen() {
    const WallTime over = round_.deadline(site_.frozen_at(), kFreezeMax);
    if (round_.wall >= over) return thaw("timeout", "it was frozen for an hour");
    round_.look_again(over);
    if (nodes_.are_too_many(nodes_.silent.size())) {
      if (!site_.has_calm_since()) return;
      site_.clear_calm_since();
      return put();
    }
    if (!site_.has_calm_since()) {
      *site_.mutable_calm_since() = model::to_proto(round_.wall);
      return put();
    }
    const WallTime calm = round_.deadline(site_.calm_since(), kFreezeCalm);
    if (round_.wall >= calm) return thaw("calm", "fewer nodes have been silent for 60s");
    round_.look_again(calm);
  }

  void thaw(std::string_view cause, const std::string& message) {
    site_.clear_frozen_at();
    site_.clear_frozen_because();
    site_.clear_calm_since();
    *site_.mutable_thawed_at() = model::to_proto(round_.wall);
    put("site.thawed", cause, message);
  }

  void put(std::string_view kind = {}, std::string_view cause = {}, const std::string& message = {}) {
    Change change;
    change.why = fmt::format("site {}: {}", site_.name(), kind.empty() ? "how many are silent" : kind);
    change.replace(round_.state.state_keys().site(site_.name()), site_, revision_);
    if (!kind.empty()) change.events.push_back(event_of(kind, site_, cause, message, round_.wall));
    round_.add(std::move(change));
  }

  Round& round_;
  const Nodes& nodes_;
  model::Site site_;
  store::Revision revision_;
};

}  // namespace

std::optional<WallTime> silent_since(const model::Node& node, const Contacts& contacts, TimePoint now,
                                     WallTime wall) {
  const Duration silence = now - contacts.last(node.name());
  if (contacts.is_heard(node.name()) && silence < kSilentAfter) return std::nullopt;
  if (node.has_silent_since()) return model::from_proto(node.silent_since());
  if (silence < contacts.patience(node.name())) return std::nullopt;
  return before(wall, silence);
}

void reconcile_sites(Round& round) {
  for (const auto& [site, nodes] : nodes_by_site(round)) {
    if (round.state.is_unreadable(round.state.state_keys().site(site)))
      round.frozen.insert(site);  // whether it was, an operator has to say
    else
      SiteStep(round, site, nodes).run();
  }
}

std::string why_frozen(const State& state, std::string_view site) {
  const auto stored = state.sites().find(site);
  if (stored == state.sites().end() || !stored->second.value.has_frozen_at()) return {};
  return fmt::format("site {} is frozen, what was lost there is not replaced: {}", site,
                     stored->second.value.frozen_because());
}

}  // namespace hancock::master
