// Agent: one life of a Node's Agent: hears from a Master what is to run, keeps TaskHosts, a journal and the
// Registry's endpoints, and reports. agent/agent.h with simulated doors. One thread; destroyed when it dies.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/network/host_ports.h"
#include "hancock/wire.pb.h"
#include "sim/endpoint_keeper.h"
#include "sim/machine.h"
#include "sim/master.h"
#include "sim/task_host.h"

namespace hancock::sim {

class Agent {
 public:
  /// Of the present life of `party`. `masters`: at least one.
  Agent(Ground& ground, Network& network, StoreServer& store, Machine& machine, Party& party,
        std::vector<Master*> masters);
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;
  ~Agent();

  const std::map<std::string, std::unique_ptr<TaskHost>>& tasks() const { return tasks_; }

 private:
  // Its Tasks.
  void restore();
  void adopt();
  void begin(TaskHost& host);
  TaskHost& add(const model::Assignment& assignment);
  void take(const model::AssignmentLine& line);
  void take_tasks(const model::AssignmentLine& line);
  void changed(const std::string& task);
  void tend_soon();
  void tend();
  void tend(const std::string& task);
  void clean();
  agent::WantedEndpoint wanted(const TaskHost& host) const;

  // The Masters' side (agent_link.cc).
  void connect();
  void disconnect();
  void open_stream();
  void hear(uint64_t connection, const model::AssignmentLine& line);
  void watch_silence(uint64_t connection);
  void report_soon();
  void give_sign_of_life();
  void report_changes();
  void send(model::NodeReport report, std::set<std::string> told, std::function<void(bool)> done);
  model::NodeReport report_of(const std::set<std::string>& told, bool is_full);
  Master& master() { return *masters_[master_]; }

  Ground& ground_;
  Network& network_;
  StoreServer& store_;
  Machine& machine_;
  Party& party_;
  agent::HostPorts ports_;
  EndpointKeeper endpoints_;

  std::map<std::string, std::unique_ptr<TaskHost>> tasks_;
  std::map<std::string, Pod> found_;  // of the runtime, not assigned yet
  std::set<std::string> undecided_;   // given up, and back: nothing of them is registered
  std::set<std::string> changed_;
  bool is_tending_ = false;
  bool has_adopted_ = false;
  bool is_complete_ = false;  // the full list has been heard
  int64_t incarnation_ = 0;
  int64_t revision_ = 0;  // of the newest line
  int64_t sequence_ = 0;  // of the last report

  std::vector<Master*> masters_;
  size_t master_ = 0;
  uint64_t connection_ = 0;
  bool is_connected_ = false;
  bool is_first_line_ = true;
  TimePoint heard_{};
  uint32_t failures_ = 0;
  std::set<std::string> unreported_;
  std::map<std::string, std::string> reported_;  // Task -> its report as it was last handed on
  bool is_reporting_ = false;
  bool is_report_due_ = false;
};

}  // namespace hancock::sim
