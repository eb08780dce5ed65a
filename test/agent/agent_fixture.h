// AgentFixture: one Node with a real containerd, a Master that speaks the wire, and an Agent that can be
// started and stopped as often as a test likes.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "agent/agent.h"
#include "test_master.h"
#include "test_node.h"

namespace hancock::agent::test {

class AgentFixture : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  /// Everything is released; nothing may be left on the Node.
  void TearDown() override;

  void start_agent();
  /// As kill -9 would: nothing is said to anybody.
  void stop_agent();
  /// The same Agent as a process of its own: `hancock agent`.
  void start_agent_process();
  void kill_agent_process();

  /// The task program with `args`, one port "http" (8080), a ready probe by TCP every 100 ms.
  model::Assignment assignment(const std::string& task, std::vector<std::string> args);
  /// Assigns it and waits until it is ready.
  void run(const model::Assignment& assignment);
  bool wait_for(const std::string& task, model::TaskState state, Duration timeout = 40s);
  void release(const std::string& task);
  std::string message(const std::string& task);
  uint16_t host_port(const std::string& task);
  /// What a visitor gets, from this Node's namespace or from another machine's.
  std::string visit(uint16_t port, int network = -1);
  /// The first process of a Task's container, on the host.
  int pid_of(const std::string& task);
  /// How many pods containerd has; nullopt: it does not answer.
  static std::optional<size_t> pods();

  /// Of the next Agent that is started.
  int64_t warm_sandboxes_ = 0;
  ImageLimits images_ = {.high = 100, .low = 99};

  static TestNode& node() { return *node_; }
  static TestMaster& master() { return *master_; }

 private:
  static std::unique_ptr<TestNode> node_;
  static std::unique_ptr<TestMaster> master_;

  AgentOptions options() const;

  std::unique_ptr<LoopThread> thread_;
  std::unique_ptr<Agent> agent_;
  std::optional<Process> process_;
};

}  // namespace hancock::agent::test
