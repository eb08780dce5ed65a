#include "master/core/change.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace hancock::master {

using store::Compare;
using store::Operation;

void Change::guard_unchanged(std::string key, store::Revision revision) {
  guards.push_back(Compare::unchanged(std::move(key), revision));
}

void Change::guard_absent(std::string key) { guards.push_back(Compare::absent(std::move(key))); }

void Change::replace(std::string key, std::string value, store::Revision revision) {
  if (revision.value() == 0)
    guard_absent(key);
  else
    guard_unchanged(key, revision);
  operations.push_back(Operation::put(std::move(key), std::move(value)));
}

void Change::replace(std::string key, const google::protobuf::Message& record, store::Revision revision) {
  replace(std::move(key), record.SerializeAsString(), revision);
}

void Change::erase(std::string key, store::Revision revision) {
  guard_unchanged(key, revision);
  operations.push_back(Operation::remove(std::move(key)));
}

bool Change::touches(std::string_view key) const {
  return std::any_of(operations.begin(), operations.end(),
                     [&](const Operation& operation) { return operation.key == key; });
}

void append(std::vector<Change>& changes, Change change) {
  if (change.empty()) return;
  if (changes.empty() ||
      !changes.back().has_room_for(std::max(change.guards.size(), change.operations.size()))) {
    changes.push_back(std::move(change));
    return;
  }
  Change& last = changes.back();
  auto move_all = [](auto& from, auto& to) { std::move(from.begin(), from.end(), std::back_inserter(to)); };
  move_all(change.guards, last.guards);
  move_all(change.operations, last.operations);
  move_all(change.events, last.events);
  last.why += "; " + change.why;
}

}  // namespace hancock::master
