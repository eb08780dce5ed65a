#include "agent/network/publications.h"

#include <algorithm>
#include <utility>

namespace hancock::agent {
namespace {

bool is_same_host_port(const PublishedPort& a, const PublishedPort& b) {
  return a.host_port == b.host_port && a.protocol == b.protocol;
}

}  // namespace

void Publications::publish(const std::string& task, Publication what) {
  std::erase_if(by_task_, [&](const auto& entry) {
    return entry.first != task && entry.second.address == what.address;
  });
  for (auto& [other, publication] : by_task_) {
    if (other == task) continue;
    std::erase_if(publication.ports, [&](const PublishedPort& theirs) {
      return std::any_of(what.ports.begin(), what.ports.end(),
                         [&](const PublishedPort& port) { return is_same_host_port(port, theirs); });
    });
  }
  by_task_.insert_or_assign(task, std::move(what));
}

Publication Publications::withdraw(const std::string& task) {
  auto node = by_task_.extract(task);
  return node ? std::move(node.mapped()) : Publication{};
}

std::vector<std::string> Publications::keep_only(const std::set<std::string>& tasks) {
  std::vector<std::string> dropped;
  for (const auto& [task, publication] : by_task_) {
    if (!tasks.contains(task)) dropped.push_back(task);
  }
  for (const std::string& task : dropped) by_task_.erase(task);
  return dropped;
}

bool Publications::is_taken(const std::string& address) const {
  return std::any_of(by_task_.begin(), by_task_.end(),
                     [&](const auto& entry) { return entry.second.address == address; });
}

void Publications::fill(Ruleset& rules) const {
  for (const auto& [task, publication] : by_task_) rules.add(publication.address, publication.ports);
}

}  // namespace hancock::agent
