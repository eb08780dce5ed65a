#include "master/change.h"

#include <google/protobuf/message.h>

#include <algorithm>
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

}  // namespace hancock::master
