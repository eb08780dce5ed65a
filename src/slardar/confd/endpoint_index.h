// EndpointIndex: the endpoints of each Service, and which Services a Node, a Task or a record concerns.
//
// Follows a RecordSet by the keys that have changed there, and borrows its records: it must hear of a
// record's end before it is read again. A Service goes by the key of its route. Owned by the SnapshotBuilder.
#pragma once

#include <map>
#include <set>
#include <string>

#include "slardar/confd/record_set.h"

namespace hancock::slardar {

class EndpointIndex {
 public:
  using Services = std::set<std::string>;
  using ByKey = std::map<std::string, const registry::Endpoint*>;

  /// That endpoint is another one, or gone. Adds the Services that it was and is of.
  void update(const RecordSet& records, const std::string& key, Services& concerned);
  /// Adds the Services that have endpoints on the Node of that record.
  void add_of_node(const RecordSet& records, const std::string& node_key, Services& concerned) const;
  void add_of_task(const std::string& task, Services& concerned) const;

  /// Of one Service, by key.
  const ByKey& of(const std::string& service) const;

 private:
  struct Known {
    std::string service;
    std::string task;
  };
  std::map<std::string, Known> known_;
  std::map<std::string, ByKey> by_service_;
  std::set<std::pair<std::string, std::string>> by_task_;  // and the endpoint's key
};

}  // namespace hancock::slardar
