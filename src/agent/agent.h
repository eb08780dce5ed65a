// Agent: a Node's worker: hears from the leader what is to run, makes it so, and says how it goes.
//
//   io::Loop loop;
//   Agent agent(loop, system_clock(), system_random(), options, masters, token);
//   auto started = agent.start();
//   …
//   agent.stop();             // the Tasks run on; the next Agent adopts them
//
// Loop's thread. docs/agent.md tells the whole.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/assignment_stream.h"
#include "agent/caretaker.h"
#include "agent/endpoint_writer.h"
#include "agent/host_facts.h"
#include "agent/images/image_keeper.h"
#include "agent/journal.h"
#include "agent/logs/log_keeper.h"
#include "agent/logs/log_sender.h"
#include "agent/network/table_keeper.h"
#include "agent/options.h"
#include "agent/task_table.h"
#include "etcd/etcd_store.h"

namespace hancock::agent {

class Agent {
 public:
  Agent(io::Loop& loop, Clock& clock, Random& random, AgentOptions options, std::vector<io::Address> masters,
        std::string token);
  Agent(const Agent&) = delete;
  ~Agent();

  /// Errors: the data folder cannot be used.
  Result<void> start();
  /// Ends what it does where it waits.
  void stop() { scope_.cancel(); }

  const TaskTable& table() const { return table_; }

 private:
  NodePlace place() const;
  io::Async<void> bring_up();
  bool rests() const;
  std::vector<std::string> unused(const std::vector<std::string>& sandboxes) const;
  io::Async<void> watch_runtime();
  io::Async<std::string> look_at_runtime();
  io::Async<void> watch_contact();
  io::Async<void> tend();
  void tend(const std::string& task);
  void write_journal();
  void take(const model::AssignmentLine& line);
  void fill(model::NodeReport& report, const std::set<std::string>& tasks, Reporter::Part part) const;
  void set_problem(const std::string& problem);
  WantedEndpoint wanted(const TaskRunner& runner) const;
  LogSender::TaskLife life_of(const std::string& task);
  std::set<std::string> closed_networks() const;

  io::Loop& loop_;
  Clock& clock_;
  Random& random_;
  AgentOptions options_;
  HostFacts facts_ = host_facts(options_.boot_id);
  Masters masters_;
  Journal journal_;
  NodeJournal node_journal_;
  http::Client client_;
  etcd::EtcdStore store_;

  NodeNetwork network_;
  TableKeeper table_keeper_;
  Runtime runtime_;
  WarmSandboxes warm_;
  Pods pods_;
  Images images_;
  Prober prober_;
  ContainerCommands pre_stops_;
  TaskTable table_;
  EndpointWriter endpoints_;
  Reporter reporter_;
  LogSender logs_;
  LogKeeper log_keeper_;
  Caretaker caretaker_;
  ImageKeeper image_keeper_;
  std::unique_ptr<AssignmentStream> stream_;

  std::string problem_;        // of the runtime; "" when it is well
  bool journal_lost_ = false;  // or this is the Node's first Agent
  TimePoint heard_;            // when a Master was, last
  int64_t incarnation_ = 0;
  int64_t revision_ = 0;                         // of the newest line
  std::set<std::string> dirty_;                  // Tasks to tend
  std::map<std::string, std::string> reported_;  // Task -> its report as it was last handed on
  io::Signal changed_;
  io::Scope scope_;
};

}  // namespace hancock::agent
