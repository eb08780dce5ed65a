// EndpointKeeper: keeps a simulated Node's part of the Registry as its Tasks want it, by the real
// agent::plan_endpoints(); agent/endpoint_writer.h without its coroutines. One thread; of one Agent's life.
#pragma once

#include <functional>
#include <map>

#include "agent/task/endpoint_plan.h"
#include "sim/store_server.h"

namespace hancock::sim {

class EndpointKeeper {
 public:
  EndpointKeeper(Ground& ground, StoreServer& store, Party& agent, std::string node,
                 std::function<void(const std::string& task, bool registered)> registered);

  /// The mod_revision of nodes/<node>, from the leader.
  void set_fence(store::Revision node_revision);
  void want(const std::string& task, agent::WantedEndpoint wanted);
  void forget(const std::string& task);
  /// All Tasks have been named.
  void open();

 private:
  void poke();
  void read();
  void write_all();
  void write(std::vector<store::Transaction> plan, size_t next);
  void note(const std::vector<store::Operation>& operations, store::Revision revision);
  void finish(bool well);
  void tell();

  Ground& ground_;
  StoreServer& store_;
  Party& agent_;
  std::string node_;
  std::function<void(const std::string&, bool)> registered_;
  registry::Keys keys_;
  store::Revision fence_;
  bool is_open_ = false;
  bool is_known_ = false;
  bool is_busy_ = false;
  bool is_changed_ = false;
  std::map<std::string, agent::WantedEndpoint> wanted_;
  std::map<std::string, agent::StoredEndpoint> stored_;
};

}  // namespace hancock::sim
